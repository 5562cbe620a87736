import { DuckDBInstance } from '@duckdb/node-api';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LoadError } from '../errors.js';
import { type Engine, openEngine } from './engine.js';
import { type LoaderThread, loaderThread } from './thread-engine.js';

/** A database that is in use: give it back when done. */
export interface Borrowed {
  engine: Engine;
  /** The last one to give a file back closes it; resolves when that is done. May be called again. */
  release(): Promise<void>;
}

interface Entry {
  users: number;
  engine: Promise<Engine> | undefined;
  closing: Promise<void>;
  thread: LoaderThread | undefined;
}

/** A loader thread without a file, kept for the next one: starting one takes longer than a small load. */
let idle: LoaderThread | undefined;

/**
 * The databases that this process has open, by real path: DuckDB does not notice when one process opens a file twice, and it
 * ends in corruption. On globalThis under a registered symbol, so that two copies of this package share it.
 */
function entries(): Map<string, Entry> {
  const holder = globalThis as { [key: symbol]: Map<string, Entry> | undefined };
  return (holder[Symbol.for('sluice.databases')] ??= new Map());
}

/** Opens a file, or joins those who have it open, with one loader thread for it (or the caller's own thread). */
export async function borrowFile(path: string, thread: boolean): Promise<Borrowed> {
  const key = realPath(path);
  const entry = entries().get(key) ?? { users: 0, engine: undefined, closing: Promise.resolve(), thread: undefined };
  entries().set(key, entry);
  entry.users += 1;
  await entry.closing;
  entry.engine ??= thread ? threadFor(entry).open(key) : openEngine(key);
  try {
    return borrowed(entry, await entry.engine);
  } catch (error) {
    entry.users -= 1;
    entry.engine = undefined;
    throw error;
  }
}

function threadFor(entry: Entry): LoaderThread {
  entry.thread ??= idle ?? loaderThread();
  if (idle === entry.thread) idle = undefined;
  return entry.thread;
}

function borrowed(entry: Entry, engine: Engine): Borrowed {
  let released: Promise<void> | undefined;
  return {
    engine,
    release() {
      released ??= giveBack(entry, engine);
      return released;
    },
  };
}

async function giveBack(entry: Entry, engine: Engine): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return;
  entry.engine = undefined;
  entry.closing = engine.close().finally(() => {
    if (entry.users > 0 || entry.thread === undefined) return;
    if (idle === undefined) idle = entry.thread;
    else entry.thread.end();
    entry.thread = undefined;
  });
  await entry.closing;
}

const instances = new WeakMap<DuckDBInstance, Promise<Engine>>();

/** An instance that its owner has open: used in the caller's thread, never closed by us. */
export async function borrowInstance(instance: DuckDBInstance): Promise<Borrowed> {
  if (!(instance instanceof DuckDBInstance))
    throw new LoadError(
      'The DuckDBInstance that was handed in is of another copy of @duckdb/node-api than the one sluice uses; two copies of the binding cannot share a database. Import DuckDBInstance from "sluice".',
    );
  const engine = instances.get(instance) ?? openEngine(instance);
  instances.set(instance, engine);
  return { engine: await engine, release: () => Promise.resolve() };
}

function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    try {
      return join(realpathSync(dirname(absolute)), basename(absolute));
    } catch (error) {
      throw new LoadError(`The folder of database ${path} does not exist. Make it first.`, { cause: error });
    }
  }
}
