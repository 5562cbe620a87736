import { VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const SHORT = 'twelve chars';
const LONG = 'longer than twelve characters';

let answer: boolean | undefined;

/**
 * Whether strings lie in DuckDB's vectors as its C header says (`duckdb_string_t`, little-endian, 64-bit addresses). Asked
 * once a thread, by writing one short and one long string the plain way and looking at their bytes.
 */
export function canWriteStringStructs(): boolean {
  answer ??= check();
  return answer;
}

function check(): boolean {
  const encoder = new TextEncoder();
  const chunk = duckdb.create_data_chunk([VARCHAR.toLogicalType().logical_type]);
  duckdb.data_chunk_set_size(chunk, 2);
  const vector = duckdb.data_chunk_get_vector(chunk, 0);
  duckdb.vector_assign_string_element_len(vector, 0, encoder.encode(SHORT));
  duckdb.vector_assign_string_element_len(vector, 1, encoder.encode(LONG));
  const bytes = duckdb.vector_get_data(vector, 32);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  const text = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  return (
    view.getUint32(0, true) === SHORT.length &&
    text(4, 16) === SHORT &&
    view.getUint32(16, true) === LONG.length &&
    text(20, 24) === LONG.slice(0, 4) &&
    view.getBigUint64(24, true) !== 0n
  );
}
