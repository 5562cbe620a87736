import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../../../errors.js';
import { type AzureConfig, azurePlace } from './azure-place.js';
import type { FilesPlace } from './files-database.js';
import { type GcsConfig, gcsPlace } from './gcs-place.js';
import { type S3Config, s3Place } from './s3-place.js';

/** The services of buckets, and who uses them. */
export interface BucketConfigs {
  s3?: S3Config;
  gcs?: GcsConfig;
  azure?: AzureConfig;
}

/** What addresses of buckets begin with; those of one kind are dlt's names for the same. */
export const BUCKET_SCHEMES: Readonly<Record<string, keyof BucketConfigs>> = {
  s3: 's3',
  s3a: 's3',
  gs: 'gcs',
  gcs: 'gcs',
  az: 'azure',
  azure: 'azure',
  adl: 'azure',
  abfs: 'azure',
  abfss: 'azure',
};

/** Errors: ConfigError for what is no path and no address of a folder or a bucket. */
export function placeOf(address: string, configs: BucketConfigs): FilesPlace {
  if (typeof address !== 'string' || address.trim() === '')
    throw new ConfigError(
      "files() takes the path of a folder, or an address as 'file:///data/lake', 's3://lake/raw', 'gs://lake/raw' or 'az://lake/raw'.",
    );
  const scheme = schemeOf(address);
  if (scheme === undefined) return { kind: 'folder', path: resolve(address) };
  if (scheme === 'file') return { kind: 'folder', path: fileURLToPath(address) };
  const { s3 = {}, gcs = {}, azure = {} } = configs;
  const kind = bucketKind(address);
  if (kind === 's3') return s3Place('files()', address, s3);
  if (kind === 'gcs') return gcsPlace('files()', address, gcs);
  if (kind === 'azure') return azurePlace('files()', address, azure);
  throw new ConfigError(
    `files() takes the path of a folder, or an address that begins with file://, s3://, gs:// or az://, and this one begins with ${scheme}:.`,
  );
}

/** The kind of service that an address is of; undefined for a path and for other addresses. */
export function bucketKind(address: string): keyof BucketConfigs | undefined {
  const scheme = schemeOf(address);
  return scheme !== undefined && Object.hasOwn(BUCKET_SCHEMES, scheme)
    ? BUCKET_SCHEMES[scheme]
    : undefined;
}

/** What an address begins with. A single letter before a colon is a drive of Windows. */
function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
}
