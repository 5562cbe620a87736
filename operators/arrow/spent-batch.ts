import type { RecordBatch } from 'apache-arrow';
import { SluiceError } from '../errors.js';
import { requireShape } from '../settings/require-shape.js';
import type { Batch } from '../types.js';
import { batchShape } from './batch-shape.js';

const spent = new WeakSet<RecordBatch>();

/** Marks a batch as loaded: its memory is the loader's now. Errors: `ERR_SLUICE_BATCH_SPENT`. */
export function spendBatch(batch: Batch): void {
  requireUnspent(batch);
  for (const table of batch.tables) spent.add(table.batch);
}

/**
 * Errors: `ERR_SLUICE_BATCH_SPENT` for a batch that was loaded before, `ERR_SLUICE_CONFIG` for what
 * is none.
 */
export function requireUnspent(batch: Batch): void {
  const { tables } = requireShape('The batch', batch, batchShape);
  const loaded = tables.find(({ batch }) => spent.has(batch));
  if (loaded !== undefined)
    throw new SluiceError(
      'ERR_SLUICE_BATCH_SPENT',
      `A batch of table ${loaded.schema.name} was loaded before, and a load takes the memory of its batches. To load or read it again, copy it with copyBatch() before the first load.`,
    );
}
