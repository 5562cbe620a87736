import type { AzureContainer } from '../../stage/azure/azure-bucket.js';
import type { GcsBucket } from '../../stage/gcs/gcs-bucket.js';
import type { S3Bucket } from '../../stage/s3/s3-bucket.js';
import type { FileFormat } from './file-format.js';

/** Where all datasets of files are: in a folder, or in a bucket below a prefix. */
export type FilesPlace =
  | { kind: 'folder'; path: string }
  | { kind: 's3'; bucket: S3Bucket; prefix: string }
  | { kind: 'gcs'; bucket: GcsBucket; prefix: string }
  | { kind: 'azure'; container: AzureContainer; prefix: string };

/** Files that are loaded and read by DuckDB, as plain data. */
export interface FilesDatabase {
  engine: 'files';
  place: FilesPlace;
  /** How rows are written. */
  format: FileFormat;
  /** The folder of DuckDB's extensions; null for its own. */
  extensions: string | null;
}
