import type { DucklakeConfig, FilesConfig, PostgresConfig } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';

/** A folder or a bucket of files. */
export interface FilesDatabase extends Pick<FilesConfig, 's3' | 'gcs' | 'azure'> {
  root: string;
}

/** A DuckLake. */
export interface LakeDatabase {
  lake: DucklakeConfig;
  /** The Postgres database of its catalog, where it has one. */
  catalog?: ServerDatabase;
}

/** A database of Postgres. */
export type ServerDatabase = PostgresConfig & { host: string; database: string };

/**
 * What the loads of a trial fill: the path of a DuckDB file, a database of Postgres, a DuckLake, or
 * datasets of files, which are appended to where another would be merged into.
 */
export type CrashDatabase = string | ServerDatabase | LakeDatabase | FilesDatabase;

/** Sizes of batches and commits. */
export interface CrashSizes {
  batch: object;
  commit: object;
}

/** Where databases of trials are. */
export interface CrashEngine {
  /** Makes an empty database, which is gone after the test. */
  make: () => CrashDatabase | Promise<CrashDatabase>;
  /** Sizes of batches and commits. @default CRASH_SIZES */
  sizes?: CrashSizes;
  /** Ends all connections of a database. */
  disconnect?: (database: CrashDatabase) => Promise<void>;
  /** What is left of killed loads and belongs to no table, where the tables do not say. */
  leftovers?: (database: CrashDatabase) => Promise<string[]>;
}

export const FILES: CrashEngine = { make: () => databasePath('t.duckdb') };

/** Whether a database holds files. */
export function isFiles(database: CrashDatabase): database is FilesDatabase {
  return typeof database === 'object' && 'root' in database;
}

/** Whether a database is a DuckLake. */
export function isLake(database: CrashDatabase): database is LakeDatabase {
  return typeof database === 'object' && 'lake' in database;
}
