import { ROW_NUMBER } from '../../../../operators/schema/system-columns.js';
import type { Compat, TableHints } from '../../../../operators/types.js';
import { type RealColumn, STAGING } from '../catalog.js';
import { insertRows } from '../ddl.js';
import { qualified, type Scope } from '../sql.js';

/**
 * Column of staging tables, filled by the loader: the number of a root row in its load, ascending
 * as rows come; rows of lists have that of the root row that they belong to.
 */
export const ROW: string = ROW_NUMBER;

/** A table that staged rows go to. */
export interface MergeTable {
  name: string;
  /** Those of its columns that staged rows have values for. */
  columns: readonly RealColumn[];
}

/** What a load has staged of one root table and the tables below it, and where it goes. */
export interface StagedChain {
  scope: Scope;
  compat: Compat;
  /** The root table first, parents before children. */
  tables: readonly [MergeTable, ...MergeTable[]];
  /** Tables in which rows of the root's lists may be, parents before children. */
  below: readonly string[];
  hints: Pick<TableHints, 'primaryKey' | 'merge'>;
  /** No two staged root rows have one primary key, or it does not matter. */
  isDistinct: boolean;
  /** When the load began, in microseconds since 1970 UTC. */
  began: string;
}

/** The staging table of a table, as SQL. */
export function stagingOf(scope: Scope, table: string): string {
  return qualified(scope, `${STAGING}${table}`);
}

/** SQL that inserts staged rows: those that meet a condition, or all. */
export function insertStaged(
  scope: Scope,
  tables: readonly MergeTable[],
  condition?: (table: MergeTable) => string,
): string[] {
  return tables.map((table) => {
    const where = condition === undefined ? '' : ` WHERE ${condition(table)}`;
    return insertRows(scope, `${stagingOf(scope, table.name)}${where}`, table.name, table.columns);
  });
}

/**
 * A query: whether a primary key is staged twice. Rows with NULL in their key count for dlt alone.
 */
export function hasRepeats({ scope, compat, tables: [root], hints }: StagedChain): string {
  const keys = hints.primaryKey.map((key) => scope.dialect.identifier(key));
  const isSet = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  return `SELECT EXISTS (SELECT 1 FROM ${stagingOf(scope, root.name)}${compat === 'dlt' ? '' : ` WHERE ${isSet}`} GROUP BY ${keys.join(', ')} HAVING count(*) > 1)`;
}

/**
 * A query for the numbers of staged root rows of which each primary key has one: the first in the
 * order of `dedupSort`, and the last staged of these, where dlt takes the first. Rows with NULL in
 * their key are no repeats of each other; to dlt they are. All rows where there is no primary key.
 */
export function rowsByKey(chain: StagedChain): string {
  const {
    scope,
    compat,
    tables: [root],
    hints,
    isDistinct,
  } = chain;
  const { identifier } = scope.dialect;
  const staging = stagingOf(scope, root.name);
  const { primaryKey, merge } = hints;
  if (isDistinct) return `SELECT ${ROW} FROM ${staging}`;
  const keys = primaryKey.map((key) => identifier(key));
  const isNull = keys.map((key) => `${key} IS NULL`).join(' OR ');
  const [some, nulls] =
    compat === 'dlt'
      ? ['', '']
      : [` WHERE NOT (${isNull})`, ` UNION ALL SELECT ${ROW} FROM ${staging} WHERE ${isNull}`];
  const sort = merge?.dedupSort ?? null;
  if (sort === null || !has(root, sort.column)) {
    const which = compat === 'dlt' ? 'min' : 'max';
    return `SELECT ${which}(${ROW}) AS ${ROW} FROM ${staging}${some} GROUP BY ${keys.join(', ')}${nulls}`;
  }
  const order = `${identifier(sort.column)} ${sort.order.toUpperCase()} NULLS LAST, ${ROW} ${compat === 'dlt' ? 'ASC' : 'DESC'}`;
  return `SELECT ${ROW} FROM (SELECT ${ROW}, row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY ${order}) AS _sluice_place FROM ${staging}${some}) placed WHERE _sluice_place = 1${nulls}`;
}

/**
 * A condition on staged root rows: they mark rows to delete, or they do not. Null where no staged
 * row has such a mark.
 */
export function deletionMark(
  { scope, tables: [root], hints }: StagedChain,
  isMarked: boolean,
  alias = '',
): string | null {
  const name = hints.merge?.hardDelete ?? null;
  const column = root.columns.find((one) => one.name === name);
  if (column === undefined) return null;
  const { identifier, types } = scope.dialect;
  const mark = `${alias}${identifier(column.name)}`;
  const isFlag = column.sqlType === types.bool;
  if (isMarked) return isFlag ? `${mark} = TRUE` : `${mark} IS NOT NULL`;
  return isFlag ? `(${mark} IS NULL OR ${mark} = FALSE)` : `${mark} IS NULL`;
}

/** A condition: rows `old` and `new` are equal in these columns; NULL equals nothing. */
export function equalIn({ dialect }: Scope, columns: readonly string[]): string {
  return columns
    .map((column) => `old.${dialect.identifier(column)} = new.${dialect.identifier(column)}`)
    .join(' AND ');
}

function has({ columns }: MergeTable, column: string): boolean {
  return columns.some(({ name }) => name === column);
}
