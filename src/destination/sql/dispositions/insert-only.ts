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
 * SQL that inserts the staged rows whose primary key is not there yet, each key once, with what is
 * below them; none that are marked as deleted.
 */
export function insertOnly(chain: StagedChain): string[] {
  const { scope, tables, hints } = chain;
  const [root] = tables;
  const unmarked = deletionMark(chain, false);
  const isThere = `EXISTS (SELECT 1 FROM ${qualified(scope, root.name)} old WHERE ${equalIn(scope, hints.primaryKey)})`;
  return [
    `CREATE TEMP TABLE ${KEPT} AS SELECT ${ROW} FROM ${stagingOf(scope, root.name)} new WHERE NOT ${isThere} AND ${ROW} IN (${rowsByKey(chain)})${unmarked === null ? '' : ` AND ${unmarked}`}`,
    ...insertStaged(scope, tables, () => `${ROW} IN (SELECT ${ROW} FROM ${KEPT})`),
    `DROP TABLE ${KEPT}`,
  ];
}
