import type { DuckDBAppender } from '@duckdb/node-api';

/**
 * Ends an appender whose rows are not wanted, before ROLLBACK: one that is closed (or collected)
 * after it writes its rows outside any transaction. Never throws, so that each appender of a load
 * is ended.
 */
export function discardAppender(appender: DuckDBAppender): void {
  for (const end of [() => appender.clear(), () => appender.closeSync()])
    try {
      end();
    } catch {
      // What it holds is written within the transaction at most, and rolled back with it.
    }
}
