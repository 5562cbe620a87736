import type { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { EXTENSION_FILES } from './extension-files.js';
import { runOnce } from './run-once.js';

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
    await runOnce(instance, `LOAD ${EXTENSION_FILES[name] ?? name}`).catch((error: unknown) => {
      throw new LoadError(
        `DuckDB's extension ${name} cannot be loaded. Install it once: npx sluice extensions install ${extensions.join(' ')}. ${(error as Error).message.split('\n')[0]}`,
        { cause: error },
      );
    });
}
