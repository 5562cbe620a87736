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
}

const TABLE = '_sluice_names';

/** The table of names, and its columns as SQL. A row without a column is about the table. */
export function namesTable({ dialect }: Scope): [table: string, columns: string] {
  const { text, json } = dialect.types;
  return [
    TABLE,
    `table_name ${text} NOT NULL, column_name ${text}, parent ${text}, path ${json} NOT NULL`,
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
    `SELECT table_name, column_name, parent, path FROM ${qualified(scope, TABLE)} ORDER BY ${scope.dialect.rowNumber([])}`,
  );
  return namesOf(rows as Row[]);
}

/** SQL that writes down what is new in a table's schema; none for nothing. */
export function insertNames(
  scope: Scope,
  { name, parent, path, columns }: TableSchema,
  known: Names,
): string[] {
  const list = known.list(name);
  const rows = [
    ...(parent !== null &&
    path !== undefined &&
    !(list?.parent === parent && isSame(list.path, path))
      ? [row(scope, name, null, parent, path)]
      : []),
    ...columns.flatMap((column) =>
      column.path === undefined || isSame(known.column(name, column.name), column.path)
        ? []
        : [row(scope, name, column.name, null, column.path)],
    ),
  ];
  return rows.length === 0
    ? []
    : [`INSERT INTO ${qualified(scope, TABLE)} VALUES ${rows.join(', ')}`];
}

/** Whether two lists of raw keys are the same. */
export function isSame(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a?.length === b.length && a.every((key, i) => key === b[i]);
}

type Row = [table: string, column: string | null, parent: string | null, path: string];

function namesOf(rows: readonly Row[]): Names {
  const known = new Map(
    rows.map(([table, column, parent, path]) => [
      JSON.stringify([table, column]),
      { parent: parent ?? '', path: JSON.parse(path) as string[] },
    ]),
  );
  return {
    column: (table, column) => known.get(JSON.stringify([table, column]))?.path,
    list: (table) => known.get(JSON.stringify([table, null])),
  };
}

function row(
  { dialect }: Scope,
  table: string,
  column: string | null,
  parent: string | null,
  path: readonly string[],
): string {
  const cells = [table, column, parent, JSON.stringify(path)].map((cell) =>
    cell === null ? 'NULL' : dialect.literal(cell),
  );
  return `(${cells.join(', ')})`;
}
