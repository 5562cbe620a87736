import duckdb from '@duckdb/node-bindings';
import type { ByteBuffer } from './byte-buffer.js';

/** A string's structure in a vector: its length, then 12 bytes of text, or 4 and an address. */
const STRUCT = 16;
const IN_PLACE = 12;

/**
 * Memory pages are no smaller: bytes between two texts that lie less than one apart are on pages
 * that hold these texts, so they can be read.
 */
const PAGE = 4_096;

/** A stretch of DuckDB's memory in which texts lie. */
interface Stretch {
  start: number;
  end: number;
  bytes: Uint8Array;
}

/**
 * Copies texts or bytes of a vector's rows `from` to `from + count` behind one another, and gives
 * their lengths. Texts that lie one after another in DuckDB's memory are copied at once. Rows
 * without a value have length 0, whatever stands there.
 */
export function copyTexts(
  vector: Parameters<typeof duckdb.vector_get_data>[0],
  from: number,
  count: number,
  isValid: (row: number) => boolean,
  into: ByteBuffer,
): Int32Array {
  const structs = duckdb.vector_get_data(vector, (from + count) * STRUCT).subarray(from * STRUCT);
  const words = new Uint32Array(structs.buffer, structs.byteOffset, count * 4);
  const lengths = new Int32Array(count);
  const addresses = new Float64Array(count);
  let total = 0;
  let apart = 0;
  for (let row = 0; row < count; row += 1) {
    if (!isValid(row)) continue;
    const length = words[row * 4] as number;
    lengths[row] = length;
    total += length;
    if (length <= IN_PLACE) continue;
    apart += 1;
    // Addresses have less than 53 bits.
    addresses[row] = (words[row * 4 + 2] as number) + (words[row * 4 + 3] as number) * 2 ** 32;
  }
  const out = into.take(total);
  const stretches = apart === 0 ? [] : stretchesOf(addresses, lengths, apart);
  let [stretch] = stretches;
  let at = 0;
  let [start, end] = [0, 0];
  const flush = (): void => {
    if (start === end) return;
    if (stretch === undefined || start < stretch.start || end > stretch.end)
      stretch = stretchAt(stretches, start);
    out.set(stretch.bytes.subarray(start - stretch.start, end - stretch.start), at);
    at += end - start;
    start = end;
  };
  for (let row = 0; row < count; row += 1) {
    const length = lengths[row] as number;
    const address = addresses[row] as number;
    if (length === 0) continue;
    if (length > IN_PLACE) {
      if (address !== end) {
        flush();
        start = address;
      }
      end = address + length;
      continue;
    }
    flush();
    const first = row * STRUCT + 4;
    for (let byte = 0; byte < length; byte += 1) out[at + byte] = structs[first + byte] as number;
    at += length;
  }
  flush();
  return lengths;
}

/**
 * The stretches that `apart` texts lie in, by their address. Starts and ends, each sorted by
 * itself, say where one stretch ends: where the next start is behind every end before it.
 */
function stretchesOf(addresses: Float64Array, lengths: Int32Array, apart: number): Stretch[] {
  const starts = new Float64Array(apart);
  const ends = new Float64Array(apart);
  let found = 0;
  let isSorted = true;
  for (let row = 0; row < addresses.length; row += 1) {
    const address = addresses[row] as number;
    if (address === 0) continue;
    starts[found] = address;
    ends[found] = address + (lengths[row] as number);
    const end = ends[found] as number;
    if (found > 0 && (address < (starts[found - 1] as number) || end < (ends[found - 1] as number)))
      isSorted = false;
    found += 1;
  }
  if (!isSorted) {
    starts.sort();
    ends.sort();
  }
  const stretches: Stretch[] = [];
  let start = starts[0] as number;
  for (let i = 0; i < apart; i += 1) {
    const end = ends[i] as number;
    const next = starts[i + 1];
    if (next !== undefined && next - end < PAGE) continue;
    stretches.push({ start, end, bytes: memoryAt(start, end - start) });
    if (next !== undefined) start = next;
  }
  return stretches;
}

const pointer = new ArrayBuffer(8);
const pointerView = new DataView(pointer);

function memoryAt(address: number, length: number): Uint8Array {
  pointerView.setBigUint64(0, BigInt(address), true);
  return duckdb.get_data_from_pointer(pointer, 0, length);
}

/** The stretch that an address lies in; there is one. */
function stretchAt(stretches: readonly Stretch[], address: number): Stretch {
  let [low, high] = [0, stretches.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((stretches[middle] as Stretch).start <= address) low = middle;
    else high = middle - 1;
  }
  return stretches[low] as Stretch;
}
