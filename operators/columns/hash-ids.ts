import { hashId } from '../schema/hash-id.js';
import type { Buffers } from '../types.js';
import { type Kernel, withKernel } from './kernel.js';
import { type Limits, limitsOf } from './limits.js';

/** Characters of an id. */
const LENGTH = 14;
/** Texts that are hashed at once, and bytes of UTF-8 of them, at most. */
const TEXTS = 4_096;
const ROOM = 1024 * 1024;
/** Bytes that a unit of a string takes in UTF-8, at most. */
const UNIT = 3;

const encoder = new TextEncoder();
const NO_BODY = new Uint8Array();

/** Makes ids of texts in bulk, each as `hashId` makes one. */
export function hashIds(texts: readonly string[]): Buffers {
  const rows = texts.length;
  const data = new Uint8Array(rows * LENGTH);
  withKernel(NO_BODY, limitsOf(), (kernel) => {
    const { allocate, release } = kernel.call;
    const sizes = [ROOM, TEXTS * 4, TEXTS * LENGTH];
    const blocks = sizes.map((size) => allocate(size)) as [number, number, number];
    for (let row = 0; row < rows;) row += hashSome(kernel, blocks, texts, row, data);
    for (const [i, block] of blocks.entries()) release(block, sizes[i] as number);
  });
  return { rows, nulls: 0, validity: null, offsets: everyFourteen(rows), data };
}

/**
 * Makes ids of the rows of a list by all that they hold, each as `hashId` makes one of a row that
 * `pythonRows` prints. `start`: where the list begins in `body`, which has been walked. Null where
 * the kernel leaves a row to that way.
 */
export function hashRows(
  body: Uint8Array,
  start: number,
  rows: number,
  limits: Limits,
): Buffers | null {
  return withKernel(body, limits, (kernel) => {
    const { allocate, release } = kernel.call;
    kernel.put(body, limits);
    const size = Math.max(rows * LENGTH, 1);
    const block = allocate(size);
    const made = kernel.call.hashRows(kernel.page + start, rows, block);
    const data = kernel.u8.slice(block, block + rows * LENGTH);
    release(block, size);
    return made === rows
      ? { rows, nulls: 0, validity: null, offsets: everyFourteen(rows), data }
      : null;
  });
}

function everyFourteen(rows: number): Int32Array {
  return Int32Array.from({ length: rows + 1 }, (_, row) => row * LENGTH);
}

/** Hashes the texts from `row` on that there is room for; gives their number. */
function hashSome(
  kernel: Kernel,
  [text, ends, ids]: readonly [number, number, number],
  texts: readonly string[],
  row: number,
  data: Uint8Array,
): number {
  const { u8 } = kernel;
  const lengths = new Uint32Array(Math.min(TEXTS, texts.length - row));
  let count = 0;
  let used = 0;
  while (count < lengths.length) {
    const next = texts[row + count] as string;
    if (next.length * UNIT > ROOM - used) break;
    used += encoder.encodeInto(next, u8.subarray(text + used, text + ROOM)).written;
    lengths[count] = used;
    count += 1;
  }
  if (count === 0) {
    // Longer than the room is.
    data.set(encoder.encode(hashId(texts[row] as string)), row * LENGTH);
    return 1;
  }
  u8.set(new Uint8Array(lengths.buffer), ends);
  kernel.call.hashIds(text, ends, count, ids);
  data.set(kernel.u8.subarray(ids, ids + count * LENGTH), row * LENGTH);
  return count;
}
