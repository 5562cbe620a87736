import { givenOptions } from '../../../../operators/settings/given-options.js';
import { flag, name, record, words } from '../../../../operators/settings/shape.js';
import { COMMIT_OF_FILES } from '../commit-of-files.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import { openEngineIn } from '../open-engine-in.js';
import { openOnce } from '../open-once.js';
import { type AzureConfig, azureShape } from './azure-place.js';
import type { FileFormat } from './file-format.js';
import type { FilesDatabase, FilesPlace } from './files-database.js';
import { type GcsConfig, gcsShape } from './gcs-place.js';
import { placeOf } from './place-of.js';
import { type S3Config, s3Shape } from './s3-place.js';

/** How files are written. Without options each has its default. */
export interface FilesConfig {
  /**
   * How rows are written to files from now on; Parquet is compressed with zstd. @default 'parquet'
   */
  format?: FileFormat;
  /** The service and the credentials of a bucket. @default AWS, by its environment variables */
  s3?: S3Config;
  /** Who uses Google Cloud Storage. @default the file that Google's own programs read */
  gcs?: GcsConfig;
  /** The account of Azure and who uses it. @default by environment variables */
  azure?: AzureConfig;
  /**
   * The folder in which DuckDB finds its extension `httpfs`, or `azure`, by which `dataset()` reads
   * a bucket. @default DuckDB's own
   */
  extensions?: string;
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const SHAPE = record<FilesConfig>('files()', {
  format: words('parquet', 'jsonl', 'csv'),
  s3: s3Shape,
  gcs: gcsShape,
  azure: azureShape,
  extensions: name,
  thread: flag,
});

/**
 * Files as a destination: in a folder, by its path or as `file:///…`, or in a bucket, as
 * `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`. Each dataset is a folder
 * in it, with one for each table, in the layout of dlt's filesystem destination, which reads it. A
 * commit is one manifest in `<dataset>/_sluice`, and `dataset()` sees what the last one names.
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
    ...configs
  } = givenOptions('files()', config, SHAPE);
  const place = placeOf(address, configs);
  const database: FilesDatabase = { engine: 'files', place, format, extensions };
  return engineDestination(
    {
      name: 'files',
      location: `files:${locationOf(place)}`,
      ...openOnce(() => openEngineIn(thread, database)),
    },
    {
      dispositions: ['append', 'replace'],
      commit: COMMIT_OF_FILES,
      instead: 'Destination ducklake keeps tables in files that can be merged and deleted from.',
    },
  );
}

/** A place for people. */
function locationOf(place: FilesPlace): string {
  if (place.kind === 'folder') return place.path;
  if (place.kind === 'azure') return `az://${place.container.container}/${place.prefix}`;
  return `${place.kind === 's3' ? 's3' : 'gs'}://${place.bucket.bucket}/${place.prefix}`;
}
