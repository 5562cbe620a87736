import { chmodSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { isSluiceError } from '../../../operators/errors.js';
import { LoadError } from '../../errors.js';
import { onAbort } from '../../signals/on-abort.js';
import type { QueryCursor } from '../column-block.js';
import type { Session } from '../destination.js';
import type { LoadSpec } from '../messages.js';
import { type AttachedDatabase, openAttached } from './attached-database.js';
import { concurrencyLimit } from './concurrency-limit.js';
import { connectionsOf } from './connections.js';
import { interruptUntil } from './interrupt-until.js';
import { memoryLimit, NO_LIMIT } from './memory-limit.js';
import { newFile } from './new-file.js';
import {
  type OpenDatabase,
  openFile,
  openInstance,
  openMemory,
  ROW_GROUP_ROWS,
} from './open-database.js';
import { ownTarget } from './own-target.js';
import { read, type Read } from './read-dataset.js';
import { openCursor, type QuerySpec } from './read/open-cursor.js';
import { queryCursor } from './read/query-cursor.js';
import { openSession } from './session.js';
import { NO_SIZE, watchSize } from './watch-size.js';

/**
 * One open database, in whichever thread it lives. Every call is asynchronous; sessions and queries
 * have connections of their own. Two sessions and one query work at once, the others wait.
 */
export interface Engine {
  /**
   * Errors: LoadError while another load of the dataset is under way, and where the signal aborts
   * before the session is open.
   */
  openSession(load: LoadSpec, signal?: AbortSignal): Promise<Session>;
  /**
   * Errors: LoadError for what DuckDB refuses; the signal's reason when that aborts, once DuckDB
   * has stopped.
   */
  read<T>(what: Read, signal?: AbortSignal): Promise<T>;
  /**
   * Begins a query that is read block by block, on a connection of its own; other reads may run
   * between two blocks. Errors: as those of `read`, also of the cursor's methods.
   */
  openQuery(query: QuerySpec, signal?: AbortSignal): Promise<QueryCursor>;
  /** Checkpoints and closes the file, unless the instance is its owner's. */
  close(): Promise<void>;
}

/** An engine in this thread. */
export interface LocalEngine extends Engine {
  /**
   * Breaks off everything under way, and lets nothing begin any more but `close`: the process ends.
   */
  interrupt(): void;
}

/**
 * Opens a database file, `:memory:`, or takes an instance that its owner has open. Errors:
 * LoadError naming the file.
 */
export async function openEngine(
  database: string | DuckDBInstance | AttachedDatabase,
): Promise<LocalEngine> {
  const isFile = typeof database === 'string' && database !== ':memory:';
  const made = isFile ? await newFile(database) : null;
  const ours = database === ':memory:' || made !== null;
  const opened = await (typeof database !== 'string'
    ? 'engine' in database
      ? openAttached(database)
      : openInstance(database)
    : database === ':memory:'
      ? openMemory()
      : openFile(database, ours));
  if (isFile && made !== null && made.mode !== null) chmodSync(database, made.mode);
  const connections = connectionsOf(opened);
  const own = ownTarget(ours);
  const target = opened.tables?.read ?? own;
  const loads = opened.tables?.loads(connections) ?? own;
  const size = isFile ? watchSize(database) : NO_SIZE;
  const limit =
    opened.memoryLimit === null ? NO_LIMIT : memoryLimit(connections, opened.memoryLimit);
  let rowsAppended = 0;
  // Merging the partial row groups that commits leave rewrites full ones too: small loads do it
  // when they close the file, large ones leave it to the next small one.
  const isSmall = (): boolean => rowsAppended < ROW_GROUP_ROWS;
  let isChanged = false;
  let allThreads: Promise<void> | undefined;
  const useAllThreads = (): Promise<void> => (allThreads ??= opened.useAllThreads());
  const unlimited = async (): Promise<{ connection: DuckDBConnection; free: () => void }> => {
    const lower = await limit.lift();
    try {
      const connection = await connections.take();
      const free = (): void => {
        lower();
        connections.giveBack(connection);
      };
      return { connection, free };
    } catch (error) {
      lower();
      throw error;
    }
  };
  const withConnection = async <T>(
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> => {
    const { connection, free } = await unlimited();
    try {
      return await work(connection);
    } finally {
      free();
    }
  };
  const running = new Map<string, string>();
  const sessionSlots = concurrencyLimit(2);
  const readSlot = concurrencyLimit(1);
  const explained = async (error: unknown, dataset: string | null): Promise<unknown> => {
    if (dataset === null || !/does not exist|has no table/.test((error as Error).message))
      return error;
    const tables = await readSlot(() =>
      withConnection((connection) => read(connection, target, { op: 'tables', dataset })),
    );
    return missingYet(dataset, running, tables as readonly string[], error);
  };
  const fresh = async (connection: DuckDBConnection, what: Read): Promise<unknown> => {
    await target.refresh?.(connection, what.dataset);
    return read(connection, target, what);
  };
  const reading = async <T>(what: Read, signal: AbortSignal | undefined): Promise<T> => {
    const isQuery = what.op === 'query' || what.op === 'write';
    isChanged ||= isQuery;
    try {
      if (isQuery) await useAllThreads();
      const work = (connection: DuckDBConnection): Promise<T> =>
        stoppable(connection, () => fresh(connection, what), signal) as Promise<T>;
      return await readSlot(
        () => withConnection((own) => (isQuery ? size.checkpointing(() => work(own)) : work(own))),
        signal,
      );
    } catch (error) {
      throw await explained(error, what.dataset);
    }
  };
  return {
    async openSession(load, signal) {
      const holder = running.get(load.dataset);
      if (holder !== undefined)
        throw new LoadError(
          `Pipeline ${holder} is loading into dataset ${load.dataset} right now; two loads of one dataset cannot run at once. Wait for it, or use another dataset.`,
        );
      running.set(load.dataset, load.pipeline);
      const taken: (() => unknown)[] = [() => running.delete(load.dataset)];
      const ended = async (): Promise<void> => {
        for (const giveBack of taken.splice(0).reverse()) await giveBack();
      };
      try {
        const hold = (await loads.hold?.(load)) ?? null;
        taken.push(() => hold?.free());
        const connection = await connections.take();
        taken.push(() => connections.giveBack(connection));
        const appended = (rows: number): void => void (rowsAppended += rows);
        if (load.memory) taken.push(await limit.bound(load.memory.databaseBytes));
        // The setting counts for every transaction that commits meanwhile.
        const lastCommit = (): ReturnType<OpenDatabase['lastCommit']> =>
          running.size > 1 ? { commit: 'COMMIT', undo: '' } : opened.lastCommit(isSmall());
        const owner = {
          target: loads,
          hold,
          admit: sessionSlots,
          appended,
          useAllThreads,
          memoryLimit: limit,
          size,
          lastCommit,
          ended,
        };
        return await openSession(connection, load, owner, signal);
      } catch (error) {
        await ended();
        if (isSluiceError(error) || signal?.aborted === true) throw error;
        throw new LoadError(
          `Pipeline ${load.pipeline} cannot load into dataset ${load.dataset}: ${(error as Error).message}`,
          { cause: error },
        );
      }
    },
    read: reading,
    async openQuery(query, signal) {
      isChanged = true;
      await useAllThreads();
      const { connection, free } = await unlimited();
      const inSlot = <T>(work: () => Promise<T>): Promise<T> =>
        readSlot(() => stoppable(connection, work, signal), signal);
      try {
        const result = await inSlot(async () => {
          await target.refresh?.(connection, query.dataset);
          return size.checkpointing(() => openCursor(connection, query));
        });
        return queryCursor(result, inSlot, connection, free);
      } catch (error) {
        free();
        throw await explained(error, query.dataset);
      }
    },
    interrupt: () => connections.interrupt(),
    async close() {
      await limit.end();
      try {
        size.require();
      } finally {
        await opened.close({ merges: isSmall(), isChanged });
      }
    },
  };
}

/** Errors: the signal's reason when that aborts, once DuckDB has stopped. */
async function stoppable<T>(
  connection: DuckDBConnection,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const reading = work();
  const off =
    signal && onAbort(signal, () => void interruptUntil(() => connection.interrupt(), reading));
  try {
    return await reading;
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    off?.();
  }
}

/**
 * Says why a dataset lacks a table: a running load has not committed it yet, or no load has.
 */
function missingYet(
  dataset: string,
  running: ReadonlyMap<string, string>,
  tables: readonly string[],
  error: unknown,
): unknown {
  const { message } = error as Error;
  const why = running.has(dataset)
    ? `A load into dataset ${dataset} is under way: its tables exist for readers after its first commit.`
    : tables.length === 0 && !message.includes('has no table')
      ? `Dataset ${dataset} has no tables, since no load into it has committed yet: run the pipeline first, or check the names of dataset and database file.`
      : null;
  return why === null ? error : new LoadError(`${message}\n${why}`, { cause: error });
}
