import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { givenOptions } from '../../../../operators/settings/given-options.js';
import {
  count,
  either,
  flag,
  name,
  record,
  required,
  secret,
} from '../../../../operators/settings/shape.js';
import { ConfigError, LoadError } from '../../../errors.js';
import { COMMIT_OF_FILES } from '../commit-of-files.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { type S3Config, s3Place, s3Shape } from '../files/s3-place.js';
import { openEngineIn } from '../open-engine-in.js';
import { openOnce } from '../open-once.js';
import { addressParts, type PostgresAddress } from '../postgres/address-parts.js';
import { ADDRESS_FIELDS, postgresServer } from '../postgres/postgres-server.js';
import { borrowCatalog } from '../registry.js';
import { whenUnlocked } from '../when-unlocked.js';
import type { DucklakeDatabase } from './ducklake-database.js';

/** A DuckLake and how it is used. */
export interface DucklakeConfig {
  /**
   * What knows the tables and their files: the path of a DuckDB file, which one process opens at a
   * time, or a Postgres database, which many do. Made where there is none.
   */
  catalog: string | PostgresAddress;
  /**
   * The folder of the tables' Parquet files, or `s3://bucket/prefix`, given each time. @default as
   * the catalog says; for a new one in a file, the folder `<catalog>.files`
   */
  dataPath?: string;
  /** The S3 service of an address in `dataPath`. @default AWS' own environment variables */
  s3?: S3Config;
  /** The schema of the catalog's own tables in Postgres. @default `public` */
  metadataSchema?: string;
  /**
   * The folder in which DuckDB finds its extensions, for computers without a network.
   * @default DuckDB's own
   */
  extensions?: string;
  /**
   * Milliseconds to wait for a catalog's file that another process has open; Infinity: as long as
   * it takes. @default 0: an error that names the process
   */
  lockTimeoutMs?: number;
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const SHAPE = record<DucklakeConfig>('ducklake()', {
  catalog: required(
    secret(either(name, record<PostgresAddress>('`catalog` of ducklake()', ADDRESS_FIELDS))),
  ),
  dataPath: name,
  s3: s3Shape,
  metadataSchema: name,
  extensions: name,
  lockTimeoutMs: count,
  thread: flag,
});

/** Bytes of a name: each table has a folder of its own, also while it is staged. */
const MOST_BYTES = 200;

/**
 * A DuckLake as a destination: tables in Parquet files, and a catalog that makes every commit
 * atomic. Needs DuckDB's extension `ducklake`, `postgres` for a catalog there, `httpfs` for data in
 * S3. A catalog's file is open while something is done with it; a connection to Postgres until
 * `close()`.
 *
 * Each commit writes files of its own: by default it comes after 256 MB of rows or 60 s.
 *
 * Each dataset is a schema. Queries name the DuckLake itself `ducklake`, for example
 * `FROM ducklake.snapshots()`.
 *
 * Errors: ConfigError for an address that is none. LoadError when it is first used: an extension is
 * missing, the catalog cannot be opened, or has its data elsewhere than in `dataPath`.
 *
 * @example ducklake({ catalog: 'shop.ducklake', dataPath: 'shop-files' })
 * @example ducklake({ catalog: 'postgres://loader@db/lake', dataPath: '/data/lake' })
 */
export function ducklake(config: DucklakeConfig): DuckdbDestination {
  const given = givenOptions('ducklake()', config, SHAPE);
  const { thread = true, lockTimeoutMs = 0 } = given;
  const database = databaseOf(given);
  const { catalog, location } = database;
  const capabilities = { identifierBytes: MOST_BYTES, commit: COMMIT_OF_FILES };
  if (typeof catalog !== 'string')
    return engineDestination(
      { name: 'ducklake', location, ...openOnce(() => openEngineIn(thread, database)) },
      capabilities,
    );
  const isThere = (): boolean => statSync(catalog, { throwIfNoEntry: false }) !== undefined;
  return engineDestination(
    {
      name: 'ducklake',
      location,
      take: (signal) =>
        whenUnlocked(
          () =>
            borrowCatalog(catalog, (path) => openEngineIn(thread, { ...database, catalog: path })),
          lockTimeoutMs,
          signal,
        ),
      end: () => Promise.resolve(),
      isThere,
      requireThere(dataset) {
        if (!isThere())
          throw new LoadError(
            `There is no catalog ${catalog}, and dataset ${dataset} has no tables, since no load into it has committed yet: run the pipeline first, or check the path.`,
          );
      },
    },
    capabilities,
  );
}

function databaseOf(given: DucklakeConfig): DucklakeDatabase {
  const { dataPath, s3 = {}, metadataSchema, extensions } = given;
  const catalog = catalogOf(given.catalog);
  if (typeof catalog === 'string' && metadataSchema !== undefined)
    throw new ConfigError(
      '`metadataSchema` is for a catalog in Postgres: leave it out, or give `catalog` as postgres://user@host:5432/database.',
    );
  return {
    engine: 'ducklake',
    catalog,
    metadataSchema: metadataSchema ?? null,
    ...dataOf(dataPath, s3),
    location: `ducklake:${typeof catalog === 'string' ? catalog : catalog.location}`,
    extensions: extensions ?? null,
  };
}

/** Errors: ConfigError for an address of another kind than s3://, and without its credentials. */
function dataOf(
  path: string | undefined,
  s3: S3Config,
): Pick<DucklakeDatabase, 'dataPath' | 'bucket'> {
  if (path === undefined) return { dataPath: null, bucket: null };
  if (!isAddress(path)) return { dataPath: resolve(path), bucket: null };
  if (!path.startsWith('s3://'))
    throw new ConfigError(
      '`dataPath` of ducklake() takes the path of a folder, or s3://bucket/prefix.',
    );
  return { dataPath: path, bucket: s3Place('`dataPath` of ducklake()', path, s3).bucket };
}

/** Errors: ConfigError for an address of something else, which it does not show. */
function catalogOf(given: DucklakeConfig['catalog']): DucklakeDatabase['catalog'] {
  if (typeof given !== 'string') return postgresServer('`catalog` of ducklake()', given);
  if (/^postgres(?:ql)?:/i.test(given))
    return postgresServer('`catalog` of ducklake()', addressParts(given));
  if (isAddress(given) || given === ':memory:')
    throw new ConfigError(
      '`catalog` of ducklake() takes the path of a DuckDB file, or an address such as postgres://user@host:5432/database.',
    );
  return given;
}

/** A single letter before a colon is a drive of Windows. */
function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}
