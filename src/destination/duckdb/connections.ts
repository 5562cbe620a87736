import type { DuckDBConnection } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import type { OpenDatabase } from './open-database.js';
import type { Connections } from './target.js';
import { atExit } from './thread/at-exit.js';

/**
 * A process that exits waits for DuckDB's calls in libuv's threads, however long they take; so they
 * are broken off then.
 */
export function connectionsOf({
  instance,
  setUp,
}: Pick<OpenDatabase, 'instance' | 'setUp'>): Connections {
  const used = new Map<DuckDBConnection, () => void>();
  let isEnding = false;
  function giveBack(connection: DuckDBConnection): void {
    used.get(connection)?.();
    used.delete(connection);
    connection.closeSync();
  }
  return {
    async take() {
      if (isEnding) throw new LoadError('The process is about to end.');
      const connection = await instance.connect();
      used.set(
        connection,
        atExit(() => connection.interrupt()),
      );
      try {
        await connection.run(setUp);
        return connection;
      } catch (error) {
        giveBack(connection);
        throw error;
      }
    },
    giveBack,
    interrupt() {
      isEnding = true;
      for (const connection of used.keys()) connection.interrupt();
    },
  };
}
