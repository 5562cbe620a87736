import type { DucklakeDatabase } from './ducklake/ducklake-database.js';
import type { FilesDatabase } from './files/files-database.js';
import type { MotherduckDatabase } from './motherduck/motherduck-database.js';
import type { OpenDatabase } from './open-database.js';
import type { PostgresDatabase } from './postgres/postgres-database.js';

/** What DuckDB loads and reads that is no database of its own, as plain data. */
export type AttachedDatabase =
  PostgresDatabase | DucklakeDatabase | MotherduckDatabase | FilesDatabase;

/** Opens it in an instance of DuckDB. Errors: LoadError where it cannot be reached. */
export async function openAttached(database: AttachedDatabase): Promise<OpenDatabase> {
  switch (database.engine) {
    case 'postgres':
      return (await import('./postgres/open-postgres.js')).openPostgres(database);
    case 'ducklake':
      return (await import('./ducklake/open-ducklake.js')).openDucklake(database);
    case 'motherduck':
      return (await import('./motherduck/open-motherduck.js')).openMotherduck(database);
    case 'files':
      return (await import('./files/open-files.js')).openFiles(database);
    default:
      return database satisfies never;
  }
}
