import type { DuckDBConnection } from '@duckdb/node-api';
import { type Catalog, childrenOf, isChild, parentOf, STAGING } from './catalog.js';
import { literal, qualified, type Scope } from './sql.js';

/**
 * SQL that removes what loads of this pipeline left that began and never finished: their rows (children at any depth before
 * their parents), staging tables and bookkeeping. Which they are is kept in `_sluice_loads` from a load's first transaction
 * to its last.
 */
export async function deleteUnfinished(connection: DuckDBConnection, scope: Scope, pipeline: string, catalog: Catalog): Promise<string[]> {
  const loads = qualified(scope, '_sluice_loads');
  const result = await connection.runAndReadAll(`SELECT load_id FROM ${loads} WHERE pipeline = $1`, [pipeline]);
  const ids = (result.getRows() as [string][]).map(([id]) => literal(id)).join(', ');
  const staging = [...catalog.keys()].filter((table) => table.startsWith(STAGING)).map((table) => `DROP TABLE ${qualified(scope, table)}`);
  if (ids === '') return staging;
  const deletes = [...catalog]
    .filter(([table, columns]) => !table.startsWith('_') && !isChild(columns) && columns.some(({ name }) => name === '_dlt_load_id'))
    .flatMap(([root]) => {
      const own = `_dlt_load_id IN (${ids})`;
      const condition = (table: string): string =>
        table === root ? own : `_dlt_parent_id IN (SELECT _dlt_id FROM ${qualified(scope, parentOf(table, catalog) ?? root)} WHERE ${condition(parentOf(table, catalog) ?? root)})`;
      return [...childrenOf(root, catalog).toReversed(), root].map((table) => `DELETE FROM ${qualified(scope, table)} WHERE ${condition(table)}`);
    });
  return [
    ...deletes,
    ...staging,
    `DELETE FROM ${qualified(scope, '_sluice_positions')} WHERE load_id IN (${ids})`,
    `DELETE FROM ${loads} WHERE load_id IN (${ids})`,
  ];
}
