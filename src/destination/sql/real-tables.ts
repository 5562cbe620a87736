import type { ShapedTable } from '../../../operators/types.js';
import { type Catalog, type RealColumn, STAGING } from './catalog.js';
import { addColumn, createTable, widen as widenColumn } from './ddl.js';
import { ROW } from './dispositions/staged-rows.js';
import type { SqlPort } from './port.js';
import type { Scope } from './sql.js';

/** A table that rows come for: its structure, and what the load does with them. */
export type TableOfLoad = Pick<ShapedTable, 'schema' | 'hints'>;

/** The tables of a dataset as they are, with what the load has changed. */
export interface RealTables {
  readonly catalog: Catalog;
  create(table: string, columns: readonly RealColumn[]): Promise<void>;
  /** Gives an existing table the columns and types that rows for it have. */
  alter(table: string, add: readonly RealColumn[], widen: readonly RealColumn[]): Promise<void>;
  /** Gives a table the columns and types of its staging table. */
  fit(table: string): Promise<void>;
  /** Columns of a table that staged rows have values for, in the order of its staging table. */
  staged(table: string): RealColumn[];
}

export function realTables(port: SqlPort, scope: Scope, catalog: Catalog): RealTables {
  const { fold, types } = scope.dialect;
  const columnsOf = (table: string): readonly RealColumn[] => catalog.get(table) ?? [];
  const byName = (table: string): Map<string, RealColumn> =>
    new Map(columnsOf(table).map((column) => [fold(column.name), column]));
  const stagedColumns = (table: string): RealColumn[] =>
    columnsOf(`${STAGING}${table}`).filter(({ name }) => name !== ROW);
  const alter: RealTables['alter'] = async (table, add, widen) => {
    await port.execute(
      ...add.map((column) => addColumn(scope, table, column)),
      ...widen.map((column) => widenColumn(scope, table, column)),
    );
    const widened = new Map(widen.map(({ name, sqlType }) => [fold(name), sqlType]));
    const columns = columnsOf(table).map((column) => ({
      ...column,
      sqlType: widened.get(fold(column.name)) ?? column.sqlType,
    }));
    catalog.set(table, [...columns, ...add]);
  };
  return {
    catalog,
    async create(table, columns) {
      await port.execute(createTable(scope, table, columns));
      catalog.set(table, [...columns]);
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
