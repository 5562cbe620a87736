import type { Buffers, FlatColumn } from '../types.js';
import { isValid } from './lane-value.js';

/**
 * Fits exact integers and fractions as doubles. Null when there are other lanes, and for a bigint
 * column when a double is among them that would not be the same after a while as an integer: one so
 * large that it ends the column's exactness, or -0.0.
 */
export function fitNumbers(
  { lanes }: FlatColumn,
  dataType: 'bigint' | 'double',
): { buffers: Buffers; fraction: boolean } | null {
  if (lanes.some(({ kind }) => kind !== 'bigint' && kind !== 'double')) return null;
  // A rounded number may be whole as a double and was not as it was sent.
  if (
    dataType === 'bigint' &&
    lanes.some(({ kind, hasUnsafeValues }) => kind === 'double' && hasUnsafeValues)
  )
    return null;
  const rows = lanes[0]?.rows ?? 0;
  const values = new Float64Array(rows);
  const validity = new Uint8Array((rows + 7) >> 3);
  let fraction = false;
  let nulls = rows;
  for (const { kind, data, validity: valid } of lanes) {
    const words = new Int32Array(data.buffer, data.byteOffset, rows * 2);
    const doubles = new Float64Array(data.buffer, data.byteOffset, rows);
    for (let row = 0; row < rows; row += 1) {
      if (!isValid(valid, row)) continue;
      // A 64-bit integer as its two words: within 2^53 the sum is exact, and no BigInt is
      // made for each value.
      const value =
        kind === 'double'
          ? (doubles[row] as number)
          : ((words[row * 2] as number) >>> 0) + (words[row * 2 + 1] as number) * 4_294_967_296;
      values[row] = value;
      validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
      nulls -= 1;
      if (kind !== 'double') continue;
      if (!Number.isInteger(value)) fraction = true;
      else if (dataType === 'bigint' && (!Number.isSafeInteger(value) || Object.is(value, -0)))
        return null;
    }
  }
  return {
    buffers: {
      rows,
      nulls,
      validity: nulls > 0 ? validity : null,
      offsets: null,
      data: new Uint8Array(values.buffer),
    },
    fraction,
  };
}
