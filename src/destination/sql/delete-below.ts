import { qualified, type Scope } from './sql.js';

const DELETED = '_sluice_deleted';

/**
 * SQL that deletes rows of root tables and all rows below them. `roots` is a query for the ids
 * (`_dlt_id`) of rows to go; `children` are the tables that rows below them may lie in, parents
 * before children, and `from` those among all these from which rows are deleted. Ids decide which
 * row hangs on which, so it does not matter whose tables bear similar names.
 */
export function deleteBelow(
  scope: Scope,
  roots: string,
  children: readonly string[],
  from: readonly string[],
): string[] {
  return [
    `CREATE TEMP TABLE ${DELETED} AS ${roots}`,
    ...children.map(
      (child) =>
        `INSERT INTO ${DELETED} SELECT _dlt_id FROM ${qualified(scope, child)} WHERE _dlt_parent_id IN (SELECT _dlt_id FROM ${DELETED})`,
    ),
    ...from.map(
      (table) =>
        `DELETE FROM ${qualified(scope, table)} WHERE _dlt_id IN (SELECT _dlt_id FROM ${DELETED})`,
    ),
    `DROP TABLE ${DELETED}`,
  ];
}
