import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { discardAppender } from '../discard-appender.js';

/** The appenders of a load, one for each table that rows come for. */
export interface OpenAppenders {
  /** That of a table, made where there is none; the parts of the name by which DuckDB finds it. */
  of(table: string, place: readonly string[]): Promise<DuckDBAppender>;
  /** Lets rows that a table's appender was given wait until they are written. */
  wait(table: string, bytes: number): void;
  /** Writes rows that wait, of the largest table first, until no more than so many bytes do. */
  write(most: number): void;
  /** Writes the rows of tables and closes their appenders. @default all */
  close(tables?: Iterable<string>): void;
  /** Ends all of them before ROLLBACK: their rows are not wanted. */
  discard(): void;
}

/**
 * Opens the appenders of a load as they are asked for.
 *
 * Errors of writing name the table.
 */
export function openAppenders(connection: DuckDBConnection): OpenAppenders {
  const open = new Map<string, DuckDBAppender>();
  /** Bytes of rows that wait, by table. */
  const waiting = new Map<string, number>();
  return {
    async of(table, [catalog, schema, name]) {
      const appender =
        open.get(table) ?? (await connection.createAppender(name as string, schema, catalog));
      open.set(table, appender);
      return appender;
    },
    wait: (table, bytes) => void waiting.set(table, (waiting.get(table) ?? 0) + bytes),
    write(most) {
      let bytes = 0;
      for (const own of waiting.values()) bytes += own;
      const largest = [...waiting].sort(([, one], [, other]) => other - one);
      for (const [table, own] of largest) {
        if (bytes <= most && most > 0) return;
        try {
          open.get(table)?.flushSync();
        } catch (error) {
          throw new Error(`table ${table}: ${(error as Error).message}`, { cause: error });
        }
        waiting.delete(table);
        bytes -= own;
      }
    },
    close(tables = [...open.keys()]) {
      for (const table of tables) {
        open.get(table)?.closeSync();
        // Only now: one that could not be closed still holds its rows, and rolling back must clear
        // it.
        open.delete(table);
        waiting.delete(table);
      }
    },
    discard() {
      for (const appender of open.values()) discardAppender(appender);
      open.clear();
    },
  };
}
