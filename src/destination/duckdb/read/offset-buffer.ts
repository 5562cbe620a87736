import { LoadError } from '../../../errors.js';
import { byteBuffer } from './byte-buffer.js';

/** The largest offset that Arrow has for a text or list. */
const MOST = 2 ** 31 - 1;

/**
 * Offsets of texts or lists, of which each is added as a length. `add` returns the sum of these.
 * Errors: LoadError beyond 2 GiB of text or as many elements, which Arrow cannot hold in one batch.
 */
export function offsetBuffer(): { add(lengths: Int32Array): number; finish(): Int32Array } {
  const bytes = byteBuffer();
  bytes.take(4);
  let end = 0;
  return {
    add(lengths) {
      const before = end;
      const taken = bytes.take(lengths.length * 4);
      const out = new Int32Array(taken.buffer, taken.byteOffset, lengths.length);
      for (let row = 0; row < lengths.length; row += 1) {
        end += lengths[row] as number;
        out[row] = end;
      }
      if (end > MOST)
        throw new LoadError(
          'Two thousand rows of a result hold more than 2 GiB of text, which no Arrow batch can. Leave the column out, or read it with rows().',
        );
      return end - before;
    },
    finish() {
      const all = bytes.finish();
      bytes.take(4);
      end = 0;
      return new Int32Array(all.buffer, all.byteOffset, all.byteLength / 4);
    },
  };
}
