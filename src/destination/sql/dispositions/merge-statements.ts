import { strategyOf } from '../../../../operators/schema/table-hints.js';
import { deleteInsert } from './delete-insert.js';
import { dltUpsert } from './dlt-upsert.js';
import { insertOnly } from './insert-only.js';
import { scd2 } from './scd2.js';
import type { StagedChain } from './staged-rows.js';

/**
 * SQL that brings staged rows of a root table and of the tables below it into place, as the hints
 * say. All tables must be there, with the columns of the staged rows.
 */
export function mergeStatements(chain: StagedChain): string[] {
  const { compat, hints } = chain;
  const { merge } = hints;
  const strategy = strategyOf(hints);
  if (strategy === 'scd2') return scd2(chain);
  if (strategy === 'insert-only')
    return compat === 'dlt' ? dltUpsert(chain, true) : insertOnly(chain);
  if (strategy === 'upsert' && compat === 'dlt') return dltUpsert(chain, false);
  // Every row of a load takes the place of the one with its key: the ids stay, for keys give them.
  return strategy === 'upsert' && merge !== undefined
    ? deleteInsert({ ...chain, hints: { ...hints, merge: { ...merge, mergeKey: [] } } })
    : deleteInsert(chain);
}
