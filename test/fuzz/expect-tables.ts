import { expect } from 'vitest';
import type { RootModel } from './disposition-model.js';
import type { StoredRoot, StoredTables } from './read-tables.js';
import type { TablesModel } from './table-model.js';

/** Compares what is in the database with the model: types, rows, and order if `isOrdered`. */
export function expectTables(stored: StoredTables, model: TablesModel, isOrdered: boolean): void {
  expect(typesOf(stored.types)).toEqual(typesOf(model.types()));
  const plain = ({ cells, lists, isActive, ownId }: RootModel | StoredRoot): unknown => ({
    cells,
    lists,
    isActive,
    ownId,
  });
  const expected = model.rows().map(plain);
  const actual = stored.rows.map(plain);
  if (isOrdered) expect(actual).toEqual(expected);
  else expect(sortedRows(actual)).toEqual(sortedRows(expected));
}

const SQL: Readonly<Record<string, string>> = {
  bigint: 'BIGINT',
  hugeint: 'HUGEINT',
  double: 'DOUBLE',
  bool: 'BOOLEAN',
  text: 'VARCHAR',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  json: 'JSON',
};

/** Types by table; tables whose rows have no cells are left out. */
function typesOf(types: Record<string, Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(types).map(([table, columns]) => [
      table,
      Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, SQL[type] ?? type])),
    ]),
  );
}

function sortedRows(rows: readonly unknown[]): unknown[] {
  const key = (row: unknown): string =>
    JSON.stringify(row, (_, value: unknown) =>
      typeof value === 'bigint' || typeof value === 'number'
        ? `${value}`
        : value !== null && typeof value === 'object' && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
          : value,
    );
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
