import type { DltSchema } from '../../../operators/schema/dlt-schema.js';
import type { LoadSpec } from '../messages.js';
import { byDepth, type Catalog, holdsRows, type ParentOf, type RealColumn } from './catalog.js';
import { createTable } from './ddl.js';
import { qualified, type Scope } from './sql.js';

/** What a load drops of earlier loads. */
export interface RefreshPlan {
  /** Tables that are dropped, children before parents. */
  drop: readonly string[];
  /** Tables that lose their rows and stay, children before parents. */
  empty: readonly string[];
  /** Resources whose state is dropped. */
  resources: readonly string[] | 'all';
}

/**
 * Decides what a load with `refresh` drops: tables that the schema document names, those of the
 * load's own roots, and the tables below them. Only tables that are there. Null without `refresh`.
 * Pure.
 */
export function refreshPlan(
  { refresh, tables }: Pick<LoadSpec, 'refresh' | 'tables'>,
  document: DltSchema | null,
  catalog: Catalog,
  parentOf: ParentOf,
): RefreshPlan | null {
  if (refresh === undefined) return null;
  const resources = refresh === 'drop_sources' ? 'all' : tables.map(({ resource }) => resource);
  const isMeant = (resource: unknown): boolean =>
    resources === 'all' || (typeof resource === 'string' && resources.includes(resource));
  const roots = new Set([
    ...tables.map(({ table }) => table),
    ...Object.entries(document?.tables ?? {}).flatMap(([table, { resource, parent }]) =>
      parent === undefined && isMeant(resource) ? [table] : [],
    ),
  ]);
  const isBelow = (table: string): boolean => {
    for (let at: string | null = table; at !== null; at = parentOf(at))
      if (roots.has(at)) return true;
    return false;
  };
  const found = [...catalog.keys()]
    .filter((table) => holdsRows(table) && isBelow(table))
    .sort(byDepth(parentOf))
    .reverse();
  return refresh === 'drop_data'
    ? { drop: [], empty: found, resources }
    : { drop: found, empty: [], resources };
}

/**
 * Says which tables other sources fill as well, whose rows go too, as in dlt. Pure.
 *
 * @param documents the schema document of each source of the dataset
 */
export function sharedNotices(
  { refresh, source }: Pick<LoadSpec, 'refresh' | 'source'>,
  plan: RefreshPlan,
  documents: ReadonlyMap<string, DltSchema>,
  dataset: string,
): string[] {
  const others = [...documents].filter(([name]) => name !== source);
  return [...plan.drop, ...plan.empty].flatMap((table) => {
    const sources = others.flatMap(([name, { tables }]) =>
      Object.hasOwn(tables, table) ? [name] : [],
    );
    const what = plan.drop.includes(table) ? 'drops' : 'empties';
    return sources.length === 0
      ? []
      : [
          `\`refresh: '${refresh}'\` of source ${source} ${what} table ${dataset}.${table} with the rows of source ${sources.join(', ')}, which fills it too. Give the resource of one of them another \`tableName\`, or the pipeline another dataset, to keep them apart.`,
        ];
  });
}

/**
 * SQL that carries the plan out. What lists of the resources kept goes too, and with tables the
 * versions of the source's schema document, as in dlt: the load writes a new one.
 *
 * @param columnsOf columns of a table that can be made anew; null for one with rules of its own
 */
export function refreshStatements(
  scope: Scope,
  { pipeline, source }: Pick<LoadSpec, 'pipeline' | 'source'>,
  { drop, empty, resources }: RefreshPlan,
  columnsOf: (table: string) => readonly RealColumn[] | null,
): string[] {
  const { literal } = scope.dialect;
  const list = (names: readonly string[]): string => names.map((name) => literal(name)).join(', ');
  const schema = literal(source);
  const ofResources =
    resources === 'all'
      ? ''
      : ` AND resource IN (${list(resources.length > 0 ? resources : [''])})`;
  return [
    ...empty.flatMap((table) => emptied(scope, table, columnsOf(table))),
    ...drop.map((table) => `DROP TABLE ${qualified(scope, table)}`),
    ...(drop.length === 0
      ? []
      : [
          `DELETE FROM ${qualified(scope, '_sluice_names')} WHERE table_name IN (${list(drop)})`,
          `DELETE FROM ${qualified(scope, '_dlt_version')} WHERE schema_name = ${schema}`,
        ]),
    `DELETE FROM ${qualified(scope, '_sluice_positions')} WHERE pipeline = ${literal(pipeline)} AND load_id IN (SELECT load_id FROM ${qualified(scope, '_dlt_loads')} WHERE schema_name = ${schema})${ofResources}`,
  ];
}

/** A table that was deleted from cannot be altered in the same transaction: it is made anew. */
function emptied(scope: Scope, table: string, columns: readonly RealColumn[] | null): string[] {
  return columns === null
    ? [`DELETE FROM ${qualified(scope, table)}`]
    : [`DROP TABLE ${qualified(scope, table)}`, createTable(scope, table, columns)];
}
