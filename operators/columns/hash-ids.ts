import { hashId } from '../schema/hash-id.js';
import type { Buffers } from '../types.js';
import { hashTexts } from './hash-texts.js';
import { type Kernel, withKernel } from './kernel.js';
import { type Limits, limitsOf } from './limits.js';
import type { TextWriter } from './text-writers.js';

/** Characters of an id. */
const LENGTH = 14;
/** Texts that are hashed at once, and bytes of UTF-8 of them, at most. */
const TEXTS = 4_096;
const ROOM = 1024 * 1024;

const NO_BODY = new Uint8Array();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Makes ids of texts in bulk, each as `hashId` makes one. The text of a row is what `writers`
 * write, one behind the other.
 */
export function hashIds(rows: number, writers: readonly TextWriter[]): Buffers {
  const data = new Uint8Array(rows * LENGTH);
  withKernel(NO_BODY, limitsOf(), (kernel) => {
    if (hashTexts(kernel, writers, rows, data)) return;
    const { allocate, release } = kernel.call;
    const sizes = [ROOM, TEXTS * 4, TEXTS * LENGTH];
    const blocks = sizes.map((size) => allocate(size)) as [number, number, number];
    for (let row = 0; row < rows;) row += hashSome(kernel, blocks, writers, row, data);
    for (const [i, block] of blocks.entries()) release(block, sizes[i] as number);
  });
  return idBuffers(rows, data);
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
    return made === rows ? idBuffers(rows, data) : null;
  });
}

let fourteens = new Int32Array(0);

/** All ids are of one length, so one array of offsets serves all; it is only read. */
function idBuffers(rows: number, data: Uint8Array): Buffers {
  if (fourteens.length <= rows)
    fourteens = Int32Array.from(
      { length: Math.max(rows + 1, fourteens.length * 2) },
      (_, row) => row * LENGTH,
    );
  return { rows, nulls: 0, validity: null, offsets: fourteens.subarray(0, rows + 1), data };
}

/** Hashes the texts from `row` on that there is room for; gives their number. */
function hashSome(
  kernel: Kernel,
  [text, ends, ids]: readonly [number, number, number],
  writers: readonly TextWriter[],
  row: number,
  data: Uint8Array,
): number {
  const { u8 } = kernel;
  const lengths = new Uint32Array(Math.min(TEXTS, data.length / LENGTH - row));
  let count = 0;
  for (let at = text; count < lengths.length; count += 1) {
    at = written(writers, row + count, u8, at, text + ROOM);
    if (at < 0) break;
    lengths[count] = at - text;
  }
  if (count === 0) {
    data.set(new TextEncoder().encode(hashId(longText(writers, row))), row * LENGTH);
    return 1;
  }
  u8.set(new Uint8Array(lengths.buffer), ends);
  kernel.call.hashIds(text, ends, count, ids);
  data.set(kernel.u8.subarray(ids, ids + count * LENGTH), row * LENGTH);
  return count;
}

function written(
  writers: readonly TextWriter[],
  row: number,
  into: Uint8Array,
  from: number,
  end: number,
): number {
  let at = from;
  for (const write of writers) {
    at = write(row, into, at, end);
    if (at < 0) return -1;
  }
  return at;
}

/** A text that is longer than the room for all. */
function longText(writers: readonly TextWriter[], row: number): string {
  for (let size = ROOM * 2; ; size *= 2) {
    const bytes = new Uint8Array(size);
    const end = written(writers, row, bytes, 0, size);
    if (end >= 0) return decoder.decode(bytes.subarray(0, end));
  }
}
