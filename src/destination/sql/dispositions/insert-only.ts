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
 * SQL that inserts staged rows that are not there yet: root rows by their primary key, each key
 * once, and rows of lists by their ids, those of root rows that are there among them. None that are
 * marked as deleted, nor what is below them. A root row that is there under another id, from a load
 * of another disposition, gets no elements: which of them it has cannot be told.
 */
export function insertOnly(chain: StagedChain): string[] {
  const { scope, tables, hints } = chain;
  const [root, ...children] = tables;
  const unmarked = deletionMark(chain, false);
  const kept = `${ROW} IN (SELECT ${ROW} FROM ${KEPT})`;
  const isThere = `SELECT new.${ROW} FROM ${stagingOf(scope, root.name)} new JOIN ${qualified(scope, root.name)} old ON ${equalIn(scope, hints.primaryKey)}`;
  return [
    `CREATE TEMP TABLE ${KEPT} AS SELECT ${ROW} FROM ${stagingOf(scope, root.name)} WHERE ${ROW} IN (${rowsByKey(chain)})${unmarked === null ? '' : ` AND ${unmarked}`}`,
    ...insertStaged(scope, [root], () => `${kept} AND ${ROW} NOT IN (${isThere})`),
    ...insertStaged(
      scope,
      children,
      ({ name }) =>
        `${kept} AND _dlt_id NOT IN (SELECT _dlt_id FROM ${qualified(scope, name)}) AND _dlt_root_id IN (SELECT _dlt_id FROM ${qualified(scope, root.name)})`,
    ),
    `DROP TABLE ${KEPT}`,
  ];
}
