import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import { portOf } from '../port-of.js';

/** Lets a connection name the tables of a dataset without a prefix, if the dataset exists. */
export async function useDataset(connection: DuckDBConnection, dataset: string): Promise<void> {
  const found = await portOf(connection).query(
    `SELECT database_name, schema_name FROM duckdb_schemas() WHERE database_name = current_database()
      AND (lower(schema_name) = lower($1) OR schema_name = 'main')`,
    [dataset],
  );
  const isDataset = ([, schema]: unknown[]): boolean =>
    (schema as string).toLowerCase() === dataset.toLowerCase();
  const path = [...found.filter(isDataset), ...found.filter((row) => !isDataset(row))];
  if (path[0] === undefined || !isDataset(path[0])) return;
  await connection.run(
    `SET search_path = ${literal(path.map((row) => identifier(...(row as string[]))).join(','))}`,
  );
}
