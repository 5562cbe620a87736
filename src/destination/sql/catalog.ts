import { isVariantName } from '../../../operators/schema/variant-name.js';
import type { ColumnSchema, DatasetSchema, TableSchema } from '../../../operators/types.js';
import type { Names } from './names.js';
import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/** A column as the database has it. */
export interface RealColumn {
  name: string;
  sqlType: string;
  nullable: boolean;
}

/** A table as the database has it, columns in their order. */
export type Catalog = Map<string, RealColumn[]>;

/** Staging tables stand beside the tables they are for. */
export const STAGING = '_sluice_new__';

/** All tables of a dataset; an empty map where there is no such schema. */
export async function readCatalog(
  port: SqlPort,
  { catalog, dataset, dialect }: Scope,
): Promise<Catalog> {
  const rows = await port.query(dialect.columns, [catalog, dataset]);
  const tables: Catalog = new Map();
  for (const [table, name, sqlType, nullable] of rows as [string, string, string, boolean][]) {
    const columns = tables.get(table) ?? [];
    columns.push({ name, sqlType, nullable });
    tables.set(table, columns);
  }
  return tables;
}

/** Whether the table is a resource's own: its rows hang on a load and on no parent row. */
export function isRoot(columns: readonly RealColumn[]): boolean {
  return columns.some(({ name }) => name === '_dlt_load_id');
}

/** Whether the table holds rows of lists: they hang on a parent row. */
function isChild(columns: readonly RealColumn[]): boolean {
  return columns.some(({ name }) => name === '_dlt_parent_id') && !isRoot(columns);
}

/**
 * The child tables whose rows may lie below those of a root table, parents before children. Names
 * alone do not tell: below `a` and below `a__b` there may be a table `a__b__c`. Whose a row is, its
 * ids tell.
 */
export function childrenOf(root: string, catalog: Catalog): string[] {
  return [...catalog]
    .filter(([name, columns]) => name.startsWith(`${root}__`) && isChild(columns))
    .map(([name]) => name)
    .sort((a, b) => a.length - b.length);
}

/** The root tables below which the rows of a child table may lie. */
export function rootsOf(child: string, catalog: Catalog): string[] {
  return [...catalog]
    .filter(([name, columns]) => child.startsWith(`${name}__`) && isRoot(columns))
    .map(([name]) => name);
}

/** The table that a child table most likely hangs on, where nobody has written it down. */
function likelyParent(table: string, catalog: Catalog): string | null {
  const above = [...catalog.keys()].filter((other) => table.startsWith(`${other}__`));
  return above.reduce<string | null>(
    (longest, other) => (longest === null || other.length > longest.length ? other : longest),
    null,
  );
}

/** Tables in which dlt keeps its books. */
const DLT_BOOKS = new Set(['_dlt_loads', '_dlt_version', '_dlt_pipeline_state']);

/** Whether rows are in the table, and not what sluice or dlt write down. */
export function holdsRows(table: string): boolean {
  return !table.startsWith('_sluice_') && !DLT_BOOKS.has(table);
}

/**
 * Tables of a dataset as schemas: what `evolve` starts from. Reads the smallest and largest value
 * of integer columns. `wanted` chooses the tables.
 */
export async function readSchema(
  port: SqlPort,
  scope: Scope,
  catalog: Catalog,
  names: Names,
  wanted: (table: string) => boolean = () => true,
): Promise<DatasetSchema> {
  const schemas: Record<string, TableSchema> = Object.create(null) as Record<string, TableSchema>;
  for (const [name, real] of catalog) {
    if (!holdsRows(name) || !wanted(name)) continue;
    const inexact = await inexactColumns(port, scope, name, real);
    const columns = real.map(({ name: column, sqlType, nullable }): ColumnSchema => {
      const path = names.column(name, column);
      const domain = scope.dialect.domainOf(sqlType);
      return {
        name: column,
        dataType: scope.dialect.dataTypeOf(sqlType),
        ...(domain && { domain }),
        nullable,
        variant: isVariantName(column),
        exact: !inexact.has(column),
        ...(path && { path }),
      };
    });
    const list = isChild(real)
      ? (names.list(name) ?? { parent: likelyParent(name, catalog) })
      : { parent: null };
    schemas[name] = { name, ...list, columns };
  }
  return schemas;
}

/**
 * Integer columns with a value that a double cannot hold; and those that are narrower than ours,
 * which are not ours to widen.
 */
async function inexactColumns(
  port: SqlPort,
  scope: Scope,
  table: string,
  columns: readonly RealColumn[],
): Promise<Set<string>> {
  const { dialect } = scope;
  const integers = columns.filter(({ sqlType }) => dialect.dataTypeOf(sqlType) === 'bigint');
  const inexact = new Set(
    integers.filter(({ sqlType }) => sqlType !== dialect.types.bigint).map(({ name }) => name),
  );
  const wide = integers.filter(
    ({ sqlType, name }) => sqlType === dialect.types.bigint && !name.startsWith('_dlt_'),
  );
  if (wide.length === 0) return inexact;
  const limits = wide.map(({ name }) => {
    const column = dialect.identifier(name);
    return `coalesce(min(${column}) < -9007199254740992 OR max(${column}) > 9007199254740992, false)`;
  });
  const [row = []] = await port.query(
    `SELECT ${limits.join(', ')} FROM ${qualified(scope, table)}`,
  );
  for (const [i, { name }] of wide.entries()) if (row[i] === true) inexact.add(name);
  return inexact;
}
