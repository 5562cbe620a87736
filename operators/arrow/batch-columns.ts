import {
  type Data,
  DataType,
  DateUnit,
  type Field,
  Precision,
  type RecordBatch,
  TimeUnit,
} from 'apache-arrow';
import { SchemaError } from '../errors.js';
import type { Buffers } from '../types.js';

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
  if (DataType.isUtf8(type) || DataType.isBinary(type))
    return textFrom(valueOffsets as Int32Array, own as Uint8Array, rows);
  if (DataType.isBool(type))
    return { offsets: null, data: bitsFrom(own as Uint8Array, offset, rows) };
  const width = widthOf(type);
  if (width !== null)
    return { offsets: null, data: new Uint8Array(own.buffer, own.byteOffset, rows * width) };
  throw new SchemaError(
    `Column ${name} of a record batch is ${String(type)}; batches hold Utf8, Binary, Int64, Float64, Bool, Decimal, Date32, Time64<MICROSECOND> and Timestamp<MICROSECOND or NANOSECOND>.`,
  );
}

/** Returns the bytes of each value of a type that a column of ours has; null for any other. */
function widthOf(type: DataType): number | null {
  if (DataType.isDecimal(type)) return type.bitWidth === 128 ? 16 : null;
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? 4 : null;
  const isOurs =
    (DataType.isInt(type) && type.bitWidth === 64 && type.isSigned) ||
    (DataType.isFloat(type) && type.precision === Precision.DOUBLE) ||
    (DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND) ||
    (DataType.isTimestamp(type) &&
      (type.unit === TimeUnit.MICROSECOND || type.unit === TimeUnit.NANOSECOND));
  return isOurs ? 8 : null;
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
