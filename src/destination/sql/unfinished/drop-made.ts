import type { TableSchema } from '../../../../operators/types.js';
import { type Catalog, hasRules, type Relations } from '../catalog.js';
import type { SqlPort } from '../port.js';
import { qualified, type Scope } from '../sql.js';

/**
 * Drops tables that deleted loads have made, and gives their names: the load that is begun anew
 * makes them as its own configuration says, and its contracts count from its end on, as if there
 * had been no other. One stays that has rows of other loads, or that was changed since: it has
 * constraints, or columns that the load did not make.
 */
export async function dropMade(
  port: SqlPort,
  scope: Scope,
  made: readonly TableSchema[],
  { catalog, relations }: { catalog: Catalog; relations: Relations },
): Promise<string[]> {
  const { fold, literal } = scope.dialect;
  const dropped: string[] = [];
  for (const { name, columns } of made) {
    const own = new Set(columns.map((column) => fold(column.name)));
    const real = catalog.get(name);
    if (real === undefined || hasRules(scope, name, catalog, relations)) continue;
    if (real.some((column) => !own.has(fold(column.name)))) continue;
    const [[hasRows] = []] = await port.query(
      `SELECT EXISTS (SELECT 1 FROM ${qualified(scope, name)})`,
    );
    if (hasRows !== true) dropped.push(name);
  }
  if (dropped.length === 0) return [];
  await port.execute(
    ...dropped.map((name) => `DROP TABLE ${qualified(scope, name)}`),
    `DELETE FROM ${qualified(scope, '_sluice_names')} WHERE table_name IN (${dropped.map((name) => literal(name)).join(', ')})`,
  );
  for (const name of dropped) {
    catalog.delete(name);
    relations.delete(fold(name));
  }
  return dropped;
}
