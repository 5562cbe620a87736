/** A MotherDuck database and how it is reached, as plain data. */
export interface MotherduckDatabase {
  engine: 'motherduck';
  /** What DuckDB attaches: `md:` and the name of the database, and parameters behind a `?`. */
  address: string;
  /** The name that the database has in DuckDB. */
  name: string;
  /** Null where the address needs none, as a file that stands in for the service. */
  token: string | null;
  /** DuckDB's extension that knows the address; null for none. */
  extension: 'motherduck' | null;
  /** The folder of DuckDB's extensions; null for its own. */
  extensions: string | null;
}
