/** A database of a Postgres server and how it is reached, as plain data. */
export interface PostgresServer {
  /** What DuckDB keeps as a secret: HOST, PORT, DATABASE, USER, PASSWORD. */
  secret: Readonly<Record<string, string>>;
  /** Further settings of libpq, such as `sslmode`. They may be shown. */
  options: Readonly<Record<string, string>>;
  /** Where the database is, for people. */
  location: string;
}

/** A Postgres database that is loaded. */
export interface PostgresDatabase extends PostgresServer {
  engine: 'postgres';
  /** The folder of DuckDB's extensions; null for its own. */
  extensions: string | null;
  /** What becomes of NUL characters in texts. */
  nul: 'error' | 'strip';
}
