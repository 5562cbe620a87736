import { type Kernel, ownKernel } from '../../../../operators/columns/kernel.js';

let kernel: Kernel | undefined;
let block = 0;
let room = 0;

/** Bytes behind the text that the kernel may read over its end. */
const PADDING = 64;

/**
 * Lays out texts, which lie one after another in `text` as `offsets` say, as DuckDB's 16-byte
 * strings. They stand in `buffer` from byte `at` until the next call in this thread. Where some
 * text is longer than the 12 bytes that such a string holds itself, `copied` gives where a copy of
 * all of `text` begins, and checks its UTF-8. Null when the text is not UTF-8, the offsets fall, or
 * they cut a character in two.
 */
export function stringLayout(
  offsets: Int32Array,
  text: Uint8Array,
  copied: () => bigint | null,
): { buffer: ArrayBuffer; at: number } | null {
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
  memory.set(
    new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength),
    block + offsetsAt,
  );
  memory.set(text, block + textAt);
  let address: bigint | null = 0n;
  if (kernel.call.fitInPlace(block + offsetsAt, count) === 0) address = copied();
  else {
    memory.fill(0, block + textAt + text.length, block + needed);
    if (kernel.call.isUtf8(block + textAt, text.length) === 0) return null;
  }
  if (
    address === null ||
    kernel.call.stringLayout(block + offsetsAt, block + textAt, count, address, block) === 0
  )
    return null;
  return { buffer: memory.buffer as ArrayBuffer, at: block };
}
