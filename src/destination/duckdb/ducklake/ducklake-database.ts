import type { S3Bucket } from '../../stage/s3/s3-bucket.js';
import type { PostgresServer } from '../postgres/postgres-database.js';

/** A DuckLake and how it is reached, as plain data. */
export interface DucklakeDatabase {
  engine: 'ducklake';
  /** The path of a DuckDB file, or a Postgres database. */
  catalog: string | PostgresServer;
  /** The schema of the catalog's tables; null for the one that DuckLake takes. */
  metadataSchema: string | null;
  /** The folder or address of the data's files; null for the one that the catalog names. */
  dataPath: string | null;
  /** The bucket of an address in `dataPath`; null for a folder. */
  bucket: S3Bucket | null;
  /** Where the catalog is, for people. */
  location: string;
  /** The folder of DuckDB's extensions; null for its own. */
  extensions: string | null;
}
