import { STAGING } from './catalog.js';
import { deleteBelow } from './delete-below.js';
import { qualified, type Scope } from './sql.js';

/** A table that staged rows go to, with the columns they have. */
export interface MergeTable {
  name: string;
  columns: readonly string[];
}

/**
 * SQL that moves staged rows of a root table and its children into place: dlt's delete-insert. Rows
 * with a key that is staged are deleted, children with them; of rows staged twice with one key the
 * last counts; NULL keys match nothing. Without a key all staged rows are appended. All tables must
 * have the columns by now. `below`: the tables in which rows of the root's lists may be, parents
 * before children.
 */
export function mergeStatements(
  scope: Scope,
  root: MergeTable,
  children: readonly MergeTable[],
  below: readonly string[],
  primaryKey: readonly string[],
): string[] {
  const { dialect } = scope;
  const staging = (table: string): string => qualified(scope, `${STAGING}${table}`);
  const insert = ({ name, columns }: MergeTable, where: string): string => {
    const list = columns.map((column) => dialect.identifier(column)).join(', ');
    return `INSERT INTO ${qualified(scope, name)} (${list}) SELECT ${list} FROM ${staging(name)}${where}`;
  };
  if (primaryKey.length === 0) return [root, ...children].map((table) => insert(table, ''));
  const keys = primaryKey.map((key) => dialect.identifier(key));
  const match = keys.map((key) => `old.${key} = new.${key}`).join(' AND ');
  return [
    `CREATE TEMP TABLE _sluice_kept AS ${rowsByKey(scope, staging(root.name), primaryKey, '= 1')}`,
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
  { dialect }: Scope,
  table: string,
  key: readonly string[],
  place: '= 1' | '> 1',
): string {
  const keys = key.map((name) => dialect.identifier(name)).join(', ');
  return `SELECT _dlt_id FROM (SELECT _dlt_id, row_number() OVER (PARTITION BY ${keys} ORDER BY ${dialect.rowNumber} DESC) AS place FROM ${table}) numbered WHERE place ${place}`;
}
