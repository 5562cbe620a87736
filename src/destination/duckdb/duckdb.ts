import { statSync } from 'node:fs';
import type { DuckDBInstance } from '@duckdb/node-api';
import { givenOptions } from '../../../operators/settings/given-options.js';
import { count, flag, record } from '../../../operators/settings/shape.js';
import { kindOf } from '../../../operators/settings/user-function.js';
import { ConfigError, LoadError } from '../../errors.js';
import type { QueryCursor } from '../column-block.js';
import type { Capabilities, Destination, ReadRow, Session } from '../destination.js';
import { wrapSession } from '../wrap-session.js';
import type { Engine } from './engine.js';
import { queryParameters } from './query-parameters.js';
import type { Read } from './read-dataset.js';
import type { QuerySpec } from './read/open-cursor.js';
import { type Borrowed, borrowFile, borrowInstance } from './registry.js';
import { loaderFile, startThread } from './thread/thread-engine.js';
import { whenUnlocked } from './when-unlocked.js';

/**
 * How a DuckDB database is used. Without options it has the defaults; ConfigError for an option
 * that does not exist.
 */
export interface DuckdbConfig {
  /**
   * Load in a thread of its own, so that the caller's event loop stays free. Databases in memory
   * and handed-in instances always use the caller's. @default true
   */
  thread?: boolean;
  /**
   * Milliseconds to wait for a file that another process has open; Infinity: as long as it takes.
   * @default 0: an error that names the process
   */
  lockTimeoutMs?: number;
}

/** A DuckDB database as a destination, which can be queried as a whole too. */
export interface DuckdbDestination extends Destination {
  /**
   * Rows as objects; integers beyond 2^53 as BigInt. Tables are named with their dataset
   * (`shop_data.orders`). Parameters are `$1`, `$2`, …; a Date is an instant. Errors: ConfigError
   * for parameters that are no values of SQL; LoadError for what DuckDB refuses.
   */
  query<T extends object = ReadRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

const SHAPE = record<DuckdbConfig>('duckdb()', {
  thread: flag,
  lockTimeoutMs: count,
});

const CAPABILITIES: Capabilities = {
  dispositions: ['append', 'replace', 'merge'],
  mergeStrategies: ['delete-insert', 'upsert', 'insert-only', 'scd2'],
  refresh: ['drop_sources', 'drop_resources', 'drop_data'],
  commits: true,
};

const NO_THREAD =
  'sluice is bundled, and the file of its loader thread, sluice-loader-thread.js, is not beside the bundle: this load runs in the thread of its caller. Bundle `sluice/loader-thread` as a second entry of that name, or keep `sluice` external, to get the thread; pass `thread: false` to `duckdb()` to accept this.';

/**
 * DuckDB as a destination: a file (made where there is none), `:memory:`, or a DuckDBInstance of
 * yours.
 *
 * A file is open only while something is done with it, and one process opens it once, whoever uses
 * it. A database in memory lives until `close()`. An instance of yours is used in your thread and
 * never closed.
 *
 * Errors: ConfigError for an address (`md:`, `postgres://`) in place of a path. LoadError when it
 * is first used: no such folder, no database, one made by a newer DuckDB, an instance of another
 * copy of the binding.
 *
 * @example duckdb('shop.duckdb')
 */
export function duckdb(
  database: string | DuckDBInstance,
  config?: DuckdbConfig | null,
): DuckdbDestination {
  const { thread = true, lockTimeoutMs = 0 } = givenOptions('duckdb()', config, SHAPE);
  requireDatabase(database);
  const isFile = typeof database === 'string' && database !== ':memory:';
  if (thread && isFile) startThread();
  let memory: Promise<Engine> | undefined;
  const users = new Set<Promise<void>>();

  async function take(signal: AbortSignal | undefined): Promise<Borrowed> {
    if (typeof database !== 'string') return borrowInstance(database);
    if (database !== ':memory:')
      return whenUnlocked(() => borrowFile(database, thread), lockTimeoutMs, signal);
    memory ??= import('./engine.js').then(({ openEngine }) => openEngine(database));
    return { engine: await memory, release: () => Promise.resolve() };
  }
  /** Keeps account of who has the database, so that `close` can wait for them. */
  async function borrow(signal?: AbortSignal): Promise<Borrowed> {
    let left = (): void => undefined;
    const using = new Promise<void>((resolve) => (left = resolve));
    users.add(using);
    const leave = (): void => {
      users.delete(using);
      left();
    };
    try {
      const taken = await take(signal);
      return { engine: taken.engine, release: () => taken.release().finally(leave) };
    } catch (error) {
      leave();
      throw error;
    }
  }
  async function using<T>(
    work: (engine: Engine) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const borrowed = await borrow(signal);
    try {
      return await work(borrowed.engine);
    } finally {
      // What was read is right, also where the file cannot be closed: what is in its write-ahead
      // log is read when it is opened again.
      await borrowed.release().catch(() => undefined);
    }
  }

  const read = <T>(what: Read, signal?: AbortSignal): Promise<T> =>
    using((engine) => engine.read<T>(what, signal), signal);
  /** Reading of a dataset makes no file: there is nothing in it. */
  const readIfThere = <T>(what: Read, nothing: T, signal?: AbortSignal): Promise<T> =>
    isFile && !sizeOf(database) ? Promise.resolve(nothing) : read(what, signal);
  function requireFile(dataset: string | null): void {
    if (dataset !== null && isFile && !sizeOf(database))
      throw new LoadError(
        `There is no database file ${database}, and dataset ${dataset} has no tables, since no load into it has committed yet: run the pipeline first, or check the path.`,
      );
  }
  async function query<T extends object>(
    sql: string,
    parameters: readonly unknown[] = [],
    dataset: string | null,
    signal?: AbortSignal,
  ): Promise<T[]> {
    const plain = queryParameters(sql, parameters);
    requireFile(dataset);
    return read({ op: 'query', sql, parameters: plain, dataset }, signal);
  }

  /** A cursor has the database until it is closed. */
  async function openQuery(query: QuerySpec, signal?: AbortSignal): Promise<QueryCursor> {
    const borrowed = await borrow(signal);
    try {
      const cursor = await borrowed.engine.openQuery(query, signal);
      return {
        ...cursor,
        async close() {
          try {
            await cursor.close();
          } finally {
            await borrowed.release().catch(() => undefined);
          }
        },
      };
    } catch (error) {
      await borrowed.release().catch(() => undefined);
      throw error;
    }
  }

  return {
    name: 'duckdb',
    location: typeof database === 'string' ? `duckdb:${database}` : 'duckdb:<instance>',
    capabilities: CAPABILITIES,
    async begin(load, notice = () => undefined, signal) {
      const wasEmpty = isFile && sizeOf(database) === 0;
      const borrowed = await borrow(signal);
      if (thread && isFile && loaderFile() === null) notice(NO_THREAD);
      try {
        const session = await borrowed.engine.openSession(load, signal);
        if (wasEmpty && session.known.isEmpty) notice(wasEmptyFile(database));
        return releasing(session, borrowed, notice);
      } catch (error) {
        // What it failed with says more than that its file cannot be closed either.
        await borrowed.release().catch(() => undefined);
        throw error;
      }
    },
    dataset: (name, signal) => ({
      name,
      schema: () => readIfThere({ op: 'schema', dataset: name }, {}, signal),
      tables: () => readIfThere({ op: 'tables', dataset: name }, [], signal),
      async rows(table) {
        requireFile(name);
        return read({ op: 'rows', dataset: name, table }, signal);
      },
      query: (sql, parameters) => query(sql, parameters, name, signal),
      structure: () => readIfThere({ op: 'structure', dataset: name }, [], signal),
      async open(sql, parameters = []) {
        const plain = queryParameters(sql, parameters);
        requireFile(name);
        return openQuery({ sql, parameters: plain, dataset: name }, signal);
      },
      async write(sql, parameters, path, format) {
        const plain = queryParameters(sql, parameters);
        requireFile(name);
        return read({ op: 'write', sql, parameters: plain, dataset: name, path, format }, signal);
      },
      documents: (pipeline) =>
        readIfThere(
          { op: 'documents', dataset: name, pipeline },
          { state: { sources: {} }, schemas: [] },
          signal,
        ),
    }),
    query: (sql, parameters) => query(sql, parameters, null),
    async close() {
      while (users.size > 0) await Promise.all(users);
      const closing = memory;
      memory = undefined;
      if (closing !== undefined) await (await closing).close();
    },
  };
}

/** Null where there is no file. */
function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

function wasEmptyFile(path: string): string {
  return `${path} was an empty file, and a new database has been made in its place. Where it held one before, restore that from a copy.`;
}

/** Errors: ConfigError for what is no path and no instance, of whatever copy of the binding. */
function requireDatabase(database: unknown): void {
  if (typeof database === 'string' && database.trim() !== '') return requirePath(database);
  if (typeof Object(database).connect === 'function') return;
  throw new ConfigError(
    `duckdb() takes the path of a file, ":memory:" or a DuckDBInstance; found ${database === undefined ? 'nothing' : kindOf(database)}.`,
  );
}

/** A single letter before a colon is a drive of Windows. The rest of an address may be a secret. */
function requirePath(path: string): void {
  const [, scheme] = /^([a-z][a-z0-9+.-]+:|:(?!memory:$).*)/i.exec(path) ?? [];
  if (scheme?.startsWith(':') === true)
    throw new ConfigError(
      `duckdb() takes the path of a file or ":memory:", and ${JSON.stringify(path)} is neither. A database in memory has no name.`,
    );
  if (scheme !== undefined)
    throw new ConfigError(
      `duckdb() takes the path of a file, ":memory:" or a DuckDBInstance, and this is an address that begins with ${scheme}. For a database that DuckDB can attach, attach it in a DuckDBInstance of yours and hand that in; for a file of such a name, write ./ before it.`,
    );
}

/**
 * A session that gives the database back when it ends. A load that is complete stays so when its
 * file cannot be closed: that is a notice.
 */
function releasing(
  session: Session,
  borrowed: Borrowed,
  notice: (message: string) => void,
): Session {
  return wrapSession(session, async (how) => {
    try {
      await borrowed.release();
    } catch (error) {
      const ended = how === 'aborted' ? 'was ended' : 'is complete';
      const message = `Load ${session.loadId} ${ended}, but its database could not be closed: ${(error as Error).message}. DuckDB reads what is in its write-ahead log when it opens the file again.`;
      if (how === 'aborted') throw new LoadError(message, { cause: error });
      notice(message);
    }
  });
}
