import { fileURLToPath } from 'node:url';
import { ducklake, type DucklakeConfig } from '../destination/duckdb/ducklake/ducklake.js';
import { ConfigError } from '../errors.js';
import { type DestinationSettings, destinationSettings } from '../settings/destination-settings.js';
import type { DestinationKind } from './destination-kind.js';
import { postgresSettings } from './postgres-settings.js';
import { s3Settings } from './s3-settings.js';

/**
 * A DuckLake by the address of its catalog: `ducklake:` and a path, or an address of Postgres. What
 * that lacks is taken from settings, as dlt does it.
 */
export const ducklakeKind: DestinationKind = {
  schemes: ['ducklake'],
  example: 'ducklake:shop.ducklake',
  make(address, options) {
    const settings = destinationSettings('ducklake', options);
    const { find, text } = settings;
    const catalog = catalogOf(settings, address?.replace(/^ducklake:/i, ''));
    const data = text('credentials.storage', 'credential')?.value;
    const config = {
      catalog,
      dataPath: folderOf(data ?? find('credentials.storage.bucket_url', 'text')),
      s3: s3Settings(settings, 'credentials.storage.credentials'),
      extensions: find('extensions', 'text'),
      ...(typeof catalog === 'object' && {
        metadataSchema:
          find('credentials.metadata_schema', 'text') ??
          find('credentials.ducklake_name', 'text') ??
          'ducklake',
      }),
    };
    // Members that are undefined count as not given.
    return ducklake(config as DucklakeConfig);
  },
};

/** The catalog of an address, or of settings; `<ducklake_name or pipeline>.ducklake` without. */
function catalogOf(
  settings: DestinationSettings,
  address: string | undefined,
): DucklakeConfig['catalog'] {
  const { pipeline, find, text, missing } = settings;
  const key = 'credentials.catalog';
  const found = address ?? text(key)?.value;
  const driver = found === undefined ? find(`${key}.drivername`, 'text') : schemeOf(found);
  if (driver === 'postgres' || driver === 'postgresql')
    return postgresSettings(settings, key, address);
  if (driver !== undefined && driver !== 'duckdb')
    throw new ConfigError(
      `Destination \`ducklake\`: its catalog is in ${driver}, and sluice takes one in a DuckDB file (duckdb:///shop.ducklake) or in Postgres (postgres://user@host:5432/database). Check \`${key}\`.`,
    );
  const name = find('credentials.ducklake_name', 'text') ?? pipeline;
  const path =
    found?.replace(/^duckdb:(?:\/\/\/)?/i, '') ??
    find(`${key}.database`, 'text') ??
    (name === undefined ? undefined : `${name}.ducklake`);
  if (path === undefined) throw missing(key, 'duckdb:///shop.ducklake');
  return path;
}

/** What an address begins with. A single letter before a colon is a drive of Windows. */
function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
}

function folderOf(place: string | undefined): string | undefined {
  return place?.startsWith('file:') === true ? fileURLToPath(place) : place;
}
