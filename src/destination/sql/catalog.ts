import { nameBelow } from '../../../operators/schema/convention.js';
import { ROW_NUMBER, SYSTEM_COLUMNS } from '../../../operators/schema/system-columns.js';
import { isVariantName } from '../../../operators/schema/variant-name.js';
import type {
  ColumnSchema,
  ColumnType,
  DatasetSchema,
  TableSchema,
} from '../../../operators/types.js';
import type { Dialect } from './dialect.js';
import { mayBeBelow } from './may-be-below.js';
import type { Names } from './names.js';
import type { SqlPort } from './port.js';
import type { SchemaVersions } from './schema-versions.js';
import { qualified, type Scope } from './sql.js';

/** A column as the database has it. */
export interface RealColumn {
  name: string;
  sqlType: string;
  nullable: boolean;
  /** An expression for rows without a value. */
  byDefault?: string;
  /** It takes no values from rows. */
  isGenerated?: true;
}

/** A table as the database has it, columns in their order. */
export type Catalog = Map<string, RealColumn[]>;

/** Staging tables stand beside the tables they are for. */
export const STAGING = '_sluice_new__';

type RelationKind = 'table' | 'view' | 'rules' | 'kept';

/** What has a table's name in a dataset, by that name as the database folds it. */
export type Relations = Map<string, { name: string; kind: RelationKind }>;

/** Tables and views of a dataset; an empty map where there is no such schema. */
export async function readRelations(
  port: SqlPort,
  { catalog, dataset, dialect, isThere }: Scope,
): Promise<Relations> {
  if (isThere === false) return new Map();
  const rows = await port.query(dialect.relations, [catalog, dataset]);
  return new Map(
    (rows as [string, RelationKind][]).map(([name, kind]) => [dialect.fold(name), { name, kind }]),
  );
}

/**
 * Whether a table has constraints, indexes, defaults, generated columns, or others that refer to
 * it: a new table in its place would lose them.
 */
export function hasRules(
  { dialect }: Scope,
  table: string,
  catalog: Catalog,
  relations: Relations,
): boolean {
  return (
    ['rules', 'kept'].includes(relations.get(dialect.fold(table))?.kind ?? 'table') ||
    catalog.get(table)?.some(isFilled) === true
  );
}

/**
 * The tables among the relations of a dataset with their columns; an empty map where there is no
 * such schema.
 */
export async function readCatalog(
  port: SqlPort,
  { catalog, dataset, dialect }: Scope,
  relations: Relations,
): Promise<Catalog> {
  if (relations.size === 0) return new Map();
  type Row = [string, string, string, boolean, string | null];
  const found = (await port.query(dialect.columns, [catalog, dataset])) as Row[];
  const isTable = (name: string): boolean => {
    const kind = relations.get(dialect.fold(name))?.kind;
    return kind !== undefined && kind !== 'view';
  };
  const rows = found.filter(([table]) => isTable(table));
  const generated = new Set(
    rows.some(([, , , , expression]) => expression !== null)
      ? (await port.query(dialect.generated, [catalog, dataset])).map((row) => JSON.stringify(row))
      : [],
  );
  const tables: Catalog = new Map();
  for (const [table, name, sqlType, nullable, expression] of rows) {
    const columns = tables.get(table) ?? [];
    const filled = generated.has(JSON.stringify([table, name]))
      ? ({ isGenerated: true } as const)
      : expression !== null && { byDefault: expression };
    columns.push({ name, sqlType, nullable, ...filled });
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
 * alone do not decide it: below `a` and below `a__b` there may be a table `a__b__c`. The ids of
 * a row decide.
 */
export function childrenOf(
  root: string,
  catalog: Catalog,
  { dialect }: Scope,
  above: ParentOf,
): string[] {
  return [...catalog]
    .filter(
      ([name, columns]) => mayBeBelow(name, root, dialect.identifierBytes) && isChild(columns),
    )
    .map(([name]) => name)
    .sort(byDepth(above));
}

/** The parent of a table; null for a root table. */
export type ParentOf = (table: string) => string | null;

/** Orders tables so that parents come before children. */
export function byDepth(above: ParentOf): (a: string, b: string) => number {
  const levels = new Map<string, number>();
  const depth = (table: string): number => {
    const known = levels.get(table);
    if (known !== undefined) return known;
    const parent = above(table);
    const level = parent === null ? 0 : depth(parent) + 1;
    levels.set(table, level);
    return level;
  };
  return (a, b) => depth(a) - depth(b);
}

/** The root tables below which the rows of a child table may lie. */
export function rootsOf(child: string, catalog: Catalog, { dialect }: Scope): string[] {
  return [...catalog]
    .filter(
      ([name, columns]) => mayBeBelow(child, name, dialect.identifierBytes) && isRoot(columns),
    )
    .map(([name]) => name);
}

/** The parent of a table by what is written down of it, else by its name; null for a root table. */
export function parentOf(
  table: string,
  catalog: Catalog,
  names: Names,
  versions: Pick<SchemaVersions, 'parentOf'>,
): string | null {
  const columns = catalog.get(table);
  if (columns === undefined || !isChild(columns)) return null;
  return names.list(table)?.parent ?? versions.parentOf(table) ?? likelyParent(table, catalog);
}

/** The table that a child table most likely hangs on, where nobody has written it down. */
function likelyParent(table: string, catalog: Catalog): string | null {
  const above = [...catalog.keys()].filter((other) => nameBelow(table, other) !== null);
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
 * of integer columns. `wanted` chooses the tables. A table with a staging table has the columns of
 * that too.
 */
export async function readSchema(
  port: SqlPort,
  scope: Scope,
  catalog: Catalog,
  relations: Relations,
  names: Names,
  versions: SchemaVersions,
  wanted: (table: string) => boolean = () => true,
): Promise<DatasetSchema> {
  const schemas: Record<string, TableSchema> = Object.create(null) as Record<string, TableSchema>;
  const all = withStaged(scope, catalog);
  const tables = [...all]
    .filter(([name]) => holdsRows(name) && wanted(name))
    .map(([name, columns]) => ({
      name,
      columns,
      stored: [name, `${STAGING}${name}`].filter((table) => catalog.has(table)),
      isFixed:
        relations.get(scope.dialect.fold(name))?.kind === 'rules' ||
        columns.some(isFilled) ||
        versions.isFixed(name),
    }));
  const inexact = await inexactColumns(port, scope, catalog, tables);
  for (const { name, columns: real, isFixed } of tables) {
    const columns = real.map((own): ColumnSchema => {
      const { name: column, nullable } = own;
      const path = names.column(name, column);
      return {
        name: column,
        ...takesOf(scope.dialect, own),
        nullable: nullable || isFilled(own),
        variant: isVariantName(column),
        exactAsDouble: inexact.get(name)?.has(column) !== true,
        ...(isFixed && { isFixed }),
        ...(path && { path }),
      };
    });
    const parent = parentOf(name, all, names, versions);
    const path = parent === null ? undefined : names.list(name)?.path;
    schemas[name] = { name, parent, ...(path && { path }), columns };
  }
  return schemas;
}

/** The tables of a dataset with the columns that staged rows bring. */
function withStaged({ dialect }: Scope, catalog: Catalog): Catalog {
  const tables: Catalog = new Map(catalog);
  for (const [staging, staged] of catalog) {
    if (!staging.startsWith(STAGING)) continue;
    const name = staging.slice(STAGING.length);
    const own = catalog.get(name) ?? [];
    const types = new Map(staged.map((column) => [dialect.fold(column.name), column]));
    const has = new Set(own.map((column) => dialect.fold(column.name)));
    tables.set(name, [
      ...own.map((column) => ({
        ...column,
        sqlType: types.get(dialect.fold(column.name))?.sqlType ?? column.sqlType,
      })),
      ...staged.filter(
        ({ name: column }) => column !== ROW_NUMBER && !has.has(dialect.fold(column)),
      ),
    ]);
  }
  return tables;
}

/** A column that the database fills by itself where rows have no value for it. */
export function isFilled({ byDefault, isGenerated }: RealColumn): boolean {
  return byDefault !== undefined || isGenerated === true;
}

/** What an existing column takes from rows; one that is generated takes nothing. */
export function takesOf(
  dialect: Dialect,
  { sqlType, isGenerated }: RealColumn,
): ColumnType & Pick<ColumnSchema, 'domain'> {
  if (isGenerated === true) return { dataType: 'text', domain: { kind: 'none' } };
  const domain = dialect.domainOf(sqlType);
  return { ...dialect.columnTypeOf(sqlType), ...(domain && { domain }) };
}

/** Tables that one query is about: it is planned as a whole. */
const MOST_TABLES = 50;

/**
 * Integer columns with a value that a double cannot hold, by table; and those that are not ours to
 * widen: that are narrower than ours, of a table with rules of its own, or of a table that dlt
 * wrote last.
 */
async function inexactColumns(
  port: SqlPort,
  scope: Scope,
  catalog: Catalog,
  tables: readonly {
    name: string;
    columns: readonly RealColumn[];
    /** The tables that have its rows. */
    stored: readonly string[];
    isFixed: boolean;
  }[],
): Promise<Map<string, Set<string>>> {
  const { dialect } = scope;
  const inexact = new Map<string, Set<string>>();
  const found: { table: string; columns: readonly string[] }[] = [];
  const queries: string[] = [];
  for (const { name, columns, stored, isFixed } of tables) {
    const integers = columns.filter(
      ({ sqlType }) => dialect.columnTypeOf(sqlType).dataType === 'bigint',
    );
    const isOurs = ({ sqlType }: RealColumn): boolean =>
      !isFixed && sqlType === dialect.types.bigint;
    const others = integers.filter((column) => !isOurs(column));
    inexact.set(
      name,
      new Set([...others.map((column) => column.name), ...(scope.elsewhere?.inexact(name) ?? [])]),
    );
    const ours = integers.filter(
      (column) => isOurs(column) && !SYSTEM_COLUMNS.includes(column.name),
    );
    for (const table of stored) {
      const there = new Map(catalog.get(table)?.map((column) => [column.name, column.sqlType]));
      const own = ours
        .filter((column) => there.get(column.name) === dialect.types.bigint)
        .map((column) => column.name);
      if (own.length === 0) continue;
      const digits = own.map((column) => {
        const id = dialect.identifier(column);
        return `CASE WHEN min(${id}) < -9007199254740992 OR max(${id}) > 9007199254740992 THEN '1' ELSE '0' END`;
      });
      queries.push(
        `SELECT ${dialect.literal(String(found.length))} AS number, concat(${digits.join(', ')}) AS digits FROM ${qualified(scope, table)}`,
      );
      found.push({ table: name, columns: own });
    }
  }
  for (let from = 0; from < queries.length; from += MOST_TABLES) {
    const rows = await port.query(queries.slice(from, from + MOST_TABLES).join(' UNION ALL '));
    for (const [number, digits] of rows as [string, string][]) {
      const { table, columns } = found[Number(number)] as (typeof found)[number];
      for (const [i, column] of columns.entries())
        if (digits[i] === '1') inexact.get(table)?.add(column);
    }
  }
  return inexact;
}
