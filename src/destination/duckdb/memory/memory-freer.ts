import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../quoting.js';

/**
 * What has DuckDB give back to the system what it has freed. It does so whenever its memory limit
 * is set, be it to what it is, and has no other statement for it; without, a load of nested rows
 * holds some fifty megabytes more at its peak. A limit that somebody has set since is left alone,
 * since DuckDB only reports it rounded.
 */
export async function memoryFreer(
  connection: DuckDBConnection,
): Promise<(connection: DuckDBConnection) => Promise<void>> {
  const statement = `SET memory_limit = ${literal(await memoryLimit(connection))}`;
  await connection.run(statement);
  const ours = await memoryLimit(connection);
  return async (other) => {
    if ((await memoryLimit(other)) === ours) await other.run(statement);
  };
}

async function memoryLimit(connection: DuckDBConnection): Promise<string> {
  return String(
    (await connection.runAndReadAll("SELECT current_setting('memory_limit')")).getRows()[0]?.[0],
  );
}
