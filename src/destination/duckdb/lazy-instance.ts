import type { DuckDBInstance as Instance } from '@duckdb/node-api';
import { openTwice } from './opening-problem.js';
import { isOpenHere } from './registry.js';

/** A database that is open, as `duckdb()` takes it. */
export type DuckDBInstance = Instance;

/**
 * Opens databases. Loads DuckDB at the first call; `sluice/duckdb` exports the class itself.
 *
 * Errors: LoadError from `create` for a file that this process has open.
 *
 * @example duckdb(await DuckDBInstance.create('shop.duckdb'))
 */
export const DuckDBInstance: Pick<typeof Instance, 'create' | 'fromCache'> = {
  async create(path, ...config) {
    if (path !== undefined && isOpenHere(path)) throw openTwice(path);
    return (await load()).create(path, ...config);
  },
  fromCache: async (...config) => (await load()).fromCache(...config),
};

async function load(): Promise<typeof Instance> {
  return (await import('@duckdb/node-api')).DuckDBInstance;
}
