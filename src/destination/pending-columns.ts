import type { ColumnBatch } from '../../operators/arrow/open-batch.js';
import { columnMessage } from './batch-message.js';
import type { PendingBatch } from './load-run.js';

/** A batch of plain columns before it is loaded. */
export function pendingColumns(batch: ColumnBatch): PendingBatch {
  return {
    bytes: batch.bytes,
    rootRows: batch.tables.reduce(
      (sum, { schema, rows }) => sum + (schema.parent === null ? rows : 0),
      0,
    ),
    take: (capabilities, destination) => columnMessage(batch, capabilities, destination),
  };
}
