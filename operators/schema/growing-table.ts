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
  let schema = before;
  const changes: SchemaChange[] = [];
  const { places } = columnIndex(before.columns);
  const added = new Map<string, number>();
  const placeOf = (name: string): number | undefined => places.get(name) ?? added.get(name);
  return {
    get schema() {
      return schema;
    },
    changes,
    column(name) {
      const place = placeOf(name);
      return place === undefined ? undefined : schema.columns[place];
    },
    add(columns, report = () => undefined) {
      const fresh = columns.filter(({ name }) => placeOf(name) === undefined);
      if (fresh.length === 0) return;
      for (const [i, { name }] of fresh.entries()) added.set(name, schema.columns.length + i);
      schema = { ...schema, columns: [...schema.columns, ...fresh] };
      for (const column of fresh) report(column);
    },
    replace(columns) {
      if (columns.length === 0) return;
      const all = [...schema.columns];
      for (const column of columns) all[placeOf(column.name) as number] = column;
      schema = { ...schema, columns: all };
    },
    report: (change) => void changes.push({ ...change, table: schema.name }),
  };
}
