import type { ShapedTable } from '../../../operators/types.js';
import { type Catalog, type RealColumn, STAGING } from './catalog.js';
import {
  addColumn,
  createSchemaOf,
  createTable,
  insertRows,
  moveTable,
  widen as widenColumn,
} from './ddl.js';
import { ROW, stagingOf } from './dispositions/staged-rows.js';
import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/** A table that rows come for: its structure, and what the load does with them. */
export type TableOfLoad = Pick<ShapedTable, 'schema' | 'hints'>;

/** The tables of a dataset as they are, with what the load has changed. */
export interface RealTables {
  /** The dataset, with those of its load's tables that are temporary. */
  readonly scope: Scope;
  readonly catalog: Catalog;
  /** A temporary table is visible to this connection alone, and never in the database's file. */
  create(table: string, columns: readonly RealColumn[], isTemporary?: boolean): Promise<void>;
  isTemporary(table: string): boolean;
  /** Moves what temporary tables hold into tables of the dataset. */
  persist(): Promise<void>;
  /** Drops tables, where they are there. */
  drop(...tables: readonly string[]): Promise<void>;
  /** Puts the staging table of a table in its place. */
  swap(table: string): Promise<void>;
  /** Gives an existing table the columns and types that rows for it have. */
  alter(table: string, add: readonly RealColumn[], widen: readonly RealColumn[]): Promise<void>;
  /** Gives a table the columns and types of its staging table. */
  fit(table: string): Promise<void>;
  /** Columns of a table that staged rows have values for, in the order of its staging table. */
  staged(table: string): RealColumn[];
}

/** A table on its way into the place of one with fewer columns. */
const WIDER = '_sluice_wider';
/**
 * Databases copy what they know of a table each time that it is altered, so that the cost of many
 * columns grows with their square. From so many at once on, and up to so many rows for each, the
 * rows are rather written to a new table.
 */
const MANY = { columns: 256, rowsEach: 100 };

/**
 * @param hasRules whether a table has what a new one in its place would lose. @default never
 */
export function realTables(
  port: SqlPort,
  given: Scope,
  catalog: Catalog,
  hasRules: (table: string) => boolean = () => false,
): RealTables {
  const temporary = new Set<string>();
  const altered = new Set<string>();
  const scope: Scope = { ...given, temporary };
  const { fold, types } = scope.dialect;
  const columnsOf = (table: string): readonly RealColumn[] => catalog.get(table) ?? [];
  const byName = (table: string): Map<string, RealColumn> =>
    new Map(columnsOf(table).map((column) => [fold(column.name), column]));
  const stagedColumns = (table: string): RealColumn[] =>
    columnsOf(`${STAGING}${table}`).filter(({ name }) => name !== ROW);
  const alter: RealTables['alter'] = async (table, add, widen) => {
    const widened = new Map(widen.map(({ name, sqlType }) => [fold(name), sqlType]));
    const before = columnsOf(table);
    const after = [
      ...before.map((column) => ({
        ...column,
        sqlType: widened.get(fold(column.name)) ?? column.sqlType,
      })),
      ...add.map((column) => ({ ...column, nullable: true })),
    ];
    if (await isWrittenAnew(table, add.length, widen.length)) await writeAnew(table, before, after);
    else
      await port.execute(
        ...add.map((column) => addColumn(scope, table, column)),
        ...widen.map((column) => widenColumn(scope, table, column)),
      );
    catalog.set(table, after);
    altered.add(table);
  };
  async function isWrittenAnew(table: string, added: number, widened: number): Promise<boolean> {
    if (hasRules(table)) return false;
    if (widened > 0 && !scope.dialect.widensInPlace) return true;
    const count = added + widened;
    if (count < MANY.columns) return false;
    const [[rows] = []] = await port.query(`SELECT count(*) FROM ${qualified(scope, table)}`);
    return Number(rows) <= count * MANY.rowsEach;
  }
  async function writeAnew(
    table: string,
    before: readonly RealColumn[],
    after: readonly RealColumn[],
  ): Promise<void> {
    const from = qualified(scope, table);
    if (temporary.has(table)) temporary.add(WIDER);
    await port.execute(
      createTable(scope, WIDER, after),
      insertRows(scope, from, WIDER, before),
      `DROP TABLE ${from}`,
      ...moveTable(scope, WIDER, table),
    );
    temporary.delete(WIDER);
  }
  return {
    scope,
    catalog,
    async create(table, columns, isTemporary = false) {
      if (isTemporary) temporary.add(table);
      await port.execute(...createSchemaOf(given, table), createTable(scope, table, columns));
      catalog.set(table, [...columns]);
    },
    isTemporary: (table) => temporary.has(table),
    async persist() {
      for (const table of temporary) {
        const from = qualified(scope, table);
        temporary.delete(table);
        await port.execute(
          createTable(scope, table, columnsOf(table)),
          insertRows(scope, from, table, columnsOf(table)),
          `DROP TABLE ${from}`,
        );
      }
    },
    async drop(...tables) {
      await port.execute(
        ...tables.map((table) => `DROP TABLE IF EXISTS ${qualified(scope, table)}`),
      );
      for (const table of tables) {
        catalog.delete(table);
        temporary.delete(table);
      }
    },
    async swap(table) {
      const staging = stagingOf(scope, table);
      const columns = stagedColumns(table);
      const isNumbered = columns.length < columnsOf(`${STAGING}${table}`).length;
      const isAltered = isNumbered || altered.has(`${STAGING}${table}`);
      await port.execute(
        `DROP TABLE IF EXISTS ${qualified(scope, table)}`,
        ...(isAltered && !scope.dialect.renamesAltered
          ? [
              createTable(scope, table, columns),
              insertRows(scope, staging, table, columns),
              `DROP TABLE ${staging}`,
            ]
          : [
              ...(isNumbered ? [`ALTER TABLE ${staging} DROP COLUMN ${ROW}`] : []),
              ...moveTable(scope, `${STAGING}${table}`, table),
            ]),
      );
      catalog.delete(`${STAGING}${table}`);
      catalog.set(table, columns);
    },
    alter,
    async fit(table) {
      const has = byName(table);
      const columns = stagedColumns(table);
      await alter(
        table,
        columns.filter(({ name }) => !has.has(fold(name))),
        columns.filter(
          ({ name, sqlType }) =>
            sqlType !== types.bigint && has.get(fold(name))?.sqlType === types.bigint,
        ),
      );
    },
    staged(table) {
      const has = byName(table);
      return stagedColumns(table).map((column) => has.get(fold(column.name)) ?? column);
    },
  };
}
