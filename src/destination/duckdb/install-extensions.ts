import { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { EXTENSION_FILES } from './extension-files.js';

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
      await connection.run(`INSTALL ${EXTENSION_FILES[name] ?? name}`);
      installed.push(name);
    }
    return installed;
  } catch (error) {
    const { message } = error as Error;
    throw new LoadError(
      `DuckDB cannot install ${names[installed.length] ?? ''}: ${message.split('\n')[0] ?? ''}.${adviceOn(message)}`,
      { cause: error },
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function adviceOn(message: string): string {
  if (message.includes('Failed to download'))
    return ' Run this where that address can be reached (through a proxy with HTTP_PROXY), or do so on another computer of this kind with --folder and copy the folder.';
  return message.includes('home directory') ? ' Name a folder with --folder.' : '';
}
