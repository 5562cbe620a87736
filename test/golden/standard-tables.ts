import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

const path = new URL(
  './standard-tables.json',
  // Beside the source, also for the built scripts.
  import.meta.url.replace('/dist/test/', '/test/'),
);
const standard = JSON.parse(readFileSync(path, 'utf8')) as {
  columns: Record<string, string[]>;
  stored: Record<string, unknown>;
};

/** A stored schema without the system tables that are as dlt writes them in every schema. */
export function withoutStandardTables(schema: object): unknown {
  const { tables = {}, ...rest } = schema as { tables?: Record<string, unknown> };
  const own = Object.entries(tables)
    .filter(([name, table]) => !isDeepStrictEqual(table, standard.stored[name]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...rest, tables: Object.fromEntries(own) };
}

/** The columns of a table; `as always` where they are those of dlt's system table of that name. */
export function shownColumns(table: string, columns: string[]): string[] {
  return isDeepStrictEqual(columns, standard.columns[table]) ? ['as always'] : columns;
}
