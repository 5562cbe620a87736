import type { Buffers } from '../types.js';

/** Gathers the texts of these rows, none of which is null, as a column of their own. */
export function gatherTexts({ offsets, data }: Buffers, rows: Int32Array): Buffers {
  const from = offsets as Int32Array;
  const to = new Int32Array(rows.length + 1);
  for (let row = 0; row < rows.length; row += 1) {
    const at = rows[row] as number;
    to[row + 1] = (to[row] as number) + (from[at + 1] as number) - (from[at] as number);
  }
  const texts = new Uint8Array(to[rows.length] as number);
  for (let row = 0; row < rows.length; row += 1) {
    const at = rows[row] as number;
    texts.set(data.subarray(from[at], from[at + 1]), to[row]);
  }
  return { rows: rows.length, nulls: 0, validity: null, offsets: to, data: texts };
}
