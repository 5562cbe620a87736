import type { PostgresConfig } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';

/** What the loads of a trial fill: the path of a DuckDB file, or a database of Postgres. */
export type CrashDatabase = string | (PostgresConfig & { host: string; database: string });

/** Where databases of trials are. */
export interface CrashEngine {
  /** Makes an empty database, which is gone after the test. */
  make: () => CrashDatabase | Promise<CrashDatabase>;
  /** Ends all connections of a database. */
  disconnect?: (database: CrashDatabase) => Promise<void>;
}

export const FILES: CrashEngine = { make: () => databasePath('t.duckdb') };
