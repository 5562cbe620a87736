import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBType,
  HUGEINT,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NS,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { layoutOf, scaleOf } from '../../../../operators/schema/column-type.js';
import type { Buffers, ColumnType } from '../../../../operators/types.js';
import { LoadError } from '../../../errors.js';
import { canWriteStringLayout } from './string-layout-check.js';
import { stringLayout } from './string-layout.js';

/** DuckDB's vector size: no chunk holds more rows. */
const CHUNK = 2_048;

/** Digits of DuckDB's widest decimal, which holds its integer in 16 bytes. */
const WIDEST = 38;

/** Type of the vectors that hold a column's buffers; the appender casts to the table's own. */
function vectorType(type: ColumnType): DuckDBType {
  const { dataType, precision = 6, timezone } = type;
  switch (dataType) {
    case 'text':
    case 'json':
      return VARCHAR;
    case 'binary':
      return BLOB;
    case 'bigint':
      return layoutOf(type) === 16 ? HUGEINT : BIGINT;
    case 'decimal':
    case 'wei':
      return DECIMAL(WIDEST, scaleOf(type));
    case 'double':
      return DOUBLE;
    case 'bool':
      return BOOLEAN;
    case 'date':
      return DATE;
    case 'time':
      return TIME;
    case 'timestamp':
      if (precision > 6) return TIMESTAMP_NS;
      return timezone === false ? TIMESTAMP : TIMESTAMPTZ;
    default:
      return dataType satisfies never;
  }
}

/** What stands in a column of the table: the batch's buffers, one text in every row, or nothing. */
export type ColumnSource = (Buffers & ColumnType) | { constant: string } | null;

/**
 * Appends rows to a table, 2,048 at a time, by block copies: fixed-width values and validity
 * bitmaps have Arrow's layout in DuckDB's vectors; all texts of a chunk go over in one call, or
 * none where they are short, and the 16-byte structures that hold them or point at them are
 * computed by the kernel. `columns` are all columns of the table, in its order. `blockStrings`
 * false writes texts one by one.
 *
 * Errors: LoadError when a column's buffers are shorter than its rows or hold text that is not
 * UTF-8. Everything DuckDB would not check itself is checked here, since a wrong length would have
 * it read foreign memory.
 */
export function appendRows(
  appender: DuckDBAppender,
  columns: readonly ColumnSource[],
  rows: number,
  blockStrings: boolean = canWriteStringLayout(),
): void {
  for (const column of columns) requireWhole(column, rows);
  const { chunk, whole, vectors } = chunkOf(appender, columns);
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    duckdb.data_chunk_set_size(chunk, count);
    for (const [i, column] of columns.entries()) {
      const vector = vectors[i] as Vector;
      if (column === null) writeNulls(vector, count);
      else if ('constant' in column) writeConstant(vector, column.constant, count, blockStrings);
      else writeColumn(vector, column, from, count, blockStrings);
    }
    appender.appendDataChunk(whole);
    // Its texts are freed.
    duckdb.data_chunk_reset(chunk);
  }
}

/** A chunk, and what it is written through. */
interface Chunk {
  types: readonly DuckDBType[];
  chunk: ReturnType<typeof duckdb.create_data_chunk>;
  whole: DuckDBDataChunk;
  vectors: readonly Vector[];
}

/**
 * The chunk of each appender. Only the garbage collector frees one, and it does not know how large
 * they are: with a chunk for each batch, 20 MiB of them waited for it.
 */
const chunks = new WeakMap<DuckDBAppender, Chunk>();

/** The appender's chunk where it has the types of these columns, else a new one. */
function chunkOf(appender: DuckDBAppender, columns: readonly ColumnSource[]): Chunk {
  const known = chunks.get(appender);
  // Nulls have any type.
  const types = columns.map((column, i) =>
    column === null
      ? (known?.types[i] ?? VARCHAR)
      : 'constant' in column
        ? VARCHAR
        : vectorType(column),
  );
  if (known !== undefined && types.every((type, i) => isSame(type, known.types[i]))) return known;
  const chunk = duckdb.create_data_chunk(types.map((type) => type.toLogicalType().logical_type));
  const made = {
    types,
    chunk,
    whole: new DuckDBDataChunk(chunk),
    vectors: columns.map((_, i) => duckdb.data_chunk_get_vector(chunk, i)),
  };
  chunks.set(appender, made);
  return made;
}

function isSame(one: DuckDBType, other: DuckDBType | undefined): boolean {
  return one === other || String(one) === String(other);
}

type Vector = Parameters<typeof duckdb.vector_get_data>[0];

function requireWhole(column: ColumnSource, rows: number): void {
  if (column === null || 'constant' in column) return;
  const { dataType, validity, offsets, data } = column;
  const bits = (rows + 7) >> 3;
  const layout = layoutOf(column);
  const needed =
    offsets === null
      ? typeof layout === 'number'
        ? rows * layout
        : bits
      : (offsets[rows] ?? Number.POSITIVE_INFINITY);
  const whole =
    column.rows >= rows &&
    (validity === null || validity.byteLength >= bits) &&
    data.byteLength >= needed;
  if (!whole || (layout === 'texts') !== (offsets !== null))
    throw new LoadError(
      `A ${dataType} column of a batch has less data than its ${rows} rows need; pass a batch that batch() made, or a whole Arrow record batch.`,
    );
}

const ALL_NULL = new Uint8Array(CHUNK / 8);

function writeNulls(vector: Vector, count: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, ALL_NULL.buffer, 0, (count + 7) >> 3);
}

function writeConstant(vector: Vector, text: string, count: number, blockStrings: boolean): void {
  const bytes = encoder.encode(text);
  for (let row = 0; row < (blockStrings ? 1 : count); row += 1)
    duckdb.vector_assign_string_element_len(vector, row, bytes);
  if (!blockStrings) return;
  structBytes.set(duckdb.vector_get_data(vector, 16));
  // Twice as many rows with each copy.
  for (let filled = 16; filled < count * 16; filled *= 2)
    structBytes.copyWithin(filled, 0, Math.min(filled, count * 16 - filled));
  duckdb.copy_data_to_vector(vector, 0, structs, 0, count * 16);
}

function writeColumn(
  vector: Vector,
  column: Buffers & ColumnType,
  from: number,
  count: number,
  blockStrings: boolean,
): void {
  const { dataType, validity, offsets, data } = column;
  const layout = layoutOf(column);
  if (validity !== null) {
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(
      vector,
      0,
      validity.buffer as ArrayBuffer,
      validity.byteOffset + (from >> 3),
      (count + 7) >> 3,
    );
  }
  if (offsets !== null) {
    if (dataType === 'binary') writeBytes(vector, offsets, data, from, count);
    else if (
      blockStrings &&
      (offsets[from + count] as number) - (offsets[from] as number) <= LARGEST_BLOCK
    )
      writeTextBlock(vector, offsets, data, from, count);
    else writeTexts(vector, offsets, data, from, count);
  } else if (typeof layout === 'string') {
    // Chunks begin at whole bytes of the bits: eight rows at a time out of a table.
    for (let byte = 0; byte < (count + 7) >> 3; byte += 1)
      bools[byte] = EIGHT_BOOLS[data[(from >> 3) + byte] as number] as number;
    duckdb.copy_data_to_vector(vector, 0, bools.buffer, 0, count);
  } else {
    duckdb.copy_data_to_vector(
      vector,
      0,
      data.buffer as ArrayBuffer,
      data.byteOffset + from * layout,
      count * layout,
    );
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
/**
 * For every byte of eight bits: the eight bytes of 0 and 1 that DuckDB keeps them in, moved as one
 * number.
 */
const EIGHT_BOOLS = new Float64Array(
  Uint8Array.from({ length: 256 * 8 }, (_, i) => ((i >> 3) >> (i & 7)) & 1).buffer,
);
const bools = new Float64Array(CHUNK / 8);
const structs = new ArrayBuffer(CHUNK * 16);
const structBytes = new Uint8Array(structs);
/**
 * Bytes of text in a chunk above which texts go one by one: what the kernel's memory should not
 * grow to.
 */
const LARGEST_BLOCK = 64 * 1024 * 1024;

/**
 * One call a text: the way without any knowledge of DuckDB's memory. Text that is not UTF-8 would
 * silently become NULL.
 */
function writeTexts(
  vector: Vector,
  offsets: Int32Array,
  data: Uint8Array,
  from: number,
  count: number,
): void {
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

/** Bytes need not be UTF-8. */
function writeBytes(
  vector: Vector,
  offsets: Int32Array,
  data: Uint8Array,
  from: number,
  count: number,
): void {
  for (let row = from; row < from + count; row += 1)
    duckdb.vector_assign_string_element_len(
      vector,
      row - from,
      data.subarray(offsets[row], offsets[row + 1]),
    );
}

/**
 * The structures are computed by the kernel. Where they do not hold the texts themselves, one call
 * puts all of the chunk's text into the vector's own memory, and the address it got is read back
 * from element 0.
 */
function writeTextBlock(
  vector: Vector,
  offsets: Int32Array,
  data: Uint8Array,
  from: number,
  count: number,
): void {
  const text = data.subarray(offsets[from], offsets[from + count]);
  const made = stringLayout(offsets.subarray(from, from + count + 1), text, () => {
    duckdb.vector_assign_string_element_len(vector, 0, text);
    const first = duckdb.vector_get_data(vector, 16);
    const view = new DataView(first.buffer, first.byteOffset, 16);
    // DuckDB leaves the element empty when the bytes are not UTF-8. Up to 12 bytes it would hold in
    // place: they have no address.
    return view.getUint32(0, true) === text.length && text.length > 12
      ? view.getBigUint64(8, true)
      : null;
  });
  if (made === null) throw notText();
  duckdb.copy_data_to_vector(vector, 0, made.buffer, made.at, count * 16);
}

function notText(options?: ErrorOptions): LoadError {
  return new LoadError(
    'A text column of a batch holds bytes that are not UTF-8, or offsets that do not rise; pass a batch that batch() made.',
    options,
  );
}
