import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the files that DuckDB writes what has no room in memory to. */
const SPILLED = /^duckdb_temp_/;

/**
 * Removes the files of a database's temporary directory that a process left which was killed:
 * DuckDB removes only those that it has made itself. Call it where this process has the database
 * open and DuckDB has used the directory for nothing yet: nobody else uses it then. Where there are
 * other files, they stay. What cannot be removed stays, too: a load does not need it gone.
 */
export function removeSpilled(directory: string): void {
  try {
    for (const name of readdirSync(directory).filter((one) => SPILLED.test(one)))
      rmSync(join(directory, name));
    rmdirSync(directory);
  } catch {
    // Mostly there is no such directory.
  }
}
