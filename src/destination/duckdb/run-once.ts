import type { DuckDBInstance } from '@duckdb/node-api';

/** Runs statements one after another on a connection of their own. */
export async function runOnce(instance: DuckDBInstance, ...statements: string[]): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run(statements.join('; '));
  } finally {
    connection.closeSync();
  }
}
