import { DuckDBInstance } from '@duckdb/node-api';
import { flattenSql } from '../data/flatten-sql.js';
import { pageType, type ShapeName } from '../data/pages.js';

/**
 * Has DuckDB read files of a shape's pages, and SQL make the same tables of them: the
 * types are known, two threads, storage as sluice's, one transaction.
 */
export async function loadByReadJson(
  path: string,
  shape: ShapeName,
  rows: number,
  files: readonly string[],
): Promise<void> {
  const statements = flattenSql(shape, pageType(shape, rows), files);
  const instance = await DuckDBInstance.create(path, {
    threads: '2',
    storage_compatibility_version: 'v1.3.0',
  });
  const connection = await instance.connect();
  for (const sql of ['BEGIN', ...statements, 'COMMIT']) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}
