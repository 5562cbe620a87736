import { type Kernel, ownKernel } from '../../operators/columns/kernel.js';

let kernel: Kernel | undefined;
let block = 0;
let room = 0;

/** Bytes behind the text that the kernel may read over its end. */
const PADDING = 32;

/**
 * DuckDB's 16-byte structures for texts that lie one after another in `text` (a copy of which begins at `address`) as `offsets`
 * say; they stand in `buffer` from byte `at` until the next call in this thread. Null when the offsets fall or cut a character in two.
 */
export function stringStructs(offsets: Int32Array, text: Uint8Array, address: bigint): { buffer: ArrayBuffer; at: number } | null {
  const count = offsets.length - 1;
  const offsetsAt = count * 16;
  const textAt = offsetsAt + offsets.byteLength;
  const needed = textAt + text.length + PADDING;
  kernel ??= ownKernel();
  if (needed > room) {
    if (room > 0) kernel.call.release(block, room);
    room = Math.max(needed * 2, 1024 * 1024);
    block = kernel.call.allocate(room);
  }
  const memory = kernel.u8;
  memory.set(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength), block + offsetsAt);
  memory.set(text, block + textAt);
  if (kernel.call.stringStructs(block + offsetsAt, block + textAt, count, address, block) === 0) return null;
  return { buffer: memory.buffer as ArrayBuffer, at: block };
}
