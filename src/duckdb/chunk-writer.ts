import { BIGINT, BOOLEAN, DOUBLE, type DuckDBAppender, DuckDBDataChunk, type DuckDBType, TIMESTAMPTZ, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Buffers, DataType } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import { canWriteStringStructs } from './string-struct.js';

/** DuckDB's vector size: no chunk holds more rows. */
const CHUNK = 2_048;

const VECTOR_TYPE: Readonly<Record<DataType, DuckDBType>> = {
  text: VARCHAR,
  json: VARCHAR,
  bigint: BIGINT,
  double: DOUBLE,
  bool: BOOLEAN,
  timestamp: TIMESTAMPTZ,
};

/** What stands in a column of the table: the batch's buffers, one text in every row, or nothing. */
export type ColumnSource = (Buffers & { dataType: DataType }) | { constant: string } | null;

/**
 * Appends rows to a table, 2,048 at a time, by block copies: fixed-width values and validity bitmaps have Arrow's layout in
 * DuckDB's vectors; all long texts of a chunk go over in one call, and the 16-byte structures that point at them are computed
 * here. `columns` are all columns of the table, in its order. `blockStrings` false writes texts one by one.
 *
 * Errors: LoadError when a column's buffers are shorter than its rows or hold text that is not UTF-8. Everything DuckDB would
 * not check itself is checked here, since a wrong length would have it read foreign memory.
 */
export function appendRows(appender: DuckDBAppender, columns: readonly ColumnSource[], rows: number, blockStrings: boolean = canWriteStringStructs()): void {
  for (const column of columns) requireWhole(column, rows);
  const types = columns.map((column) => (column === null || 'constant' in column ? VARCHAR : VECTOR_TYPE[column.dataType]));
  const chunk = duckdb.create_data_chunk(types.map((type) => type.toLogicalType().logical_type));
  const whole = new DuckDBDataChunk(chunk);
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    if (from > 0) duckdb.data_chunk_reset(chunk);
    duckdb.data_chunk_set_size(chunk, count);
    for (const [i, column] of columns.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk, i);
      if (column === null) writeNulls(vector, count);
      else if ('constant' in column) writeConstant(vector, column.constant, count, blockStrings);
      else writeColumn(vector, column, from, count, blockStrings);
    }
    appender.appendDataChunk(whole);
  }
}

type Vector = Parameters<typeof duckdb.vector_get_data>[0];

function requireWhole(column: ColumnSource, rows: number): void {
  if (column === null || 'constant' in column) return;
  const { dataType, validity, offsets, data } = column;
  const bits = (rows + 7) >> 3;
  const isText = dataType === 'text' || dataType === 'json';
  const needed = offsets === null ? (dataType === 'bool' ? bits : rows * 8) : (offsets[rows] ?? Number.POSITIVE_INFINITY);
  const whole = column.rows >= rows && (validity === null || validity.byteLength >= bits) && data.byteLength >= needed;
  if (!whole || isText !== (offsets !== null))
    throw new LoadError(`A ${dataType} column of a batch has less data than its ${rows} rows need; the batch was not made by sluice's batch() or a whole Arrow record batch.`);
}

const ALL_NULL = new Uint8Array(CHUNK / 8);

function writeNulls(vector: Vector, count: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, ALL_NULL.buffer, 0, (count + 7) >> 3);
}

function writeConstant(vector: Vector, text: string, count: number, blockStrings: boolean): void {
  const bytes = encoder.encode(text);
  for (let row = 0; row < (blockStrings ? 1 : count); row += 1) duckdb.vector_assign_string_element_len(vector, row, bytes);
  if (!blockStrings) return;
  const one = duckdb.vector_get_data(vector, 16);
  for (let row = 0; row < count; row += 1) structBytes.set(one, row * 16);
  duckdb.copy_data_to_vector(vector, 0, structs, 0, count * 16);
}

function writeColumn(vector: Vector, { dataType, validity, offsets, data }: Buffers & { dataType: DataType }, from: number, count: number, blockStrings: boolean): void {
  if (validity !== null) {
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer as ArrayBuffer, validity.byteOffset + (from >> 3), (count + 7) >> 3);
  }
  if (offsets !== null) {
    if (blockStrings) writeTextBlock(vector, offsets, data, from, count);
    else writeTexts(vector, offsets, data, from, count);
  } else if (dataType === 'bool') {
    for (let row = 0; row < count; row += 1) bytesOfBools[row] = ((data[(from + row) >> 3] as number) >> ((from + row) & 7)) & 1;
    duckdb.copy_data_to_vector(vector, 0, bytesOfBools.buffer, 0, count);
  } else {
    duckdb.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, data.byteOffset + from * 8, count * 8);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const bytesOfBools = new Uint8Array(CHUNK);
const structs = new ArrayBuffer(CHUNK * 16);
const structBytes = new Uint8Array(structs);
const structWords = new Uint32Array(structs);

/** One call a text: the way without any knowledge of DuckDB's memory. Text that is not UTF-8 would silently become NULL. */
function writeTexts(vector: Vector, offsets: Int32Array, data: Uint8Array, from: number, count: number): void {
  for (let row = from; row < from + count; row += 1) {
    const text = data.subarray(offsets[row], offsets[row + 1]);
    try {
      decoder.decode(text);
    } catch (error) {
      throw notText({ cause: error });
    }
    duckdb.vector_assign_string_element_len(vector, row - from, text);
  }
}

/**
 * `duckdb_string_t`: 32-bit length, then up to 12 bytes of text in place, or its first 4 bytes and a 64-bit address. One call
 * puts all of the chunk's text into the vector's own memory; the address it got is read back from element 0.
 */
function writeTextBlock(vector: Vector, offsets: Int32Array, data: Uint8Array, from: number, count: number): void {
  const begin = offsets[from] as number;
  const end = offsets[from + count] as number;
  let low = 0;
  let high = 0;
  if (end > begin) {
    duckdb.vector_assign_string_element_len(vector, 0, data.subarray(begin, end));
    const first = duckdb.vector_get_data(vector, 16);
    const view = new DataView(first.buffer, first.byteOffset, 16);
    // DuckDB leaves the element empty when the bytes are not UTF-8.
    if (view.getUint32(0, true) !== end - begin) throw notText();
    low = view.getUint32(8, true);
    high = view.getUint32(12, true);
  }
  let start = begin;
  for (let row = 0; row < count; row += 1) {
    const next = offsets[from + row + 1] as number;
    const length = next - start;
    // The whole is UTF-8, so each text is, unless one begins inside a character.
    if (length < 0 || next > end || (length > 0 && ((data[start] as number) & 0xc0) === 0x80)) throw notText();
    const word = row * 4;
    structWords[word] = length;
    if (length <= 12) {
      structWords[word + 1] = 0;
      structWords[word + 2] = 0;
      structWords[word + 3] = 0;
      const byte = row * 16 + 4;
      for (let i = 0; i < length; i += 1) structBytes[byte + i] = data[start + i] as number;
    } else {
      structWords[word + 1] = (data[start] as number) | ((data[start + 1] as number) << 8) | ((data[start + 2] as number) << 16) | ((data[start + 3] as number) << 24);
      const at = low + (start - begin);
      structWords[word + 2] = at >= 4_294_967_296 ? at - 4_294_967_296 : at;
      structWords[word + 3] = at >= 4_294_967_296 ? high + 1 : high;
    }
    start = next;
  }
  duckdb.copy_data_to_vector(vector, 0, structs, 0, count * 16);
}

function notText(options?: ErrorOptions): LoadError {
  return new LoadError('A text column of a batch holds bytes that are not UTF-8, or offsets that do not rise; the batch was not made by sluice.', options);
}
