import type { RecordBatch } from 'apache-arrow';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, list, object } from '../../operators/settings/shape.js';
import type { Buffers, DataType, TableSchema } from '../../operators/types.js';
import type { ReadRow } from './destination.js';

/**
 * Rows of record batches as objects with the columns of their table, as `DatasetReader.rows` gives
 * them. A column that a batch lacks is null.
 */
export function batchRows(
  batches: readonly RecordBatch[],
  schema: Pick<TableSchema, 'columns'>,
): ReadRow[] {
  requireShape('The batches of batchRows()', batches, list(anything));
  const { columns } = requireShape('The schema of batchRows()', schema, object);
  return batches.flatMap((batch) => {
    const buffers = new Map(batchColumns(batch).map((column) => [column.name, column]));
    const values = columns.map(
      ({ name, dataType }) => [name, buffers.get(name), dataType] as const,
    );
    return Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(
        values.map(([name, own, dataType]) => [name, own ? valueAt(own, dataType, row) : null]),
      ),
    );
  });
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function valueAt({ validity, offsets, data }: Buffers, dataType: DataType, row: number): unknown {
  if (validity !== null && !bitAt(validity, row)) return null;
  if (offsets !== null) return decoder.decode(data.subarray(offsets[row], offsets[row + 1]));
  if (dataType === 'bool') return bitAt(data, row);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (dataType === 'double') return view.getFloat64(row * 8, true);
  const integer = view.getBigInt64(row * 8, true);
  if (dataType === 'timestamp') return new Date(Number(integer / 1_000n));
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

function bitAt(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] as number) >> (at & 7)) & 1) === 1;
}
