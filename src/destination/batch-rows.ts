import type { RecordBatch } from 'apache-arrow';
import { arrowText } from '../../operators/arrow/arrow-text.js';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import { columnType, layoutOf, scaleOf } from '../../operators/schema/column-type.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, list, object } from '../../operators/settings/shape.js';
import type { Buffers, ColumnType, TableSchema } from '../../operators/types.js';
import { decimalValue } from './decimal-value.js';
import type { ReadRow } from './destination.js';
import { floored } from './floored.js';

/**
 * Rows of record batches as objects with the columns of their table, as `DatasetReader.rows` gives
 * them. A column that a batch lacks is null; one that has got wider since gives the integers that
 * the batch has. No batches: no rows.
 *
 * Errors: ConfigError for what is no list of batches, and no schema.
 */
export function batchRows(
  batches: readonly RecordBatch[],
  schema: Pick<TableSchema, 'columns'>,
): ReadRow[] {
  requireShape('The batches of batchRows()', batches, list(anything));
  const { columns } = requireShape('The schema of batchRows()', schema, object);
  return batches.flatMap((batch) => {
    const buffers = new Map(batchColumns(batch).map((column) => [column.name, column]));
    const integers = new Set(
      batch.schema.fields.flatMap(({ name, type }) => (arrowText(type) === 'Int64' ? [name] : [])),
    );
    const values = columns.map((column) => {
      const type = integers.has(column.name) ? INTEGER : columnType(column);
      return [column.name, buffers.get(column.name), type] as const;
    });
    return Array.from({ length: batch.numRows }, (_, row) =>
      Object.fromEntries(
        values.map(([name, own, type]) => [name, own ? valueAt(own, type, row) : null]),
      ),
    );
  });
}

const INTEGER: ColumnType = { dataType: 'bigint' };
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function valueAt({ validity, offsets, data }: Buffers, type: ColumnType, row: number): unknown {
  if (validity !== null && !bitAt(validity, row)) return null;
  const { dataType } = type;
  if (offsets !== null) {
    const bytes = data.subarray(offsets[row], offsets[row + 1]);
    return dataType === 'binary' ? bytes.slice() : decoder.decode(bytes);
  }
  if (dataType === 'bool') return bitAt(data, row);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (dataType === 'double') return view.getFloat64(row * 8, true);
  if (dataType === 'date') return new Date(view.getInt32(row * 4, true) * DAY_MS);
  const integer =
    layoutOf(type) === 16
      ? view.getBigUint64(row * 16, true) + (view.getBigInt64(row * 16 + 8, true) << 64n)
      : view.getBigInt64(row * 8, true);
  if (dataType === 'timestamp')
    return new Date(Number(floored(integer, (type.precision ?? 6) > 6 ? 1_000_000n : 1_000n)));
  if (dataType === 'time') return timeText(integer);
  if (dataType === 'decimal' || dataType === 'wei') return decimalValue(integer, scaleOf(type));
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

const DAY_MS = 86_400_000;

function timeText(micros: bigint): string {
  const text = new Date(Number(micros / 1_000n)).toISOString().slice(11, 19);
  const rest = micros % 1_000_000n;
  return rest === 0n ? text : `${text}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
}

function bitAt(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] as number) >> (at & 7)) & 1) === 1;
}
