import type { DuckDBConnection } from '@duckdb/node-api';
import { LoadError } from '../../../errors.js';
import type { QueryCursor } from '../../column-block.js';
import { interruptUntil } from '../interrupt-until.js';
import type { StreamedResult } from './open-cursor.js';

/**
 * A streamed result as a cursor that can be closed at any time. `inSlot` runs what occupies the
 * database; `free` gives the connection back.
 */
export function queryCursor(
  result: StreamedResult,
  inSlot: <T>(work: () => Promise<T>) => Promise<T>,
  connection: DuckDBConnection,
  free: () => void,
): QueryCursor {
  let fetching: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const fetch = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined)
      return Promise.reject(new LoadError('The query has been closed. Begin it again.'));
    const block = fetching.then(() => inSlot(work));
    fetching = block.catch(() => undefined);
    return block;
  };
  return {
    columns: result.columns,
    values: () => fetch(() => result.values()),
    buffers: () => fetch(() => result.buffers()),
    close: () => (closing ??= interruptUntil(() => connection.interrupt(), fetching).then(free)),
  };
}
