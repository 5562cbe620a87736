import { givenOptions } from '../../../../operators/settings/given-options.js';
import { flag, name, record, words } from '../../../../operators/settings/shape.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { enginePool } from '../engine-pool.js';
import { openEngineIn } from '../open-engine-in.js';
import type { Read } from '../read-dataset.js';
import { addressParts, type PostgresAddress } from './address-parts.js';
import type { PostgresDatabase } from './postgres-database.js';
import { ADDRESS_FIELDS, postgresServer } from './postgres-server.js';
import { MOST_BYTES } from './staging-schema.js';

/** A Postgres database and how it is used. Each member takes the place of a part of the address. */
export interface PostgresConfig extends PostgresAddress {
  /**
   * The folder in which DuckDB finds its extension `postgres`, for computers without a network.
   * @default DuckDB's own
   */
  extensions?: string;
  /**
   * What becomes of NUL characters in texts, which Postgres stores none of: the load fails and
   * names the value, or they are left out. @default `error`
   */
  nul?: 'error' | 'strip';
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const FORGET_TABLES: Read = {
  op: 'query',
  sql: 'CALL pg_clear_cache()',
  parameters: [],
  dataset: null,
};

const SHAPE = record<PostgresConfig>('postgres()', {
  ...ADDRESS_FIELDS,
  extensions: name,
  nul: words('error', 'strip'),
  thread: flag,
});

/**
 * Postgres (14 or later) as a destination, by an address or by its parts. DuckDB's extension
 * `postgres` brings the rows there; SQL of a load runs in the server. What is open is open until
 * `close()`.
 *
 * Each dataset is a schema, and `<dataset>_sluice_staging` the schema of its staging tables.
 * Queries are in DuckDB's SQL; `postgres_query('<database>', '…')` runs one in the server.
 *
 * Errors: ConfigError for an address that is none. LoadError when it is first used: the extension
 * is missing, the server cannot be reached.
 *
 * @example postgres('postgres://loader@db.example.com/shop', { password: process.env.PGPASSWORD })
 */
export function postgres(
  address: string | PostgresConfig,
  config?: PostgresConfig | null,
): DuckdbDestination {
  const given = givenOptions('postgres()', typeof address === 'string' ? config : address, SHAPE);
  const { thread = true, ...options } = {
    ...(typeof address === 'string' && givenOptions('postgres()', addressParts(address), SHAPE)),
    ...given,
  };
  const { extensions = null, nul = 'error', ...parts } = options;
  const database: PostgresDatabase = {
    engine: 'postgres',
    ...postgresServer('postgres()', parts),
    extensions,
    nul,
  };
  // DuckDB's extension remembers tables for all transactions of an instance: those that one load
  // has changed and not committed are not there for another.
  const pool = enginePool(
    () => openEngineIn(thread, database),
    (engine) => engine.read(FORGET_TABLES),
  );
  return engineDestination(
    {
      name: 'postgres',
      location: database.location,
      take: (_, use) => pool.take(use),
      end: () => pool.end(),
    },
    { identifierBytes: MOST_BYTES, isolatesTables: false },
  );
}
