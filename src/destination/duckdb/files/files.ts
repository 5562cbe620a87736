import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { givenOptions } from '../../../../operators/settings/given-options.js';
import { flag, name, record, words } from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import { COMMIT_OF_FILES } from '../commit-of-files.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { openEngineIn } from '../open-engine-in.js';
import { openOnce } from '../open-once.js';
import type { FileFormat } from './file-format.js';
import type { FilesDatabase, FilesPlace } from './files-database.js';
import { type S3Config, s3Place, s3Shape } from './s3-place.js';

/** How files are written. Without options each has its default. */
export interface FilesConfig {
  /**
   * How rows are written to files from now on; Parquet is compressed with zstd. @default 'parquet'
   */
  format?: FileFormat;
  /** The service and the credentials of a bucket. @default AWS, by its environment variables */
  s3?: S3Config;
  /**
   * The folder in which DuckDB finds its extension `httpfs`, by which `dataset()` reads a bucket.
   * @default DuckDB's own
   */
  extensions?: string;
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const SHAPE = record<FilesConfig>('files()', {
  format: words('parquet', 'jsonl', 'csv'),
  s3: s3Shape,
  extensions: name,
  thread: flag,
});

/**
 * Files as a destination: in a folder, by its path or as `file:///…`, or in a bucket, as
 * `s3://bucket/prefix`. Each dataset is a folder in it, with one for each table, in the layout of
 * dlt's filesystem destination, which reads it. A commit is one manifest in `<dataset>/_sluice`,
 * and `dataset()` sees what the last one names.
 *
 * Tables are appended to and replaced. Errors: ConfigError for an address of another kind, and for
 * a bucket without credentials. LoadError when it is first used: the bucket refuses.
 *
 * @example files('s3://lake/raw', { s3: { region: 'eu-central-1' } })
 */
export function files(address: string, config?: FilesConfig | null): DuckdbDestination {
  const {
    thread = true,
    format = 'parquet',
    extensions = null,
    s3 = {},
  } = givenOptions('files()', config, SHAPE);
  const place = placeOf(address, s3);
  const database: FilesDatabase = { engine: 'files', place, format, extensions };
  return engineDestination(
    {
      name: 'files',
      location:
        place.kind === 'folder'
          ? `files:${place.path}`
          : `files:s3://${place.bucket.bucket}/${place.prefix}`,
      ...openOnce(() => openEngineIn(thread, database)),
    },
    {
      dispositions: ['append', 'replace'],
      commit: COMMIT_OF_FILES,
      instead: 'Destination ducklake keeps tables in files that can be merged and deleted from.',
    },
  );
}

/** Errors: ConfigError for what is no path and no address of a folder or a bucket. */
function placeOf(address: string, s3: S3Config): FilesPlace {
  if (typeof address !== 'string' || address.trim() === '')
    throw new ConfigError(
      "files() takes the path of a folder, or an address as 'file:///data/lake' or 's3://lake/raw'.",
    );
  // A single letter before a colon is a drive of Windows.
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(address) ?? [];
  if (scheme === 's3') return s3Place('files()', address, s3);
  if (scheme === undefined) return { kind: 'folder', path: resolve(address) };
  if (scheme.toLowerCase() !== 'file')
    throw new ConfigError(
      `files() takes the path of a folder, a file:// address or an s3:// address, and this one begins with ${scheme}:.`,
    );
  return { kind: 'folder', path: fileURLToPath(address) };
}
