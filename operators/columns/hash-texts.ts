import type { Kernel } from './kernel.js';
import type { TextPiece, TextWriter } from './text-writers.js';

/** By the kernel's numbers (operators/kernel/hash-texts.ts). */
const KINDS: readonly TextPiece['kind'][] = ['constant', 'digits', 'text', 'string'];
/** Words of a piece: its kind and two numbers. */
const WORDS = 3;
/** Characters that 64 bits take at most. */
const LONGEST_DIGITS = 20;
/** Bytes that the kernel reads and writes behind a text. */
const SLACK = 16;

/**
 * Writes the ids of texts to `ids`, 14 bytes a row, each text made by the kernel of the pieces of
 * its writers. False where the kernel cannot: a writer has no piece, or a string needs escapes.
 */
export function hashTexts(
  kernel: Kernel,
  writers: readonly TextWriter[],
  rows: number,
  ids: Uint8Array,
): boolean {
  const pieces = writers.flatMap(({ piece }) => piece ?? []);
  if (pieces.length < writers.length) return false;
  const { allocate, release, hashTexts } = kernel.call;
  const blocks: [at: number, size: number][] = [];
  const block = (size: number): number => {
    const at = allocate(size);
    blocks.push([at, size]);
    return at;
  };
  const put = (bytes: Uint8Array): number => {
    const at = block(bytes.length + SLACK);
    kernel.u8.set(bytes, at);
    return at;
  };
  const table = new Int32Array(pieces.length * WORDS);
  let longest = 0;
  for (const [i, piece] of pieces.entries()) {
    const { at, from, length } = placed(piece, rows, put);
    table.set([KINDS.indexOf(piece.kind), at, from], i * WORDS);
    longest += length;
  }
  const at = put(new Uint8Array(table.buffer));
  const out = block(longest * 2 + SLACK);
  const to = block(ids.length + SLACK);
  const made = hashTexts(at, at + table.byteLength, rows, out, to);
  if (made === rows) ids.set(kernel.u8.subarray(to, to + ids.length));
  for (const [from, size] of blocks) release(from, size);
  return made === rows;
}

/** Puts a piece into linear memory: its two numbers there, and bytes that it takes at most. */
function placed(
  piece: TextPiece,
  rows: number,
  put: (bytes: Uint8Array) => number,
): { at: number; from: number; length: number } {
  if (piece.kind === 'constant') {
    const { length } = piece.bytes;
    return { at: put(piece.bytes), from: length, length };
  }
  const { data } = piece;
  if (piece.kind === 'digits')
    return { at: put(data.subarray(0, rows * 8)), from: 0, length: LONGEST_DIGITS };
  const offsets = (piece.offsets as Int32Array).subarray(0, rows + 1);
  const first = offsets[0] as number;
  let longest = 0;
  for (let row = 0; row < rows; row += 1)
    longest = Math.max(longest, (offsets[row + 1] as number) - (offsets[row] as number));
  return {
    at: put(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength)),
    // Offsets count from the first byte of the column.
    from: put(data.subarray(first, offsets[rows])) - first,
    length: longest + 2,
  };
}
