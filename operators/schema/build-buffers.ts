import type { Buffers, ColumnType } from '../types.js';
import { layoutOf } from './column-type.js';
import type { ColumnValue } from './lane-value.js';

const encoder = new TextEncoder();

/**
 * Builds the buffers of a column of this type from JavaScript values; undefined is null. For the
 * few columns whose values had to be coerced one by one.
 */
export function buildBuffers(
  type: ColumnType,
  values: readonly (ColumnValue | undefined)[],
): Buffers {
  const rows = values.length;
  const validity = new Uint8Array((rows + 7) >> 3);
  let nulls = 0;
  for (const [row, value] of values.entries()) {
    if (value === undefined) nulls += 1;
    else validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
  }
  return { rows, nulls, validity: nulls > 0 ? validity : null, ...valuesOf(type, values) };
}

function valuesOf(
  type: ColumnType,
  values: readonly (ColumnValue | undefined)[],
): Pick<Buffers, 'offsets' | 'data'> {
  const layout = layoutOf(type);
  switch (layout) {
    case 8:
      return {
        offsets: null,
        data: bytes(
          type.dataType === 'double'
            ? Float64Array.from(values, (value) => (value ?? 0) as number)
            : BigInt64Array.from(values, (value) => (value ?? 0n) as bigint),
        ),
      };
    case 4:
      return {
        offsets: null,
        data: bytes(Int32Array.from(values, (value) => (value ?? 0) as number)),
      };
    case 16: {
      const data = new BigInt64Array(values.length * 2);
      for (const [row, value] of values.entries()) {
        const integer = (value ?? 0n) as bigint;
        data.set([BigInt.asIntN(64, integer), integer >> 64n], row * 2);
      }
      return { offsets: null, data: bytes(data) };
    }
    case 'bits': {
      const data = new Uint8Array((values.length + 7) >> 3);
      for (const [row, value] of values.entries())
        if (value === true) data[row >> 3] = (data[row >> 3] as number) | (1 << (row & 7));
      return { offsets: null, data };
    }
    case 'texts': {
      const parts = values.map((value) => bytesOf(value ?? ''));
      const offsets = new Int32Array(values.length + 1);
      for (const [row, part] of parts.entries())
        offsets[row + 1] = (offsets[row] as number) + part.length;
      const data = new Uint8Array(offsets[values.length] as number);
      for (const [row, part] of parts.entries()) data.set(part, offsets[row]);
      return { offsets, data };
    }
    default:
      return layout satisfies never;
  }
}

function bytesOf(value: ColumnValue): Uint8Array {
  return value instanceof Uint8Array ? value : encoder.encode(value as string);
}

function bytes(array: BigInt64Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
