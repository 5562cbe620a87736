import type { ColumnBatch } from '../../operators/arrow/open-batch.js';
import type { SpareMemory } from '../../operators/columns/spare-memory.js';
import { columnMessage } from './batch-message.js';
import type { PendingBatch } from './load-run.js';

/** Makes batches of plain columns ready to be loaded; their memory goes back to `memory` then. */
export function pendingColumns(memory: SpareMemory): (batch: ColumnBatch) => PendingBatch {
  return (batch) => ({
    bytes: batch.bytes,
    rootRows: rootRowsOf(batch),
    take: (capabilities, destination) => columnMessage(batch, capabilities, destination),
    giveBack: (buffer) => memory.adopt(buffer),
  });
}

/** Rows of root tables. */
export function rootRowsOf({ tables }: Pick<ColumnBatch, 'tables'>): number {
  return tables.reduce((sum, { schema, rows }) => sum + (schema.parent === null ? rows : 0), 0);
}
