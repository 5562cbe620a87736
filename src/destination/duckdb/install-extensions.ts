import { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';

/** What DuckDB calls extensions that have another name too. */
const FILES: Readonly<Record<string, string>> = { postgres: 'postgres_scanner' };

/**
 * Has DuckDB download extensions of its own version into a folder, or into DuckDB's own; those that
 * are there stay. Gives the names of those that are there now.
 *
 * Errors: LoadError for one that cannot be had.
 */
export async function installExtensions(
  names: readonly string[],
  folder: string | null,
): Promise<string[]> {
  const settings = folder === null ? {} : { extension_directory: folder };
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  const installed: string[] = [];
  try {
    for (const name of names) {
      await connection.run(`INSTALL ${FILES[name] ?? name}`);
      installed.push(name);
    }
    return installed;
  } catch (error) {
    throw new LoadError(
      `DuckDB cannot install ${names[installed.length] ?? ''}: ${(error as Error).message.split('\n')[0] ?? ''}`,
      { cause: error },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
