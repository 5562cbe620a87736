import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import { portOf } from '../port-of.js';

/** Lets a connection name the tables of a dataset without a prefix, if the dataset exists. */
export async function useDataset(connection: DuckDBConnection, dataset: string): Promise<void> {
  const [found] = await portOf(connection).query(
    `SELECT database_name FROM duckdb_schemas()
      WHERE database_name = current_database() AND lower(schema_name) = lower($1)`,
    [dataset],
  );
  if (found === undefined) return;
  const catalog = found[0] as string;
  const path = [dataset, 'main'].map((schema) => identifier(catalog, schema)).join(',');
  await connection.run(`SET search_path = ${literal(path)}`);
}
