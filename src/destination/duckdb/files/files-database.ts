import type { FileFormat } from './file-format.js';

/** Files that are loaded and read by DuckDB, as plain data. */
export interface FilesDatabase {
  engine: 'files';
  /** The folder of all datasets. */
  root: string;
  /** How rows are written. */
  format: FileFormat;
}
