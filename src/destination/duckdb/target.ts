import type { DuckDBConnection } from '@duckdb/node-api';
import type { Position, ShapedTable } from '../../../operators/types.js';
import type { LoadSpec } from '../messages.js';
import type { SqlPort } from '../sql/port.js';
import type { Scope } from '../sql/sql.js';

/** A dataset in a database. */
export interface DatasetScope extends Scope {
  /** There is a schema of this name. */
  isThere: boolean;
  /** The path of the database's file; null where it has none. */
  path: string | null;
  /** A database that is open has this name. */
  isAmbiguous: boolean;
}

/**
 * The tables that connections of DuckDB reach: those of its own database, or of one that it has
 * attached.
 */
export interface Target {
  /** A connection as the planning of SQL sees it. */
  portOf(connection: DuckDBConnection): SqlPort;
  /**
   * The scope of a dataset in the database, with the letters that its schema has there.
   */
  scopeOf(connection: DuckDBConnection, dataset: string): Promise<DatasetScope>;
  /** The catalog, schema and name by which DuckDB itself finds a table of a dataset. */
  find(scope: Scope, table: string): readonly [catalog: string, schema: string, table: string];
  /**
   * Keeps other processes from loading a dataset, where its database does not do that by itself.
   * Errors: LoadError that says who loads it.
   */
  hold?(load: LoadSpec): Promise<Hold>;
  /** Before a dataset is read (null: all of them): lets the connection see it as it is now. */
  refresh?(connection: DuckDBConnection, dataset: string | null): Promise<void>;
  /**
   * What appending rows of a batch failed with, naming the value that was refused; null where none
   * was.
   */
  explain?(error: unknown, table: ShapedTable, positions: readonly Position[]): Error | null;
  /**
   * Bytes of rows that wait in memory for each other, where each time that rows are written makes
   * a file. A load with a bound on its memory holds no more than that lets it stage. @default 0
   */
  heldBytes?: number;
  /** Rows as they can be appended. @default as they came */
  prepare?(table: ShapedTable): ShapedTable;
}

/** Connections of one database that are in use. */
export interface Connections {
  /** A connection that has run the set-up of the database. */
  take(): Promise<DuckDBConnection>;
  giveBack(connection: DuckDBConnection): void;
  /** Breaks off what runs on them, and lets no further one be taken. */
  interrupt(): void;
}

/** A dataset that nobody else loads. */
export interface Hold {
  /**
   * Ends a transaction by this SQL. Where the connection is lost meanwhile, looks whether the
   * database has it. Errors: LoadError where it has not, or where the dataset is held no more.
   */
  commit(connection: DuckDBConnection, sql: string, loadId: string): Promise<void>;
  free(): Promise<void>;
}
