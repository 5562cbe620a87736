import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Ends the transaction of a connection, if it has one; never rejects. DuckDB ends the process where
 * a connection is closed that still has a transaction of a server that was lost, so an interrupt
 * that falls into this is not the end of it.
 */
export async function rollBack(connection: DuckDBConnection): Promise<void> {
  for (;;)
    try {
      await connection.run('ROLLBACK');
      return;
    } catch (error) {
      // What fails otherwise has ended the transaction, or there was none.
      if (!/interrupted/i.test((error as Error).message)) return;
    }
}
