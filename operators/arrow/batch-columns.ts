import type { Data, RecordBatch } from 'apache-arrow';
import type { Buffers } from '../types.js';

/** The buffers of a record batch's columns by name; views wherever the batch's own lie at a whole byte, sliced batches included. */
export function batchColumns(batch: RecordBatch): (Buffers & { name: string })[] {
  return batch.schema.fields.map(({ name }, i) => ({ name, ...columnBuffers(batch.data.children[i] as Data) }));
}

function columnBuffers({ length: rows, nullCount: nulls, nullBitmap, offset, valueOffsets, values }: Data): Buffers {
  const validity = nulls === 0 || nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0 ? null : bitsFrom(nullBitmap, offset, rows);
  const offsets = (valueOffsets as Int32Array | undefined) ?? null;
  const own = values as Uint8Array | BigInt64Array | Float64Array;
  const bytes = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
  const isBool = own instanceof Uint8Array && offsets === null;
  return {
    rows,
    nulls: validity === null ? 0 : nulls,
    validity,
    offsets: offsets === null ? null : offsets.subarray(0, rows + 1),
    data: isBool ? bitsFrom(bytes, offset, rows) : bytes,
  };
}

/** `count` bits from bit `offset` on; a view where that is a whole byte. */
function bitsFrom(bits: Uint8Array, offset: number, count: number): Uint8Array {
  if ((offset & 7) === 0) return bits.subarray(offset >> 3, (offset + count + 7) >> 3);
  const shifted = new Uint8Array((count + 7) >> 3);
  for (let bit = 0; bit < count; bit += 1) {
    const from = offset + bit;
    if (((bits[from >> 3] as number) >> (from & 7)) & 1) shifted[bit >> 3] = (shifted[bit >> 3] as number) | (1 << (bit & 7));
  }
  return shifted;
}
