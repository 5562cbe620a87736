import type { ColumnSchema, SchemaChange, TableSchema } from '../types.js';
import { columnIndex } from './column-index.js';

/** A table's schema while a page is planned, and what is changed in it. */
export interface GrowingTable {
  /** The schema as it is now; the one that was given as long as nothing is changed. */
  readonly schema: TableSchema;
  readonly changes: readonly SchemaChange[];
  column(name: string): ColumnSchema | undefined;
  /** Adds the columns that the table lacks; `report` is called for each column that was added. */
  add(columns: readonly ColumnSchema[], report?: (column: ColumnSchema) => void): void;
  /** Puts columns in the place of those that have their names. */
  replace(columns: readonly ColumnSchema[]): void;
  report(change: Omit<SchemaChange, 'table'>): void;
}

/** Begins with a schema, which is never changed itself. */
export function growingTable(before: TableSchema): GrowingTable {
  const changes: SchemaChange[] = [];
  const { places } = columnIndex(before.columns);
  const added = new Map<string, number>();
  const placeOf = (name: string): number | undefined => places.get(name) ?? added.get(name);
  const own = {
    schema: before,
    changes,
    column(name: string): ColumnSchema | undefined {
      const place = placeOf(name);
      return place === undefined ? undefined : own.schema.columns[place];
    },
    add(
      columns: readonly ColumnSchema[],
      report: (column: ColumnSchema) => void = () => undefined,
    ): void {
      const fresh = columns.filter(({ name }) => placeOf(name) === undefined);
      if (fresh.length === 0) return;
      for (const [i, { name }] of fresh.entries()) added.set(name, own.schema.columns.length + i);
      own.schema = { ...own.schema, columns: [...own.schema.columns, ...fresh] };
      for (const column of fresh) report(column);
    },
    replace(columns: readonly ColumnSchema[]): void {
      if (columns.length === 0) return;
      const all = [...own.schema.columns];
      for (const column of columns) all[placeOf(column.name) as number] = column;
      own.schema = { ...own.schema, columns: all };
    },
    report: (change: Omit<SchemaChange, 'table'>): void =>
      void changes.push({ ...change, table: own.schema.name }),
  };
  return own;
}
