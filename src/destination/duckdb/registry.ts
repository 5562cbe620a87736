import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { type Engine, openEngine } from './engine.js';
import { loaderFile, openInThread } from './thread/thread-engine.js';

/** A database that is in use: give it back when done. */
export interface Borrowed {
  engine: Engine;
  /**
   * The last one to give a file back closes it; resolves when that is done. May be called again.
   */
  release(): Promise<void>;
}

interface Entry {
  users: number;
  engine: Promise<Engine> | undefined;
  /** Resolves when the file that was open before is closed. Never rejects. */
  closed: Promise<unknown>;
}

/**
 * The databases that this process has open, by real path: DuckDB does not notice when one process
 * opens a file twice, and it ends in corruption. On globalThis under a registered symbol, so that
 * two copies of this package share it.
 */
function entries(): Map<string, Entry> {
  const holder = globalThis as { [key: symbol]: Map<string, Entry> | undefined };
  return (holder[Symbol.for('sluice.databases')] ??= new Map());
}

/**
 * Opens a file, or joins those who have it open, in a loader thread (or the caller's own thread).
 */
export async function borrowFile(path: string, thread: boolean): Promise<Borrowed> {
  if (path.trim() === '')
    throw new LoadError(
      'The path of the database is empty. Give the path of a file, such as shop.duckdb, or :memory:.',
    );
  const key = realPath(path);
  return borrow(key, () => (thread && loaderFile() !== null ? openInThread(key) : openEngine(key)));
}

const instances = new WeakMap<DuckDBInstance, Promise<Engine>>();

/**
 * An instance that its owner has open: used in the caller's thread, never closed by us. While it is
 * in use, those who name its file share it.
 */
export async function borrowInstance(instance: DuckDBInstance): Promise<Borrowed> {
  if (!(instance instanceof DuckDBInstance))
    throw new LoadError(
      'The DuckDBInstance that was handed in is of another copy of @duckdb/node-api than the one sluice uses; two copies of the binding cannot share a database. Import DuckDBInstance from "sluice".',
    );
  const opening = instances.get(instance) ?? openEngine(instance);
  instances.set(instance, opening);
  const engine = await opening;
  const [row] = await engine.query(
    'SELECT path FROM duckdb_databases() WHERE database_name = current_database()',
    [],
  );
  if (typeof row?.['path'] !== 'string') return { engine, release: () => Promise.resolve() };
  const borrowed = await borrow(realPath(row['path']), () => opening);
  if (borrowed.engine === engine) return borrowed;
  await borrowed.release();
  throw new LoadError(
    `${row['path']} is open in this process twice: in the DuckDBInstance that was handed in, and by its path or in another instance. DuckDB corrupts such files. Use one of them for all loads.`,
  );
}

async function borrow(key: string, open: () => Promise<Engine>): Promise<Borrowed> {
  const entry = entries().get(key) ?? { users: 0, engine: undefined, closed: Promise.resolve() };
  entries().set(key, entry);
  entry.users += 1;
  await entry.closed;
  entry.engine ??= open();
  let released: Promise<void> | undefined;
  try {
    const engine = await entry.engine;
    return { engine, release: () => (released ??= giveBack(key, entry)) };
  } catch (error) {
    await giveBack(key, entry);
    throw error;
  }
}

/** Errors: what closing the file failed with. */
async function giveBack(key: string, entry: Entry): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return;
  const { engine } = entry;
  entry.engine = undefined;
  const closing = engine?.then(
    (opened) => opened.close(),
    () => undefined,
  );
  entry.closed = Promise.resolve(closing).catch(() => undefined);
  await closing;
  if (entry.users === 0) entries().delete(key);
}

function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    try {
      return join(realpathSync(dirname(absolute)), basename(absolute));
    } catch (error) {
      throw new LoadError(`The folder of database ${path} does not exist. Make it first.`, {
        cause: error,
      });
    }
  }
}
