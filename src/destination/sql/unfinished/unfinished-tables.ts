import type { Catalog } from '../catalog.js';
import { qualified, type Scope } from '../sql.js';

/** What is kept of a load until it is complete: a row for each thing of a kind. */
export const PROGRESS = '_sluice_progress';
/** Rows of parents whose children are not all read. */
export const PARENTS = '_sluice_parents';

/**
 * SQL that makes one of the tables where it is missing, and notes it in the catalog: most loads
 * commit once and never need them.
 */
export function createUnfinishedTable(
  scope: Scope,
  table: typeof PROGRESS | typeof PARENTS,
  catalog: Catalog,
): string[] {
  if (catalog.has(table)) return [];
  catalog.set(table, []);
  const { types, keptJson: json, insertedColumn } = scope.dialect;
  const { text, bigint } = types;
  const columns = {
    [PROGRESS]: `kind ${text} NOT NULL, name ${text} NOT NULL, value ${json}`,
    [PARENTS]: `resource ${text} NOT NULL, page ${text} NOT NULL, lists ${bigint}, rows ${json} NOT NULL${insertedColumn}`,
  }[table];
  return [
    `CREATE TABLE IF NOT EXISTS ${qualified(scope, table)} (load_id ${text} NOT NULL, ${columns})`,
  ];
}

/** SQL that deletes what is kept of loads; `ids` as SQL. `tables`: those of the dataset. */
export function deleteProgress(
  scope: Scope,
  ids: string,
  tables: { has(table: string): boolean },
): string[] {
  return [PROGRESS, PARENTS]
    .filter((table) => tables.has(table))
    .map((table) => `DELETE FROM ${qualified(scope, table)} WHERE load_id IN (${ids})`);
}

/** SQL that deletes all that is written down of unfinished loads. */
export function forgetLoads(
  scope: Scope,
  ids: string,
  tables: { has(table: string): boolean },
): string[] {
  return [
    `DELETE FROM ${qualified(scope, '_sluice_positions')} WHERE load_id IN (${ids})`,
    ...deleteProgress(scope, ids, tables),
    `DELETE FROM ${qualified(scope, '_sluice_loads')} WHERE load_id IN (${ids})`,
  ];
}
