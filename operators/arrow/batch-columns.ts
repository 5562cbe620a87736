import type { Data, Field, RecordBatch } from 'apache-arrow';
import { SchemaError } from '../errors.js';
import type { Buffers } from '../types.js';
import { arrowText } from './arrow-text.js';

/**
 * Returns the buffers of a record batch's columns by name, sliced batches included. Fixed-width
 * values are views, and so are texts and bits unless a slice begins within them.
 *
 * Errors: SchemaError for a column of an Arrow type that no column of ours has.
 */
export function batchColumns(batch: RecordBatch): (Buffers & { name: string })[] {
  return batch.schema.fields.map((field, i) => ({
    name: field.name,
    ...columnBuffers(field, batch.data.children[i] as Data),
  }));
}

function columnBuffers(field: Field, column: Data): Buffers {
  const { length: rows, nullCount: nulls, nullBitmap, offset } = column;
  const validity = nulls === 0 ? null : bitsFrom(nullBitmap, offset, rows);
  return { rows, nulls, validity, ...values(field, column) };
}

function values(
  { name, type }: Field,
  { length: rows, offset, valueOffsets, values: own }: Data,
): Pick<Buffers, 'offsets' | 'data'> {
  const text = arrowText(type);
  if (text === 'Utf8' || text === 'Binary')
    return textFrom(valueOffsets as Int32Array, own as Uint8Array, rows);
  if (text === 'Bool') return { offsets: null, data: bitsFrom(own as Uint8Array, offset, rows) };
  const width = widthOf(text);
  if (width !== null)
    return { offsets: null, data: new Uint8Array(own.buffer, own.byteOffset, rows * width) };
  throw new SchemaError(
    `Column ${name} of a record batch is ${String(type)}; batches hold Utf8, Binary, Int64, Float64, Bool, Decimal, Date32, Time64<MICROSECOND> and Timestamp<MICROSECOND or NANOSECOND>.`,
  );
}

/** Returns the bytes of each value of a type that a column of ours has; null for any other. */
function widthOf(text: string): number | null {
  if (text.startsWith('Decimal128(')) return 16;
  if (text === 'Date32') return 4;
  return /^(Int64|Float64|Time64<MICROSECOND>|Timestamp<(MICRO|NANO)SECOND.*>)$/.test(text)
    ? 8
    : null;
}

function textFrom(
  offsets: Int32Array,
  data: Uint8Array,
  rows: number,
): Pick<Buffers, 'offsets' | 'data'> {
  const own = offsets.subarray(0, rows + 1);
  const begin = own[0] ?? 0;
  const end = own[rows] ?? 0;
  return {
    offsets: begin === 0 ? own : own.map((byte) => byte - begin),
    data: data.subarray(begin, end),
  };
}

/** Returns `count` bits from bit `offset` on; a view where that is a whole byte. */
function bitsFrom(bits: Uint8Array, offset: number, count: number): Uint8Array {
  if ((offset & 7) === 0) return bits.subarray(offset >> 3, (offset + count + 7) >> 3);
  const shifted = new Uint8Array((count + 7) >> 3);
  for (let bit = 0; bit < count; bit += 1) {
    const from = offset + bit;
    if (((bits[from >> 3] as number) >> (from & 7)) & 1)
      shifted[bit >> 3] = (shifted[bit >> 3] as number) | (1 << (bit & 7));
  }
  return shifted;
}
