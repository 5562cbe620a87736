import type { ColumnSchema } from '../../../operators/types.js';
import { SQL_TYPE } from '../duckdb/column-type.js';
import type { RealColumn } from './catalog.js';
import { identifier, qualified, type Scope } from './sql.js';

/**
 * Columns whose values never repeat and never shrink: compressing them costs a third of a load and
 * gains little.
 */
const UNCOMPRESSED = new Set(['_dlt_id', '_dlt_parent_id', '_dlt_root_id']);

/** A schema's column as a column of the database. */
export function realColumn({ name, dataType, nullable }: ColumnSchema): RealColumn {
  return { name, sqlType: SQL_TYPE[dataType], nullable };
}

/**
 * CREATE TABLE without keys, indexes or UNIQUE: they would cost every load, and dlt makes none
 * either.
 */
export function createTable(
  scope: Scope,
  table: string,
  columns: readonly RealColumn[],
  plainIds: boolean,
): string {
  const lines = columns.map(({ name, sqlType, nullable }) => {
    const compression = plainIds && UNCOMPRESSED.has(name) ? ' USING COMPRESSION uncompressed' : '';
    return `${identifier(name)} ${sqlType}${nullable ? '' : ' NOT NULL'}${compression}`;
  });
  return `CREATE TABLE ${qualified(scope, table)} (${lines.join(', ')})`;
}

/**
 * ALTER TABLE … ADD COLUMN; always nullable, since DuckDB refuses a new column that is not, and old
 * rows have no value.
 */
export function addColumn(scope: Scope, table: string, { name, sqlType }: RealColumn): string {
  return `ALTER TABLE ${qualified(scope, table)} ADD COLUMN ${identifier(name)} ${sqlType}`;
}

/** ALTER TABLE … SET DATA TYPE, for the one widening there is. */
export function widenToDouble(scope: Scope, table: string, column: string): string {
  return `ALTER TABLE ${qualified(scope, table)} ALTER ${identifier(column)} SET DATA TYPE DOUBLE`;
}

/**
 * What a table lacks for these columns: columns to add, and integer columns that must hold
 * fractions. Pure.
 */
export function missing(
  has: readonly RealColumn[],
  wanted: readonly ColumnSchema[],
): { add: RealColumn[]; widen: string[] } {
  // DuckDB's names differ by more than case.
  const byName = new Map(has.map((column) => [column.name.toLowerCase(), column]));
  return {
    add: wanted
      .filter(({ name }) => !byName.has(name.toLowerCase()))
      .map((column) => ({ ...realColumn(column), nullable: true })),
    widen: wanted
      .filter(
        ({ name, dataType }) =>
          dataType === 'double' && byName.get(name.toLowerCase())?.sqlType === 'BIGINT',
      )
      .map(({ name }) => name),
  };
}
