import { deleteBelow } from '../delete-below.js';
import { qualified } from '../sql.js';
import {
  deletionMark,
  equalIn,
  insertStaged,
  ROW,
  rowsByKey,
  type StagedChain,
  stagingOf,
} from './staged-rows.js';

const KEPT = '_sluice_kept';

/**
 * SQL of dlt's delete-insert: rows with the primary key, or with the merge key, of a staged row are
 * deleted with everything below them; then staged rows are inserted, each primary key once, without
 * those that are marked as deleted. Without a key rows are only inserted.
 */
export function deleteInsert(chain: StagedChain): string[] {
  const { scope, tables, below, hints, isDistinct } = chain;
  const [root] = tables;
  const { primaryKey } = hints;
  const keys = [primaryKey, hints.merge?.mergeKey ?? []].filter((key) => key.length > 0);
  const target = `${qualified(scope, root.name)} AS old`;
  const isThere = keys.map(
    (key) =>
      `EXISTS (SELECT 1 FROM ${stagingOf(scope, root.name)} new WHERE ${equalIn(scope, key)})`,
  );
  // Key by key, since databases join by one equality faster than by either of two.
  const ids = isThere.map((found) => `SELECT _dlt_id FROM ${target} WHERE ${found}`);
  const deletes = [
    ...(ids.length === 0 || below.length === 0
      ? []
      : deleteBelow(scope, ids.join(' UNION ALL '), below, below)),
    ...isThere.map((found) => `DELETE FROM ${target} WHERE ${found}`),
  ];
  const unmarked = deletionMark(chain, false);
  if (unmarked === null && isDistinct) return [...deletes, ...insertStaged(scope, tables)];
  const rows =
    unmarked === null
      ? rowsByKey(chain)
      : `SELECT ${ROW} FROM ${stagingOf(scope, root.name)} WHERE ${unmarked}${isDistinct ? '' : ` AND ${ROW} IN (${rowsByKey(chain)})`}`;
  return [
    ...deletes,
    `CREATE TEMP TABLE ${KEPT} AS ${rows}`,
    ...insertStaged(scope, tables, () => `${ROW} IN (SELECT ${ROW} FROM ${KEPT})`),
    `DROP TABLE ${KEPT}`,
  ];
}
