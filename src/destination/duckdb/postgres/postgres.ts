import { givenOptions } from '../../../../operators/settings/given-options.js';
import {
  checked,
  flag,
  map,
  name,
  record,
  secret,
  text,
  whole,
  words,
} from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { enginePool } from '../engine-pool.js';
import type { Engine } from '../engine.js';
import type { Read } from '../read-dataset.js';
import { loaderFile, openInThread } from '../thread/thread-engine.js';
import { addressParts, type PostgresAddress } from './address-parts.js';
import type { PostgresDatabase } from './postgres-database.js';
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

/** Would be in DuckDB's list of databases. */
const UNSAFE = /^(?:sslpassword|passfile|oauth_client_secret)$/;

const SHAPE = record<PostgresConfig>('postgres()', {
  host: name,
  port: whole(1),
  database: name,
  user: name,
  password: secret(text),
  options: checked(map(text), (options: Record<string, string>) => {
    const unsafe = Object.keys(options).find((key) => UNSAFE.test(key));
    if (unsafe !== undefined)
      throw new ConfigError(
        `${unsafe} cannot be kept secret there. Use a key without a password, or libpq's environment variables.`,
      );
  }),
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
  const database = databaseOf(options);
  const open = (): Promise<Engine> =>
    thread && loaderFile() !== null
      ? openInThread(database)
      : import('../engine.js').then(({ openEngine }) => openEngine(database));
  // DuckDB's extension remembers tables for all transactions of an instance: those that one load
  // has changed and not committed are not there for another.
  const pool = enginePool(open, (engine) => engine.read(FORGET_TABLES));
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

function databaseOf({
  host,
  port,
  database,
  user,
  password,
  options = {},
  extensions,
  nul = 'error',
}: Omit<PostgresConfig, 'thread'>): PostgresDatabase {
  if (database === undefined)
    throw new ConfigError(
      'postgres() needs the name of a database: postgres://user@host/database, or `database`.',
    );
  const secret = {
    HOST: host,
    PORT: port === undefined ? undefined : String(port),
    DATABASE: database,
    USER: user,
    PASSWORD: password,
  };
  return {
    engine: 'postgres',
    secret: Object.fromEntries(
      Object.entries(secret).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    options,
    location: `postgres:${host ?? ''}${port === undefined ? '' : `:${port}`}/${database}`,
    extensions: extensions ?? null,
    nul,
  };
}
