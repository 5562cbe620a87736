import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { portOf } from './port-of.js';

/**
 * Remembers the file of a database, and returns a check that it is still there: a file that is
 * deleted or replaced while it is open takes further rows without an error, and is gone when it is
 * closed. For a database without a file the check does nothing.
 *
 * The check throws LoadError naming the file.
 */
export async function watchFile(
  connection: DuckDBConnection,
  catalog: string,
): Promise<() => void> {
  const [found] = await portOf(connection).query(
    'SELECT path FROM duckdb_databases() WHERE database_name = $1',
    [catalog],
  );
  const path = found?.[0];
  if (typeof path !== 'string') return () => undefined;
  const opened = inodeOf(path);
  return () => {
    if (opened === inodeOf(path)) return;
    throw new LoadError(
      `The database ${path} was deleted or replaced while it was open, so what is written to it is lost. Run again.`,
    );
  };
}

/** Null where there is no file. */
function inodeOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
