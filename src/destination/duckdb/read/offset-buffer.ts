import { byteBuffer } from './byte-buffer.js';

/** Offsets of texts or lists, of which each is added as a length. */
export function offsetBuffer(): { add(lengths: Int32Array): void; finish(): Int32Array } {
  const bytes = byteBuffer();
  bytes.take(4);
  let end = 0;
  return {
    add(lengths) {
      const taken = bytes.take(lengths.length * 4);
      const out = new Int32Array(taken.buffer, taken.byteOffset, lengths.length);
      for (let row = 0; row < lengths.length; row += 1) {
        end += lengths[row] as number;
        out[row] = end;
      }
    },
    finish() {
      const all = bytes.finish();
      bytes.take(4);
      end = 0;
      return new Int32Array(all.buffer, all.byteOffset, all.byteLength / 4);
    },
  };
}
