import type { TableSchema } from '../../../operators/types.js';
import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/**
 * Which raw keys the columns of a dataset belong to, and which lists its child tables: what
 * `evolve` must know so that two keys of one name are told apart alike in every load. Nothing is
 * known of what others than sluice have made.
 */
export interface Names {
  column(table: string, column: string): readonly string[] | undefined;
  /** A child table's list: raw keys in the rows of a parent. */
  list(table: string): { parent: string; path: readonly string[] } | undefined;
  /** Knows rows that are written now. */
  add(rows: readonly NameRow[]): void;
}

/** A row of the table of names. */
export type NameRow = [table: string, column: string | null, parent: string | null, path: string];

const TABLE = '_sluice_names';

/** The table of names, and its columns as SQL. A row without a column is about the table. */
export function namesTable({ dialect }: Scope): [table: string, columns: string] {
  const { types, keptJson: json, insertedColumn } = dialect;
  const { text } = types;
  return [
    TABLE,
    `table_name ${text} NOT NULL, column_name ${text}, parent ${text}, path ${json} NOT NULL${insertedColumn}`,
  ];
}

/**
 * What is known, where `tables` are those of the dataset; of two rows about one name the later
 * counts, for the earlier is of a table or column that was dropped.
 */
export async function readNames(
  port: SqlPort,
  scope: Scope,
  tables: { has(table: string): boolean } = new Set([TABLE]),
): Promise<Names> {
  if (!tables.has(TABLE)) return namesOf([]);
  const rows = await port.query(
    `SELECT table_name, column_name, parent, path FROM ${qualified(scope, TABLE)} ORDER BY ${scope.dialect.inserted}`,
  );
  return namesOf(rows as NameRow[]);
}

/** What is new in a table's schema. */
export function newNames({ name, parent, path, columns }: TableSchema, known: Names): NameRow[] {
  const list = known.list(name);
  return [
    ...(parent !== null &&
    path !== undefined &&
    !(list?.parent === parent && isSame(list.path, path))
      ? [[name, null, parent, JSON.stringify(path)] satisfies NameRow]
      : []),
    ...columns.flatMap((column): NameRow[] =>
      column.path === undefined || isSame(known.column(name, column.name), column.path)
        ? []
        : [[name, column.name, null, JSON.stringify(column.path)]],
    ),
  ];
}

/** SQL that writes rows down; none for none. */
export function insertNames(scope: Scope, rows: readonly NameRow[]): string[] {
  if (rows.length === 0) return [];
  const { literal, insertedValue } = scope.dialect;
  const tuples = rows.map(
    (row) =>
      `(${row.map((cell) => (cell === null ? 'NULL' : literal(cell))).join(', ')}${insertedValue()})`,
  );
  return [`INSERT INTO ${qualified(scope, TABLE)} VALUES ${tuples.join(', ')}`];
}

/** Whether two lists of raw keys are the same. */
export function isSame(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a?.length === b.length && a.every((key, i) => key === b[i]);
}

function namesOf(rows: readonly NameRow[]): Names {
  const known = new Map<string, { parent: string; path: string[] }>();
  const add = (more: readonly NameRow[]): void => {
    for (const [table, column, parent, path] of more)
      known.set(JSON.stringify([table, column]), {
        parent: parent ?? '',
        path: JSON.parse(path) as string[],
      });
  };
  add(rows);
  return {
    column: (table, column) => known.get(JSON.stringify([table, column]))?.path,
    list: (table) => known.get(JSON.stringify([table, null])),
    add,
  };
}
