import { AbortError } from '../../operators/errors.js';
import type { QueryCursor } from '../destination/column-block.js';
import type { DatasetReader, Destination } from '../destination/destination.js';
import { wrapSession } from '../destination/wrap-session.js';
import { ConfigError } from '../errors.js';
import { onAbort } from '../signals/on-abort.js';

/** The destination of one pipeline, with the loads and reads that are under way. */
export interface TrackedDestination {
  readonly destination: Destination;
  /** The dataset's reader, whose reads are waited for too. */
  dataset(name: string): DatasetReader;
  /** The load under way was left (unsubscribed): the next one begins when it has ended. */
  leave(): void;
  /** Errors: ConfigError after `close`. `to` says what for. */
  requireOpen(to: 'load' | 'read'): void;
  /**
   * Lets nothing begin any more. Resolves when no load and no reader of the pipeline is under way;
   * `abort` stops its readers.
   */
  close(abort: boolean): Promise<void>;
}

/** Tracks what one pipeline does with a destination that others may use too. */
export function trackedDestination(real: Destination, pipeline: string): TrackedDestination {
  const stopping = new AbortController();
  let isClosed = false;
  const users = new Set<Promise<void>>();
  const loads = new Set<Promise<void>>();
  let left: readonly Promise<void>[] = [];

  function enter(...sets: Set<Promise<void>>[]): () => void {
    let done = (): void => undefined;
    const using = new Promise<void>((resolve) => (done = resolve));
    for (const set of sets) set.add(using);
    return () => {
      for (const set of sets) set.delete(using);
      done();
    };
  }
  const requireOpen: TrackedDestination['requireOpen'] = (to) => {
    if (isClosed)
      throw new ConfigError(
        `Pipeline ${pipeline} is closed. Make another one with pipeline() to ${to} again.`,
      );
  };
  async function reading<T>(read: () => Promise<T>): Promise<T> {
    requireOpen('read');
    const done = enter(users);
    try {
      return await read();
    } finally {
      done();
    }
  }
  /** A cursor is under way until it is closed, by its reader or by an abort. */
  async function opened(open: () => Promise<QueryCursor>): Promise<QueryCursor> {
    requireOpen('read');
    const { signal } = stopping;
    const done = enter(users);
    try {
      const cursor = await open();
      const close = (): Promise<void> => cursor.close().finally(done);
      const off = onAbort(signal, () => void close().catch(() => undefined));
      const fetch = <T>(block: () => Promise<T>): Promise<T> =>
        block().catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error;
        });
      return {
        columns: cursor.columns,
        values: () => fetch(() => cursor.values()),
        buffers: () => fetch(() => cursor.buffers()),
        close() {
          off();
          return close();
        },
      };
    } catch (error) {
      done();
      throw error;
    }
  }
  return {
    destination: {
      name: real.name,
      location: real.location,
      capabilities: real.capabilities,
      async begin(load, notice, signal) {
        const before = left;
        const done = enter(users, loads);
        try {
          await Promise.all(before);
          return wrapSession(await real.begin(load, notice, signal), done);
        } catch (error) {
          done();
          throw error;
        }
      },
      dataset: (name, signal) => real.dataset(name, signal),
      close: () => real.close(),
    },
    dataset(name) {
      const reader = real.dataset(name, stopping.signal);
      return {
        name: reader.name,
        schema: () => reading(() => reader.schema()),
        tables: () => reading(() => reader.tables()),
        rows: (table) => reading(() => reader.rows(table)),
        ...(reader.query !== undefined && {
          query: <T extends object>(sql: string, parameters?: readonly unknown[]) =>
            reading(() => (reader as Required<DatasetReader>).query<T>(sql, parameters)),
        }),
        ...(reader.structure !== undefined && {
          structure: () => reading(() => (reader as Required<DatasetReader>).structure()),
        }),
        ...(reader.open !== undefined && {
          open: (sql: string, parameters?: readonly unknown[]) =>
            opened(() => (reader as Required<DatasetReader>).open(sql, parameters)),
        }),
        ...(reader.write !== undefined && {
          write: (...given: Parameters<Required<DatasetReader>['write']>) =>
            reading(() => (reader as Required<DatasetReader>).write(...given)),
        }),
        ...(reader.documents !== undefined && {
          documents: (owner: string) =>
            reading(() => (reader as Required<DatasetReader>).documents(owner)),
        }),
      };
    },
    leave() {
      left = [...loads];
    },
    requireOpen,
    async close(abort) {
      isClosed = true;
      if (abort)
        stopping.abort(
          new AbortError(`The read was stopped, because pipeline ${pipeline} was closed.`),
        );
      while (users.size > 0) await Promise.all(users);
    },
  };
}
