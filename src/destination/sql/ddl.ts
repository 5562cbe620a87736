import { layoutOf } from '../../../operators/schema/column-type.js';
import type { ColumnSchema } from '../../../operators/types.js';
import { type RealColumn, STAGING } from './catalog.js';
import type { Dialect } from './dialect.js';
import { qualified, type Scope } from './sql.js';

/** Columns whose values never repeat and never shrink. */
const IDS = new Set(['_dlt_id', '_dlt_parent_id', '_dlt_root_id']);

/** A schema's column as a column of the database. */
export function realColumn({ sqlTypeOf }: Dialect, column: ColumnSchema): RealColumn {
  const { name, nullable } = column;
  return { name, sqlType: sqlTypeOf(column), nullable };
}

/** SQL that makes the schema of a table where that is not the one of the dataset. */
export function createSchemaOf({ dialect, catalog, dataset }: Scope, table: string): string[] {
  const schema = dialect.place(catalog, dataset, table).at(-2) as string;
  return schema === dataset ? [] : [dialect.createSchema(catalog, schema)];
}

/**
 * CREATE TABLE without keys, indexes or UNIQUE: they would cost every load, and dlt makes none
 * either.
 */
export function createTable(scope: Scope, table: string, columns: readonly RealColumn[]): string {
  const { identifier, idStorage } = scope.dialect;
  const isTemporary = scope.temporary?.has(table) === true;
  const lines = columns.map(({ name, sqlType, nullable }) => {
    const storage = IDS.has(name) && idStorage !== '' ? ` ${idStorage}` : '';
    return `${identifier(name)} ${sqlType}${nullable ? '' : ' NOT NULL'}${storage}`;
  });
  return `CREATE ${isTemporary ? 'TEMP ' : ''}TABLE ${qualified(scope, table)} (${lines.join(', ')})`;
}

/**
 * ALTER TABLE … ADD COLUMN; always nullable, since old rows have no value.
 */
export function addColumn(scope: Scope, table: string, { name, sqlType }: RealColumn): string {
  return `ALTER TABLE ${qualified(scope, table)} ADD COLUMN ${scope.dialect.identifier(name)} ${sqlType}`;
}

/** ALTER TABLE … that gives a table the name and the place of another one. */
export function moveTable(scope: Scope, from: string, to: string): string[] {
  const { dialect, catalog, dataset, temporary } = scope;
  const place = (table: string): readonly string[] =>
    temporary?.has(from) === true
      ? [...dialect.temporary, table]
      : dialect.place(catalog, dataset, table);
  const old = place(from);
  const [schema, name] = place(to).slice(-2) as [string, string];
  const isHere = old.at(-2) === schema;
  const there = [...old.slice(0, -2), schema, ...old.slice(-1)];
  const sql = (parts: readonly string[]): string =>
    parts.map((part) => dialect.identifier(part)).join('.');
  return [
    ...(isHere ? [] : [`ALTER TABLE ${sql(old)} SET SCHEMA ${dialect.identifier(schema)}`]),
    ...(old.at(-1) === name
      ? []
      : [`ALTER TABLE ${sql(isHere ? old : there)} RENAME TO ${dialect.identifier(name)}`]),
  ];
}

/** ALTER TABLE … SET DATA TYPE. */
export function widen(scope: Scope, table: string, { name, sqlType }: RealColumn): string {
  return `ALTER TABLE ${qualified(scope, table)} ALTER ${scope.dialect.identifier(name)} SET DATA TYPE ${sqlType}`;
}

/** Returns whether a column of integers must become one of doubles, or of larger integers. */
export function isWider(
  { types, sqlTypeOf }: Dialect,
  { sqlType }: RealColumn,
  wanted: ColumnSchema,
): boolean {
  const { dataType } = wanted;
  const isNumber = dataType === 'double' || (dataType === 'bigint' && layoutOf(wanted) === 16);
  return isNumber && sqlType === types.bigint && sqlTypeOf(wanted) !== sqlType;
}

/**
 * What a table lacks for these columns: columns to add, and integer columns that must hold
 * fractions or larger integers. Pure.
 */
export function missing(
  dialect: Dialect,
  has: readonly RealColumn[],
  wanted: readonly ColumnSchema[],
): { add: RealColumn[]; widen: RealColumn[] } {
  const { fold } = dialect;
  const byName = new Map(has.map((column) => [fold(column.name), column]));
  return {
    add: wanted
      .filter(({ name }) => !byName.has(fold(name)))
      .map((column) => ({ ...realColumn(dialect, column), nullable: true })),
    widen: wanted
      .filter((column) => {
        const real = byName.get(fold(column.name));
        return real !== undefined && isWider(dialect, real, column);
      })
      .map((column) => realColumn(dialect, column)),
  };
}

/**
 * Columns that a staging table begins with (`begin`), and those it must have whenever more rows
 * come (`wanted`). It begins as its target is, so that nobody's query loses a column and no order
 * changes; what the target fills by itself may be null. Pure.
 */
export function stagingColumns(
  dialect: Dialect,
  target: readonly RealColumn[],
  columns: readonly ColumnSchema[],
): { begin: RealColumn[]; wanted: ColumnSchema[] } {
  const { fold } = dialect;
  const known = new Map(target.map((column) => [fold(column.name), column]));
  const wanted = columns.filter(({ name }) => known.get(fold(name))?.isGenerated !== true);
  return {
    begin: [
      ...target
        .filter(({ isGenerated }) => isGenerated !== true)
        .map(({ name, sqlType, nullable, byDefault }) => ({
          name,
          sqlType,
          nullable: nullable || byDefault !== undefined,
        })),
      ...wanted
        .filter(({ name }) => !known.has(fold(name)))
        .map((column) => realColumn(dialect, column))
        .map((column) => (target.length === 0 ? column : { ...column, nullable: true })),
    ],
    wanted,
  };
}

const ROWS = '_sluice_rows';

/** A table that rows wait in, in the place of an appender, which fills no column by default. */
export interface Detour {
  table: string;
  isTemporary: boolean;
  create: string[];
  move: string[];
}

/** SQL that takes rows past it, to a table that has defaults. */
export function detour(scope: Scope, table: string, columns: readonly RealColumn[]): Detour {
  const isTemporary = scope.dialect.stagesInMemory;
  const through = isTemporary ? ROWS : `${STAGING}${ROWS}`;
  const from = isTemporary ? through : qualified(scope, through);
  const list = columns.map(({ name }) => scope.dialect.identifier(name)).join(', ');
  return {
    table: through,
    isTemporary,
    create: [
      ...createSchemaOf(scope, through),
      `CREATE ${isTemporary ? 'TEMP ' : ''}TABLE ${from} AS SELECT ${list} FROM ${qualified(scope, table)} LIMIT 0`,
    ],
    move: [insertRows(scope, from, table, columns), `DROP TABLE ${from}`],
  };
}

/**
 * SQL that adds rows to a table with these columns. `from` has them as well, as SQL; where it has
 * no value for one with a default, the row gets that.
 */
export function insertRows(
  scope: Scope,
  from: string,
  to: string,
  columns: readonly RealColumn[],
): string {
  const names = columns.map(({ name }) => scope.dialect.identifier(name));
  const values = columns.map(({ byDefault }, i) =>
    byDefault === undefined ? names[i] : `coalesce(${names[i]}, ${byDefault})`,
  );
  return `INSERT INTO ${qualified(scope, to)} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${from}`;
}
