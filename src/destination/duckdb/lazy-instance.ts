import type { DuckDBInstance as Instance } from '@duckdb/node-api';

/** A database that is open, as `duckdb()` takes it. */
export type DuckDBInstance = Instance;

/**
 * Opens databases. Loads DuckDB at the first call; `sluice/duckdb` exports the class itself.
 *
 * @example duckdb(await DuckDBInstance.create('shop.duckdb'))
 */
export const DuckDBInstance: Pick<typeof Instance, 'create' | 'fromCache'> = {
  create: async (...config) => (await load()).create(...config),
  fromCache: async (...config) => (await load()).fromCache(...config),
};

async function load(): Promise<typeof Instance> {
  return (await import('@duckdb/node-api')).DuckDBInstance;
}
