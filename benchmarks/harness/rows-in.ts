import { existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Counts the rows of all tables of a database but sluice's and dlt's own, which all ways of a
 * comparison must leave alike; null where there is no database.
 */
export async function rowsIn(path: string): Promise<number | null> {
  if (!existsSync(path)) return null;
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    const tables = await connection.runAndReadAll(
      `SELECT format('SELECT count(*) AS n FROM "{}"."{}"', schema_name, table_name) FROM duckdb_tables()
        WHERE NOT regexp_matches(table_name, '^_(dlt|sluice)')`,
    );
    const counts = tables.getRows().map(([count]) => count as string);
    const sum = await connection.runAndReadAll(
      `SELECT coalesce(sum(n), 0)::DOUBLE FROM (${counts.join(' UNION ALL ') || 'SELECT 0 AS n'})`,
    );
    return Number(sum.getRows()[0]?.[0]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
