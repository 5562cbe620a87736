import type { Buffers, DataType } from '../types.js';
import type { LaneValue } from './lane-value.js';

const encoder = new TextEncoder();

/**
 * Builds the buffers of a column of this type from JavaScript values; undefined is null. For the
 * few columns whose values had to be coerced one by one.
 */
export function buildBuffers(
  dataType: DataType,
  values: readonly (LaneValue | undefined)[],
): Buffers {
  const rows = values.length;
  const validity = new Uint8Array((rows + 7) >> 3);
  let nulls = 0;
  for (const [row, value] of values.entries()) {
    if (value === undefined) nulls += 1;
    else validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
  }
  return { rows, nulls, validity: nulls > 0 ? validity : null, ...valuesOf(dataType, values) };
}

function valuesOf(
  dataType: DataType,
  values: readonly (LaneValue | undefined)[],
): Pick<Buffers, 'offsets' | 'data'> {
  switch (dataType) {
    case 'bigint':
    case 'timestamp':
      return {
        offsets: null,
        data: bytes(BigInt64Array.from(values, (value) => (value ?? 0n) as bigint)),
      };
    case 'double':
      return {
        offsets: null,
        data: bytes(Float64Array.from(values, (value) => (value ?? 0) as number)),
      };
    case 'bool': {
      const data = new Uint8Array((values.length + 7) >> 3);
      for (const [row, value] of values.entries())
        if (value === true) data[row >> 3] = (data[row >> 3] as number) | (1 << (row & 7));
      return { offsets: null, data };
    }
    case 'text':
    case 'json': {
      const parts = values.map((value) => encoder.encode((value ?? '') as string));
      const offsets = new Int32Array(values.length + 1);
      for (const [row, part] of parts.entries())
        offsets[row + 1] = (offsets[row] as number) + part.length;
      const data = new Uint8Array(offsets[values.length] as number);
      for (const [row, part] of parts.entries()) data.set(part, offsets[row]);
      return { offsets, data };
    }
    default:
      return dataType satisfies never;
  }
}

function bytes(array: BigInt64Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
