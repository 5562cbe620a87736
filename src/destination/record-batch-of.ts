import type { RecordBatch } from 'apache-arrow';
import type { ArrowColumn } from '../../operators/arrow/record-batch.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, list, object } from '../../operators/settings/shape.js';
import type { BatchMessage } from './messages.js';

/**
 * The rows that a session is given for a table as an Arrow record batch, over the same buffers and
 * with `_dlt_load_id` where the table has it. Columns without a value in the batch are not there.
 * Loads apache-arrow at the first call.
 */
export async function recordBatchOf(
  table: BatchMessage['tables'][number],
  loadId: string,
): Promise<RecordBatch> {
  const { schema, rows, columns } = requireShape('What recordBatchOf() takes', table, object);
  requireShape('The columns of recordBatchOf()', columns, list(anything));
  requireShape('The schema of recordBatchOf()', schema, object);
  const own = columns.map((column): ArrowColumn => ({ ...column, nullable: true }));
  const hasLoadId = schema.columns.some(({ name }) => name === '_dlt_load_id');
  const { recordBatch } = await import('../../operators/arrow/record-batch.js');
  return recordBatch(hasLoadId ? [...own, constant('_dlt_load_id', loadId, rows)] : own, rows);
}

function constant(name: string, text: string, rows: number): ArrowColumn {
  const bytes = new TextEncoder().encode(text);
  const data = new Uint8Array(bytes.length * rows);
  for (let row = 0; row < rows; row += 1) data.set(bytes, row * bytes.length);
  const offsets = Int32Array.from({ length: rows + 1 }, (_, row) => row * bytes.length);
  return { name, dataType: 'text', nullable: false, rows, nulls: 0, validity: null, offsets, data };
}
