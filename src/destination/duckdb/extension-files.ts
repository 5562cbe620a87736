/** What DuckDB calls extensions that have another name too. */
export const EXTENSION_FILES: Readonly<Record<string, string>> = {
  postgres: 'postgres_scanner',
  sqlite: 'sqlite_scanner',
};
