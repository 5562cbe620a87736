import { LoadError } from '../../errors.js';
import type { QueryCursor } from '../column-block.js';
import type { Capabilities, Destination, ReadRow, Session } from '../destination.js';
import { wrapSession } from '../wrap-session.js';
import type { Engine } from './engine.js';
import { queryParameters } from './query-parameters.js';
import type { Read } from './read-dataset.js';
import type { QuerySpec } from './read/open-cursor.js';
import type { Borrowed } from './registry.js';

/** A database that DuckDB reaches as a destination, which can be queried as a whole too. */
export interface DuckdbDestination extends Destination {
  /**
   * Rows as objects; integers beyond 2^53 as BigInt. Tables are named with their dataset
   * (`shop_data.orders`). Parameters are `$1`, `$2`, …; a Date is an instant. Errors: ConfigError
   * for parameters that are no values of SQL; LoadError for what DuckDB refuses.
   */
  query<T extends object = ReadRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
}

/** What is different from one such database to another. */
export interface EngineDestinationConfig {
  name: string;
  location: string;
  /** Opens the database, or joins those who have it open. */
  take: (signal: AbortSignal | undefined, use: 'load' | 'read') => Promise<Borrowed>;
  /** Gives back what is open between two uses. */
  end: () => Promise<void>;
  /**
   * Whether there is a database: reading makes none, for there is nothing in it. @default always
   */
  isThere?: () => boolean;
  /** Errors: LoadError that says that there is none with this dataset. */
  requireThere?: (dataset: string) => void;
  /** Before a load opens the database; what it gives is called when the load has begun. */
  beginning?: (notice: (message: string) => void) => (session: Session) => void;
}

const CAPABILITIES: Capabilities = {
  dispositions: ['append', 'replace', 'merge'],
  mergeStrategies: ['delete-insert', 'upsert', 'insert-only', 'scd2'],
  refresh: ['drop_sources', 'drop_resources', 'drop_data'],
  commits: true,
};

/** @param capabilities those in which the database differs from DuckDB's own files */
export function engineDestination(
  { name, location, take, end, ...config }: EngineDestinationConfig,
  capabilities: Partial<Capabilities> = {},
): DuckdbDestination {
  const { isThere = () => true, requireThere = () => undefined, beginning } = config;
  const users = new Set<Promise<void>>();

  /** Keeps account of who has the database, so that `close` can wait for them. */
  async function borrow(
    signal: AbortSignal | undefined,
    use: 'load' | 'read' = 'read',
  ): Promise<Borrowed> {
    let left = (): void => undefined;
    const using = new Promise<void>((resolve) => (left = resolve));
    users.add(using);
    const leave = (): void => {
      users.delete(using);
      left();
    };
    try {
      const taken = await take(signal, use);
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
  const readIfThere = <T>(what: Read, nothing: T, signal?: AbortSignal): Promise<T> =>
    isThere() ? read(what, signal) : Promise.resolve(nothing);
  async function query<T extends object>(
    sql: string,
    parameters: readonly unknown[] = [],
    dataset: string | null,
    signal?: AbortSignal,
  ): Promise<T[]> {
    const plain = queryParameters(sql, parameters);
    if (dataset !== null) requireThere(dataset);
    return read({ op: 'query', sql, parameters: plain, dataset }, signal);
  }

  /** A cursor has the database until it is closed. */
  async function openQuery(spec: QuerySpec, signal?: AbortSignal): Promise<QueryCursor> {
    const borrowed = await borrow(signal);
    try {
      const cursor = await borrowed.engine.openQuery(spec, signal);
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
    name,
    location,
    capabilities: { ...CAPABILITIES, ...capabilities },
    async begin(load, notice = () => undefined, signal) {
      const began = beginning?.(notice);
      const borrowed = await borrow(signal, 'load');
      try {
        const session = await borrowed.engine.openSession(load, signal);
        began?.(session);
        return releasing(session, borrowed, notice);
      } catch (error) {
        // What it failed with says more than that its file cannot be closed either.
        await borrowed.release().catch(() => undefined);
        throw error;
      }
    },
    dataset: (dataset, signal) => ({
      name: dataset,
      schema: () => readIfThere({ op: 'schema', dataset }, {}, signal),
      tables: () => readIfThere({ op: 'tables', dataset }, [], signal),
      async rows(table) {
        requireThere(dataset);
        return read({ op: 'rows', dataset, table }, signal);
      },
      query: (sql, parameters) => query(sql, parameters, dataset, signal),
      structure: () => readIfThere({ op: 'structure', dataset }, [], signal),
      async open(sql, parameters = []) {
        const plain = queryParameters(sql, parameters);
        requireThere(dataset);
        return openQuery({ sql, parameters: plain, dataset }, signal);
      },
      async write(sql, parameters, path, format) {
        const plain = queryParameters(sql, parameters);
        requireThere(dataset);
        return read({ op: 'write', sql, parameters: plain, dataset, path, format }, signal);
      },
      documents: (pipeline) =>
        readIfThere(
          { op: 'documents', dataset, pipeline },
          { state: { sources: {} }, schemas: [] },
          signal,
        ),
    }),
    query: (sql, parameters) => query(sql, parameters, null),
    async close() {
      while (users.size > 0) await Promise.all(users);
      await end();
    },
  };
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
