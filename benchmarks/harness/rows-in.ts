import { existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

/** Where rows are: in a database that SQL attaches as `bench`, or in Parquet files of a folder. */
export interface RowsPlace {
  setUp: readonly string[];
  files?: string;
}

/** Tables and files of sluice's and dlt's own books, which ways need not leave alike. */
const BOOKS = '^_(dlt|sluice)';

/**
 * Counts the rows of all tables of a database but sluice's and dlt's own, which all ways of a
 * comparison must leave alike: those of its file, else those of the folder `<path>.files`; null
 * where there is neither.
 */
export async function rowsIn(path: string): Promise<number | null> {
  if (existsSync(path)) return rowsOf({ setUp: [`ATTACH '${path}' AS bench (READ_ONLY)`] });
  const files = `${path}.files`;
  return existsSync(files) ? rowsOf({ setUp: [], files }) : null;
}

/** Counts the rows of all tables but sluice's and dlt's own. */
export async function rowsOf({ setUp, files }: RowsPlace): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    for (const sql of setUp) await connection.run(sql);
    if (files !== undefined) {
      const found = await connection.runAndReadAll(
        `SELECT coalesce(sum(num_rows), 0)::DOUBLE FROM parquet_file_metadata('${files}/**/*.parquet')
          WHERE NOT regexp_matches(split_part(file_name, '/', -2), '${BOOKS}')`,
      );
      return Number(found.getRows()[0]?.[0]);
    }
    const tables = await connection.runAndReadAll(
      `SELECT format('SELECT count(*) AS n FROM bench."{}"."{}"', schema_name, table_name) FROM duckdb_tables()
        WHERE database_name = 'bench' AND schema_name NOT IN ('information_schema', 'pg_catalog')
          AND NOT regexp_matches(table_name, '${BOOKS}')`,
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
