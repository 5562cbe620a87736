import type { Catalog } from '../catalog.js';
import { qualified, type Scope } from '../sql.js';

/** What is kept of a load until it is complete: a row for each thing of a kind. */
export const PROGRESS = '_sluice_progress';
/** Rows of parents whose children are not all read. */
export const PARENTS = '_sluice_parents';

/**
 * SQL that makes the tables that only unfinished loads have rows in, where they are missing: most
 * loads commit once and never need them.
 */
export function createUnfinishedTables(scope: Scope, catalog: Catalog): string[] {
  const { text, bigint, json } = scope.dialect.types;
  return [
    [
      PROGRESS,
      `load_id ${text} NOT NULL, kind ${text} NOT NULL, name ${text} NOT NULL, value ${json}`,
    ],
    [
      PARENTS,
      `load_id ${text} NOT NULL, resource ${text} NOT NULL, page ${text} NOT NULL, lists ${bigint}, rows ${json} NOT NULL`,
    ],
  ].flatMap(([table = '', columns]) =>
    catalog.has(table)
      ? []
      : [`CREATE TABLE IF NOT EXISTS ${qualified(scope, table)} (${columns})`],
  );
}

/**
 * SQL that deletes what is kept of loads; `ids` as SQL. `tables`: those of the dataset. @default
 * the tables are there
 */
export function deleteProgress(
  scope: Scope,
  ids: string,
  tables?: { has(table: string): boolean },
): string[] {
  return [PROGRESS, PARENTS]
    .filter((table) => tables?.has(table) !== false)
    .map((table) => `DELETE FROM ${qualified(scope, table)} WHERE load_id IN (${ids})`);
}
