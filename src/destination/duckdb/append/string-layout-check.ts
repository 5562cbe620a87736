import { DuckDBDataChunk, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const SHORT = 'twelve chars';
const LONG = 'longer than twelve characters';
/** Where in LONG the text begins that is written by its address. */
const INSIDE = 7;

let isKnown: boolean | undefined;

/**
 * Checks once a thread that strings lie in DuckDB's vectors as its C header says
 * (`duckdb_string_t`, little-endian, 64-bit addresses). One short and one long string are written
 * with DuckDB's own functions and their bytes compared; then one is written by its bytes and read
 * back.
 */
export function canWriteStringLayout(): boolean {
  isKnown ??= check();
  return isKnown;
}

function check(): boolean {
  const encoder = new TextEncoder();
  const chunk = duckdb.create_data_chunk([VARCHAR.toLogicalType().logical_type]);
  duckdb.data_chunk_set_size(chunk, 3);
  const vector = duckdb.data_chunk_get_vector(chunk, 0);
  for (const [row, text] of [SHORT, LONG, ''].entries())
    duckdb.vector_assign_string_element_len(vector, row, encoder.encode(text));
  const bytes = duckdb.vector_get_data(vector, 48).slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, 48);
  const text = (from: number, to: number): string =>
    new TextDecoder().decode(bytes.subarray(from, to));
  const isKnown =
    view.getUint32(0, true) === SHORT.length &&
    text(4, 16) === SHORT &&
    view.getUint32(16, true) === LONG.length &&
    text(20, 24) === LONG.slice(0, 4) &&
    view.getBigUint64(24, true) !== 0n;
  if (!isKnown) return false;
  const inside = LONG.slice(INSIDE);
  view.setUint32(32, inside.length, true);
  bytes.set(encoder.encode(inside.slice(0, 4)), 36);
  view.setBigUint64(40, view.getBigUint64(24, true) + BigInt(INSIDE), true);
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer, bytes.byteOffset, 48);
  return new DuckDBDataChunk(chunk).getColumnValues(0).join() === [SHORT, LONG, inside].join();
}
