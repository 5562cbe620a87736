import { QUARANTINE } from '../../../operators/schema/quarantine-table.js';
import { type Catalog, childrenOf, holdsRows, isRoot, STAGING } from './catalog.js';
import { deleteBelow } from './delete-below.js';
import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/**
 * SQL that removes what loads of this pipeline left that began and never finished: their rows
 * (children at any depth), staging tables and bookkeeping. Which they are is kept in
 * `_sluice_loads` from a load's first commit to its last.
 */
export async function deleteUnfinished(
  port: SqlPort,
  scope: Scope,
  pipeline: string,
  catalog: Catalog,
): Promise<string[]> {
  const loads = qualified(scope, '_sluice_loads');
  const unfinished = catalog.has('_sluice_loads')
    ? await port.query(`SELECT load_id FROM ${loads} WHERE pipeline = $1`, [pipeline])
    : [];
  const ids = (unfinished as [string][]).map(([id]) => scope.dialect.literal(id)).join(', ');
  const staging = [...catalog.keys()]
    .filter((table) => table.startsWith(STAGING))
    .map((table) => `DROP TABLE ${qualified(scope, table)}`);
  if (ids === '') return staging;
  const roots = [...catalog]
    .filter(([table, columns]) => (holdsRows(table) || table === QUARANTINE) && isRoot(columns))
    .map(([table]) => table);
  const children = [...new Set(roots.flatMap((root) => childrenOf(root, catalog)))].sort(
    (a, b) => a.length - b.length,
  );
  const rows = roots
    .map((root) => `SELECT _dlt_id FROM ${qualified(scope, root)} WHERE _dlt_load_id IN (${ids})`)
    .join(' UNION ALL ');
  const deletes =
    roots.length === 0 ? [] : deleteBelow(scope, rows, children, [...children, ...roots]);
  return [
    ...deletes,
    ...staging,
    `DELETE FROM ${qualified(scope, '_sluice_positions')} WHERE load_id IN (${ids})`,
    `DELETE FROM ${loads} WHERE load_id IN (${ids})`,
  ];
}
