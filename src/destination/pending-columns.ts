import type { ColumnBatch } from '../../operators/arrow/open-batch.js';
import type { SpareMemory } from '../../operators/columns/spare-memory.js';
import type { SchemaChange } from '../../operators/types.js';
import { columnMessage } from './batch-message.js';
import type { PendingBatch } from './load-run.js';

/** Makes batches of plain columns ready to be loaded; their memory goes back to `memory` then. */
export function pendingColumns(memory: SpareMemory): (batch: ColumnBatch) => PendingBatch {
  return (batch) => ({
    bytes: batch.bytes,
    rootRows: rootRowsOf(batch),
    mostRows: Math.max(0, ...batch.tables.map(({ rows }) => rows)),
    alters: altersTables(batch.changes),
    take: (capabilities, destination) => columnMessage(batch, capabilities, destination),
    giveBack: (buffer) => memory.adopt(buffer),
  });
}

/** Whether changes are of tables that are there. */
export function altersTables(changes: readonly SchemaChange[]): boolean {
  return changes.some(({ kind }) => kind !== 'new-table');
}

/** Rows of root tables. */
export function rootRowsOf({ tables }: Pick<ColumnBatch, 'tables'>): number {
  return tables.reduce((sum, { schema, rows }) => sum + (schema.parent === null ? rows : 0), 0);
}
