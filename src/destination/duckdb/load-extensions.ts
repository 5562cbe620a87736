import type { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { EXTENSION_FILES } from './extension-files.js';
import { runOnce } from './run-once.js';

/** Otherwise a missing extension is a download, which takes minutes where there is no network. */
const AS_INSTALLED = 'SET GLOBAL autoinstall_known_extensions = false';

/**
 * Loads extensions of DuckDB by the names that `sluice extensions install` takes.
 *
 * Errors: LoadError with the command that installs the one that is missing.
 */
export async function loadExtensions(
  instance: DuckDBInstance,
  ...extensions: readonly string[]
): Promise<void> {
  for (const name of extensions)
    await runOnce(instance, AS_INSTALLED, `LOAD ${EXTENSION_FILES[name] ?? name}`).catch(
      async (error: unknown) => {
        const [said = ''] = (error as Error).message.split('\n');
        const folder = await folderOf(instance);
        const command = `npx sluice extensions install ${extensions.join(' ')}${folder === '' ? '' : ` --folder ${folder}`}`;
        // One that is installed may need its service.
        const advice = said.includes('Initialization function')
          ? ''
          : ` Install it once: ${command}.`;
        throw new LoadError(`DuckDB's extension ${name} cannot be loaded.${advice} ${said}`, {
          cause: error,
        });
      },
    );
}

/** The folder of extensions that the instance was given; empty for DuckDB's own. */
async function folderOf(instance: DuckDBInstance): Promise<string> {
  const connection = await instance.connect();
  try {
    const found = await connection.runAndReadAll("SELECT current_setting('extension_directory')");
    return String(found.getRows()[0]?.[0] ?? '');
  } finally {
    connection.closeSync();
  }
}
