import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join as joinPath, resolve } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import type { Database } from '@duckdb/node-bindings';
import { LoadError } from '../../errors.js';
import type { ReadRow } from '../destination.js';
import type { Engine } from './engine.js';
import { openEngineIn } from './open-engine-in.js';
import { openToWrite } from './open-to-write.js';

/** A database that is in use: give it back when done. */
export interface Borrowed {
  engine: Engine;
  /**
   * The last one to give a file back closes it; resolves when that is done. May be called again.
   */
  release(): Promise<void>;
}

interface Entry {
  /** What the file is: DuckDB opens a catalog as a database too. */
  kind: 'duckdb' | 'ducklake';
  users: number;
  engine: Promise<Engine> | undefined;
  /** Resolves when the file that was open before is closed. Never rejects. */
  closed: Promise<unknown>;
}

interface Databases {
  /** Open files by their identity. */
  files: Map<string, Entry>;
  /** Folders in which a file is being made. */
  folders: Map<string, Promise<void>>;
}

/**
 * The databases that this process has open: DuckDB does not notice when one process opens a file
 * twice, and it ends in corruption. On globalThis under a registered symbol, so that two copies of
 * this package share it.
 */
function databases(): Databases {
  const holder = globalThis as { [key: symbol]: Databases | undefined };
  return (holder[Symbol.for('sluice.databases')] ??= { files: new Map(), folders: new Map() });
}

/**
 * Opens a file, or joins those who have it open, in a loader thread (or the caller's own thread).
 */
export async function borrowFile(path: string, thread: boolean): Promise<Borrowed> {
  const real = realPath(path);
  return borrow(real, 'duckdb', () => openEngineIn(thread, real));
}

/** Opens the catalog of a DuckLake by its real path, or joins those who have it open. */
export async function borrowCatalog(
  path: string,
  open: (path: string) => Promise<Engine>,
): Promise<Borrowed> {
  const real = realPath(path);
  return borrow(real, 'ducklake', () => open(real));
}

/** Whether this process has a file open, by whatever name or link. False where there is none. */
export function isOpenHere(path: string): boolean {
  const key = identity(path);
  return key !== null && (databases().files.has(key) || openToWrite(path) > 0);
}

const instances = new WeakMap<DuckDBInstance, Promise<Engine>>();

/**
 * An instance that its owner has open: used in the caller's thread, never closed by us. While it is
 * in use, those who name its file share it.
 */
export async function borrowInstance(instance: DuckDBInstance): Promise<Borrowed> {
  const opening =
    instances.get(instance) ??
    ownInstance(instance).then(async (own) => {
      const { openEngine } = await import('./engine.js');
      return openEngine(own);
    });
  instances.set(instance, opening);
  const engine = await opening;
  const [row] = await engine
    .read<ReadRow[]>({
      op: 'query',
      sql: 'SELECT path FROM duckdb_databases() WHERE database_name = current_database()',
      parameters: [],
      dataset: null,
    })
    .catch((error: unknown) => {
      throw new LoadError(
        `The DuckDBInstance that was handed in cannot be used: ${(error as Error).message}. Hand in one that is open.`,
        { cause: error },
      );
    });
  if (typeof row?.['path'] !== 'string') return { engine, release: () => Promise.resolve() };
  const borrowed = await borrow(realPath(row['path']), 'duckdb', () => opening);
  if (borrowed.engine === engine) return borrowed;
  await borrowed.release().catch(() => undefined);
  throw new LoadError(
    `${row['path']} is open in this process twice: in the DuckDBInstance that was handed in, and by its path or in another instance. DuckDB corrupts such files. Use one of them for all loads.`,
  );
}

/**
 * The instance as one of the API that is bundled with us. What a program made with its own import
 * of the API is the same database behind another class. Errors: LoadError for an instance of
 * another copy of the API, which may have another DuckDB behind it.
 */
async function ownInstance(instance: DuckDBInstance): Promise<DuckDBInstance> {
  const { DuckDBInstance: Own } = await import('@duckdb/node-api');
  if (instance instanceof Own) return instance;
  const { default: installed } = await import('@duckdb/node-api/lib/index.js');
  if ((instance as object) instanceof installed.DuckDBInstance)
    return new Own((instance as unknown as { db: Database }).db);
  throw new LoadError(
    'The DuckDBInstance that was handed in comes from another copy of @duckdb/node-api than the one that sluice uses; two copies of the binding cannot share a database. Import DuckDBInstance from "sluice/duckdb".',
  );
}

/**
 * Joins those who have the file open, or opens it. A file that is yet to be made has no identity of
 * its own: until it has, no other file of its folder is opened, for that might be the same one in
 * other letters.
 */
async function borrow(
  path: string,
  kind: Entry['kind'],
  open: () => Promise<Engine>,
): Promise<Borrowed> {
  const { files, folders } = databases();
  for (;;) {
    const key = identity(path);
    const known = key === null ? undefined : files.get(key);
    if (known !== undefined && known.kind !== kind)
      throw new LoadError(
        `${path} is open in this process as ${known.kind === 'duckdb' ? 'a database' : 'the catalog of a DuckLake'}. Name it in ${known.kind}() alone.`,
      );
    if (key !== null && known !== undefined) return join(key, known, open);
    const folder = identity(dirname(path)) ?? dirname(path);
    const making = folders.get(folder);
    if (making !== undefined) await making.catch(() => undefined);
    else if (key !== null) {
      const entry: Entry = { kind, users: 0, engine: undefined, closed: Promise.resolve() };
      files.set(key, entry);
      return join(key, entry, open);
    } else {
      const made = make(path, kind, open);
      folders.set(folder, made);
      await made.finally(() => folders.delete(folder));
    }
  }
}

/** Opens a file that does not exist yet, and registers it by what it is then. */
async function make(path: string, kind: Entry['kind'], open: () => Promise<Engine>): Promise<void> {
  const engine = await open();
  const key = identity(path);
  if (key !== null) {
    const entry: Entry = {
      kind,
      users: 0,
      engine: Promise.resolve(engine),
      closed: Promise.resolve(),
    };
    databases().files.set(key, entry);
    return;
  }
  await engine.close().catch(() => undefined);
  throw new LoadError(`${path} was removed while it was being made. Run again.`);
}

async function join(key: string, entry: Entry, open: () => Promise<Engine>): Promise<Borrowed> {
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
  try {
    await closing;
  } finally {
    const { files } = databases();
    if (entry.users === 0 && files.get(key) === entry) files.delete(key);
  }
}

/**
 * Device and inode, which links and other letters do not change; the path where the file system
 * numbers nothing. Null where there is no file.
 */
function identity(path: string): string | null {
  try {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return null;
    return found.ino === 0n ? realpathSync(path) : `${found.dev}:${found.ino}`;
  } catch (error) {
    throw new LoadError(`${path} cannot be opened: ${(error as Error).message}.`, { cause: error });
  }
}

/** Links that lead to one another, at most; as operating systems have it. */
const MOST_LINKS = 40;

/** Where a path leads, also by a link to a file that is yet to be made. */
function realPath(path: string, links = MOST_LINKS): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const target = linkAt(absolute);
    if (target !== null && links > 0)
      return realPath(resolve(dirname(absolute), target), links - 1);
    try {
      return joinPath(realpathSync(dirname(absolute)), basename(absolute));
    } catch (error) {
      throw new LoadError(`The folder of database ${path} does not exist. Make it first.`, {
        cause: error,
      });
    }
  }
}

function linkAt(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
