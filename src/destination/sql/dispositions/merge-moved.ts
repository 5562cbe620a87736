import type { CompletenessRow } from '../../messages.js';
import { type Catalog, childrenOf, type ParentOf } from '../catalog.js';
import { deleteBelow } from '../delete-below.js';
import type { SqlPort } from '../port.js';
import type { TableOfLoad } from '../real-tables.js';
import { qualified, type Scope } from '../sql.js';

/** A load whose rows are all there. */
interface Loaded {
  port: SqlPort;
  scope: Scope;
  loadId: string;
  real: { readonly catalog: Catalog };
  parentOf: ParentOf;
  tables: ReadonlyMap<string, Pick<TableOfLoad, 'hints'>>;
}

/**
 * Keeps each key of a load once in tables that are appended to, with the row that came last: rows
 * of a list that moved between the two halves of a load that was stopped came twice. Rows of
 * other loads, those without a key, and tables without a primary key stay.
 *
 * @param loaded rows of the load by table; those that are gone are taken off
 */
export async function mergeMoved(
  load: Loaded,
  completeness: readonly CompletenessRow[],
  loaded: Record<string, number>,
): Promise<void> {
  const { port, scope, real, tables } = load;
  for (const { table, isReread } of completeness) {
    const { writeDisposition, primaryKey = [] } = tables.get(table)?.hints ?? {};
    if (isReread !== true || writeDisposition !== 'append' || primaryKey.length === 0) continue;
    const children = [...childrenOf(table, real.catalog, scope, load.parentOf)];
    const all = [...children, table];
    const before = await countOf(port, scope, all);
    await port.execute(...deleteBelow(scope, earlierRows(load, table, primaryKey), children, all));
    const after = await countOf(port, scope, all);
    for (const [i, name] of all.entries()) {
      const gone = (before[i] ?? 0) - (after[i] ?? 0);
      if (gone > 0) loaded[name] = (loaded[name] ?? 0) - gone;
    }
  }
}

/** A query for the ids of rows whose keys the load has in later ones. */
function earlierRows(
  { scope, loadId }: Pick<Loaded, 'scope' | 'loadId'>,
  table: string,
  primaryKey: readonly string[],
): string {
  const { identifier, literal, rowNumber } = scope.dialect;
  const keys = primaryKey.map((key) => identifier(key));
  return `SELECT _dlt_id FROM (SELECT _dlt_id, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${rowNumber([])} DESC) AS place FROM ${qualified(scope, table)} WHERE _dlt_load_id = ${literal(loadId)} AND ${keys.map((key) => `${key} IS NOT NULL`).join(' AND ')}) latest WHERE place > 1`;
}

async function countOf(port: SqlPort, scope: Scope, tables: readonly string[]): Promise<number[]> {
  const counts = tables.map(
    (table, i) => `(SELECT count(*) FROM ${qualified(scope, table)}) AS n${i}`,
  );
  const [row] = await port.query(`SELECT ${counts.join(', ')}`);
  return (row as (bigint | number)[]).map(Number);
}
