import { type RealColumn, STAGING } from './catalog.js';
import { insertRows } from './ddl.js';
import { deleteBelow } from './delete-below.js';
import { qualified, type Scope } from './sql.js';

/** A table that staged rows go to, with those of its columns that they have. */
export interface MergeTable {
  name: string;
  columns: readonly RealColumn[];
}

/**
 * SQL that moves staged rows of a root table and its children (`tables`, the root first) into
 * place: dlt's delete-insert. Rows with a key that is staged are deleted, children with them; of
 * rows staged twice with one key the last counts; NULL keys match nothing. Without a key all staged
 * rows are appended. All tables must have the columns by now. `below`: the tables in which rows of
 * the root's lists may be, parents before children.
 */
export function mergeStatements(
  scope: Scope,
  tables: readonly MergeTable[],
  below: readonly string[],
  primaryKey: readonly string[],
): string[] {
  const staging = (table: string): string => qualified(scope, `${STAGING}${table}`);
  const insert = ({ name, columns }: MergeTable, where = ''): string =>
    insertRows(scope, `${staging(name)}${where}`, name, columns);
  const [root, ...children] = tables;
  if (root === undefined || primaryKey.length === 0) return tables.map((table) => insert(table));
  const staged = { ...root, name: `${STAGING}${root.name}` };
  const keys = primaryKey.map((key) => scope.dialect.identifier(key));
  const match = keys.map((key) => `old.${key} = new.${key}`).join(' AND ');
  return [
    `CREATE TEMP TABLE _sluice_kept AS ${rowsByKey(scope, staged, primaryKey, '= 1')}`,
    ...deleteBelow(
      scope,
      `SELECT _dlt_id FROM ${qualified(scope, root.name)} old WHERE EXISTS (SELECT 1 FROM ${staging(root.name)} new WHERE ${match})`,
      below,
      [...below, root.name],
    ),
    insert(root, ' WHERE _dlt_id IN (SELECT _dlt_id FROM _sluice_kept)'),
    ...children.map((child) =>
      insert(child, ' WHERE _dlt_root_id IN (SELECT _dlt_id FROM _sluice_kept)'),
    ),
    'DROP TABLE _sluice_kept',
  ];
}

/**
 * A query for the ids of a table's rows by their place among those with the same key: the last one
 * has place 1.
 */
export function rowsByKey(
  scope: Scope,
  { name, columns }: MergeTable,
  key: readonly string[],
  place: '= 1' | '> 1',
): string {
  const { identifier, rowNumber } = scope.dialect;
  const keys = key.map((column) => identifier(column)).join(', ');
  return `SELECT _dlt_id FROM (
    SELECT _dlt_id, row_number() OVER (PARTITION BY ${keys} ORDER BY _sluice_row DESC) AS _sluice_place
    FROM (SELECT *, ${rowNumber(columns.map((column) => column.name))} AS _sluice_row FROM ${qualified(scope, name)}) numbered) placed
    WHERE _sluice_place ${place}`;
}
