import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { QUARANTINE } from '../../../../operators/schema/quarantine-table.js';
import { SYSTEM_COLUMNS } from '../../../../operators/schema/system-columns.js';
import { type Catalog, holdsRows, type RealColumn, STAGING } from '../../sql/catalog.js';
import type { SqlPort } from '../../sql/port.js';
import { qualified, type Scope } from '../../sql/sql.js';
import type { Book, Books, LocalFile } from '../../stage/staged-target.js';
import { copyTo, type FileFormat } from './file-format.js';

/** Whether the rows of a table go into files: rows of loads, and those that were put aside. */
export function isFiled(table: string): boolean {
  return holdsRows(table) || table === QUARANTINE;
}

/** Whether rows wait in the table for the end of their load. */
export function isStaging(table: string): boolean {
  return table.startsWith(STAGING);
}

/** The tables of bookkeeping with all their rows. */
export async function readBooks(port: SqlPort, scope: Scope, catalog: Catalog): Promise<Books> {
  const books: Record<string, Book> = {};
  for (const [table, columns] of catalog) {
    if (isFiled(table) || isStaging(table)) continue;
    const texts = columns.map(({ name }) => `CAST(${scope.dialect.identifier(name)} AS VARCHAR)`);
    const rows = await port.query(
      `SELECT ${texts.join(', ')} FROM ${qualified(scope, table)} ORDER BY ${scope.dialect.inserted}`,
    );
    books[table] = { columns, rows: rows as Book['rows'] };
  }
  return books;
}

/** What is written of a table. */
export interface Export {
  table: string;
  columns: readonly RealColumn[];
  load: string;
  format: FileFormat;
  /** Its first rows, which are in files already. */
  skip: number;
  /** The folder of the files, and what their names begin with. */
  folder: string;
  name: string;
}

/** Rows of the largest file. */
const MOST_ROWS = 1_000_000;

/** Writes the rows of a table to files; to none where there are none. */
export async function* exportTable(
  connection: DuckDBConnection,
  port: SqlPort,
  scope: Scope,
  { table, columns, load, format, skip, folder, name }: Export,
): AsyncGenerator<LocalFile> {
  const { dialect } = scope;
  const from = qualified(scope, table);
  const integers = columns.filter(
    ({ name: column, sqlType }) =>
      sqlType === dialect.types.bigint && !SYSTEM_COLUMNS.includes(column),
  );
  const extremes = integers.map(({ name: column }) => {
    const id = dialect.identifier(column);
    return `coalesce(min(${id}) < -9007199254740992 OR max(${id}) > 9007199254740992, false)`;
  });
  const [[count, ...isInexact] = []] = await port.query(
    `SELECT ${['count(*)', ...extremes].join(', ')} FROM ${from}`,
  );
  const inexact = integers.filter((_, i) => isInexact[i] === true).map((column) => column.name);
  const all = Number(count);
  for (let first = skip; first < all; first += MOST_ROWS) {
    const rows = Math.min(all - first, MOST_ROWS);
    const path = join(folder, `${name}-${first}.${format}`);
    const source = rows === all ? from : `(FROM ${from} LIMIT ${rows} OFFSET ${first})`;
    await connection.run(copyTo(format, columns, source, path));
    yield { table, load, rows, inexact, extension: format, path };
  }
}
