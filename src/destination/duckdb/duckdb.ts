import type { DuckDBInstance } from '@duckdb/node-api';
import type { DatasetSchema } from '../../../operators/types.js';
import type { KeptState, StatesOf } from '../sql/bookkeeping.js';
import { openEngine } from './engine.js';
import { type Borrowed, borrowFile, borrowInstance } from './registry.js';

export interface DuckdbConfig {
  /**
   * Load in a thread of its own, so that the caller's event loop stays free. Databases in memory
   * and handed-in instances always use the caller's. @default true
   */
  thread?: boolean;
}

/** Where loads go. */
export interface Destination {
  /** For people: `duckdb:<path>`. */
  readonly location: string;
  /** The database, opened when nobody has it open yet. */
  borrow(): Promise<Borrowed>;
  /** Schemas of the tables of a dataset, as they are now; empty when it does not exist. */
  schema(dataset: string): Promise<DatasetSchema>;
  /**
   * Schemas, and what complete loads of a pipeline's source kept of their lists: all that a run has
   * to know before it begins.
   */
  known(dataset: string, of: StatesOf): Promise<{ schema: DatasetSchema; states: KeptState[] }>;
  /**
   * Rows as objects; integers beyond 2^53 as BigInt. Parameters are `$1`, `$2`, … Errors: LoadError
   * for what DuckDB refuses.
   */
  query(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /**
   * Waits for what still uses the database (a load that was unsubscribed and rolls back, say);
   * resolves when its file is closed. A database in memory is gone then. May be called again.
   */
  close(): Promise<void>;
}

/**
 * DuckDB as a destination: a file (made where there is none), `:memory:`, or a DuckDBInstance of
 * yours.
 *
 * A file is open only while something is done with it, and one process opens it once, whoever asks.
 * An instance of yours is used in your thread and never closed.
 *
 * Errors: LoadError when it is first used: no such folder, no database, one made by a newer DuckDB,
 * an instance of another copy of the binding.
 *
 * @example duckdb('shop.duckdb')
 */
export function duckdb(
  database: string | DuckDBInstance,
  { thread = true }: DuckdbConfig = {},
): Destination {
  let memory: ReturnType<typeof openEngine> | undefined;
  const users = new Set<Promise<void>>();

  async function take(): Promise<Borrowed> {
    if (typeof database !== 'string') return borrowInstance(database);
    if (database !== ':memory:') return borrowFile(database, thread);
    memory ??= openEngine(database);
    return { engine: await memory, release: () => Promise.resolve() };
  }
  /** Keeps account of who has the database, so that `close` can wait for them. */
  async function borrow(): Promise<Borrowed> {
    let gone = (): void => undefined;
    const using = new Promise<void>((resolve) => (gone = resolve));
    users.add(using);
    const leave = (): void => {
      users.delete(using);
      gone();
    };
    try {
      const taken = await take();
      return { engine: taken.engine, release: () => taken.release().finally(leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }
  async function using<T>(work: (borrowed: Borrowed) => Promise<T>): Promise<T> {
    const borrowed = await borrow();
    try {
      return await work(borrowed);
    } finally {
      await borrowed.release();
    }
  }

  return {
    location: typeof database === 'string' ? `duckdb:${database}` : 'duckdb:<instance>',
    borrow,
    schema: (dataset) => using(({ engine }) => engine.schema(dataset)),
    known: (dataset, of) =>
      using(async ({ engine }) => ({
        schema: await engine.schema(dataset),
        states: await engine.states(dataset, of),
      })),
    query: (sql, parameters = []) => using(({ engine }) => engine.query(sql, parameters)),
    async close() {
      while (users.size > 0) await Promise.all(users);
      const closing = memory;
      memory = undefined;
      if (closing !== undefined) await (await closing).close();
    },
  };
}
