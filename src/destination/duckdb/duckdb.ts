import { statSync } from 'node:fs';
import type { DuckDBInstance } from '@duckdb/node-api';
import { givenOptions } from '../../../operators/settings/given-options.js';
import { count, flag, record } from '../../../operators/settings/shape.js';
import { kindOf } from '../../../operators/settings/user-function.js';
import { ConfigError, LoadError } from '../../errors.js';
import type { Session } from '../destination.js';
import { type DuckdbDestination, engineDestination } from './engine-destination.js';
import type { Engine } from './engine.js';
import { borrowFile, borrowInstance } from './registry.js';
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

const SHAPE = record<DuckdbConfig>('duckdb()', {
  thread: flag,
  lockTimeoutMs: count,
});

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
  return engineDestination({
    name: 'duckdb',
    location: typeof database === 'string' ? `duckdb:${database}` : 'duckdb:<instance>',
    async take(signal) {
      if (typeof database !== 'string') return borrowInstance(database);
      if (database !== ':memory:')
        return whenUnlocked(() => borrowFile(database, thread), lockTimeoutMs, signal);
      memory ??= import('./engine.js').then(({ openEngine }) => openEngine(database));
      return { engine: await memory, release: () => Promise.resolve() };
    },
    async end() {
      const closing = memory;
      memory = undefined;
      if (closing !== undefined) await (await closing).close();
    },
    ...(isFile && {
      isThere: () => Boolean(sizeOf(database)),
      requireThere(dataset: string) {
        if (!sizeOf(database))
          throw new LoadError(
            `There is no database file ${database}, and dataset ${dataset} has no tables, since no load into it has committed yet: run the pipeline first, or check the path.`,
          );
      },
      beginning(notice: (message: string) => void) {
        const wasEmpty = sizeOf(database) === 0;
        if (thread && loaderFile() === null) notice(NO_THREAD);
        return (session: Session) => {
          if (wasEmpty && session.known.isEmpty) notice(wasEmptyFile(database));
        };
      },
    }),
  });
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
