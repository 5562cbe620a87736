import { ROW, rowsByKey, type StagedChain, stagingOf } from './staged-rows.js';

/** How each primary key is kept once. */
export interface KeysOnce {
  /** A query: whether any key is there twice. */
  isNeeded: string;
  /** A condition on staged rows that stay, those below root rows among them. */
  stays: string;
}

/**
 * Finds the staged rows whose primary key does not come once more in the load: pages of a list that
 * moves overlap. Null without a primary key, and with `compat`: dlt keeps all rows.
 */
export function keepKeysOnce(chain: StagedChain): KeysOnce | null {
  const { scope, compat, tables, hints } = chain;
  const [root] = tables;
  if (hints.primaryKey.length === 0 || compat === 'dlt') return null;
  const keys = hints.primaryKey.map((key) => scope.dialect.identifier(key));
  const isSet = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  return {
    isNeeded: `SELECT EXISTS (SELECT 1 FROM ${stagingOf(scope, root.name)} WHERE ${isSet} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`,
    stays: `${ROW} IN (SELECT ${ROW} FROM (${rowsByKey(chain)}) kept)`,
  };
}
