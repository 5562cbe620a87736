import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../errors.js';
import { identifier } from '../sql/identifier.js';
import { literal } from './literal.js';
import { openToWrite } from './open-to-write.js';
import { openingProblem, openTwice } from './opening-problem.js';
import { removeSpilled } from './remove-spilled.js';
import { runOnce } from './run-once.js';
import type { Connections, Target } from './target.js';

/** A database that is open in an instance of DuckDB. */
export interface OpenDatabase {
  readonly instance: DuckDBInstance;
  /** SQL that every new connection runs first. */
  readonly setUp: string;
  /** Lets SQL run in as many threads as there are processors, until the database is closed. */
  useAllThreads(): Promise<void>;
  /**
   * How much memory DuckDB takes by itself, as it prints it; null where that is not to be limited.
   */
  memoryLimit: string | null;
  /**
   * SQL that ends the last transaction of a load, and SQL that undoes its settings where it fails.
   */
  lastCommit(merges: boolean): { commit: string; undo: string };
  close(how: Closing): Promise<void>;
  /** Where the tables are. @default in the database itself */
  tables?: OpenTables;
}

/** The tables of another database, which the instance has attached. */
export interface OpenTables {
  /** For those who read. */
  read: Target;
  /** For loads. `connections`: those of the instance. */
  loads(connections: Connections): Target;
}

/** How a database is closed. */
export interface Closing {
  /** Merges the partial row groups that commits leave. */
  merges: boolean;
  /**
   * Users ran SQL of their own, which may have changed the instance: the next file gets another.
   */
  isChanged: boolean;
}

const SETTINGS = {
  // Full row groups are written at once, and not five of a table together: a million nested rows
  // before a commit held a hundred megabytes more.
  write_buffer_row_group_count: '1',
  // A checkpoint in the middle of a load must not merge row groups: the first small commit
  // made a load of 200,000 rows 40 % slower.
  max_vacuum_tasks: '0',
  // An appender hands its rows to another thread where there is one, and looks without a pause
  // whether it is done: 1 M nested rows took 15 % more CPU. `useAllThreads` is for SQL.
  threads: '1',
};

/**
 * Rows of a row group that is added to a file; DuckDB's own is three times as large, and those that
 * are there stay. An appender compresses a full one while its caller waits, and the last commit of
 * a load those that are not full: 200,000 nested rows took a tenth longer and 30 MB more, a million
 * a quarter longer. The file is 7 % larger, and is read as fast.
 */
export const ROW_GROUP_ROWS = 40_960;

const MERGE = 'RESET GLOBAL max_vacuum_tasks';
const MERGE_NOT = `SET GLOBAL max_vacuum_tasks = ${SETTINGS.max_vacuum_tasks}`;

/** Every DuckDB from 1.3 on reads it, and it tries one text compression instead of two. */
const STORAGE_VERSION = 'v1.3.0';

/** Dates and times are those that rows are given with. */
const IN_UTC = "SET TimeZone = 'UTC'";

const PLAIN_COMMIT = (): { commit: string; undo: string } => ({ commit: 'COMMIT', undo: '' });

const ALL_THREADS = 'RESET GLOBAL threads';
export const FEW_THREADS: string = `SET GLOBAL threads = ${SETTINGS.threads}`;

const NO_TEMP = 'RESET GLOBAL temp_directory';

/** An instance that has no database, kept for the next file: starting one takes 8 ms. */
let idle: Promise<DuckDBInstance> | undefined;

/**
 * Starts the instance that the next file is opened in; resolves when that is done, in whatever way.
 * An error of it is that of the opening.
 */
export async function startInstance(): Promise<void> {
  idle ??= bareInstance();
  await idle.catch(() => undefined);
}

/** Opens a database in memory, which is gone when it is closed. `settings`: further ones. */
export async function openMemory(settings: Record<string, string> = {}): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    ...SETTINGS,
    ...settings,
    storage_compatibility_version: STORAGE_VERSION,
  });
  return {
    instance,
    setUp: IN_UTC,
    useAllThreads: () => runOnce(instance, ALL_THREADS),
    memoryLimit: null,
    lastCommit: PLAIN_COMMIT,
    close: () => {
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** Uses an instance that its owner opened and closes. */
export function openInstance(instance: DuckDBInstance): OpenDatabase {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    instance,
    setUp: IN_UTC,
    useAllThreads: nothing,
    memoryLimit: null,
    lastCommit: PLAIN_COMMIT,
    close: nothing,
  };
}

/**
 * Opens a file, or makes it (`isNew`). The file is attached to an instance and detached again:
 * that takes 1 ms each, where an instance of its own takes 8 ms and 3 ms.
 *
 * Errors: LoadError naming the file.
 */
export async function openFile(path: string, isNew: boolean): Promise<OpenDatabase> {
  if (!isNew && statSync(path).isDirectory())
    throw new LoadError(
      `${path} is a folder, and a database is a file. Give a path such as ${join(path, 'shop.duckdb')}.`,
    );
  if (!isNew && openToWrite(path) > 0) throw openTwice(path);
  const taken = idle ?? bareInstance();
  // At once: another file may be opened meanwhile.
  idle = undefined;
  const instance = await taken;
  const { name, memoryLimit } = await attach(instance, path, isNew).catch((error: unknown) => {
    keep(instance);
    throw openingError(path, error as Error);
  });
  removeSpilled(temporary(path));
  return {
    instance,
    // The schema too: a file may be named like a schema of DuckDB's own.
    setUp: `${IN_UTC}; USE ${identifier(name)}.main`,
    useAllThreads: () => runOnce(instance, ALL_THREADS),
    memoryLimit,
    // A transaction above the threshold is written to the file at once. Below it would be written
    // to the log, and from there to the file when that is closed.
    lastCommit(merges) {
      const before = ["SET GLOBAL checkpoint_threshold = '0KB'", ...(merges ? [MERGE] : [])];
      const undo = ['RESET GLOBAL checkpoint_threshold', ...(merges ? [MERGE_NOT] : [])];
      return { commit: [...before, 'COMMIT', ...undo].join('; '), undo: undo.join('; ') };
    },
    async close({ merges, isChanged }) {
      const checkpoint = `CHECKPOINT ${identifier(name)}`;
      try {
        await runOnce(
          instance,
          ...(merges ? [MERGE, checkpoint] : [checkpoint]),
          // The last of them fails once DuckDB has used the directory: another file would use it
          // too.
          ...(isChanged ? [] : [MERGE_NOT, FEW_THREADS, detach(name), NO_TEMP]),
        );
      } catch (error) {
        // What still refers to the instance keeps the file open, and the next to open it would be
        // the second.
        await runOnce(instance, detach(name)).catch(() => undefined);
        instance.closeSync();
        if (/Cannot switch temporary directory/.test((error as Error).message)) return;
        throw error;
      }
      if (isChanged) instance.closeSync();
      else keep(instance);
    },
  };
}

function keep(instance: DuckDBInstance): void {
  if (idle === undefined) idle = Promise.resolve(instance);
  else instance.closeSync();
}

/** An instance without a database of its own, whose name could be that of a file. */
async function bareInstance(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', SETTINGS);
  await runOnce(instance, detach('memory'));
  return instance;
}

/** SQL that detaches a database, also one that a new connection would use. */
function detach(name: string): string {
  return `SET search_path = 'system.main'; DETACH ${identifier(name)}`;
}

/**
 * Returns the name that DuckDB gives the database, and its own limit of memory. What has no room in
 * memory goes beside the file, as where DuckDB itself opens one, and not into the working
 * directory.
 */
async function attach(
  instance: DuckDBInstance,
  path: string,
  isNew: boolean,
): Promise<{ name: string; memoryLimit: string }> {
  const connection = await instance.connect();
  try {
    const version = isNew ? `, STORAGE_VERSION ${literal(STORAGE_VERSION)}` : '';
    const found = await connection.runAndReadAll(
      `SET GLOBAL temp_directory = ${literal(temporary(path))}; ATTACH ${literal(path)}${alias(path)} (ROW_GROUP_SIZE ${ROW_GROUP_ROWS}${version}); SELECT database_name, system.main.current_setting('memory_limit') FROM system.main.duckdb_databases() WHERE NOT internal`,
    );
    const [name, memoryLimit] = found.getRows()[0] as [string, string];
    return { name, memoryLimit };
  } finally {
    connection.closeSync();
  }
}

/** Where DuckDB writes what has no room in memory. */
function temporary(path: string): string {
  return `${path}.tmp`;
}

/**
 * DuckDB itself names a file `temp_db` that has the name of its `temp`, if in small letters only.
 */
function alias(path: string): string {
  const own = /^(?:temp|system)$/i.exec(parse(path).name)?.[0].toLowerCase();
  return own === undefined ? '' : ` AS ${own}_db`;
}

function openingError(path: string, cause: Error): LoadError {
  const version = storageVersion(path);
  if (version !== null && version > NEWEST_STORAGE)
    return new LoadError(
      `${path} was made by a newer DuckDB (storage version ${version}, DuckDB 2.0 or later); sluice uses DuckDB 1.5, which reads versions up to ${NEWEST_STORAGE}. ` +
        `Convert it with the newer DuckDB: ATTACH 'copy.duckdb' AS copy (STORAGE_VERSION '${STORAGE_VERSION}'); COPY FROM DATABASE "<name>" TO copy; then load into copy.duckdb.`,
      { cause },
    );
  return new LoadError(openingProblem(path, cause.message), { cause });
}

/** The newest storage version that DuckDB 1.5 reads. */
const NEWEST_STORAGE = 68;

/**
 * The storage version in a database file's header (64-bit number behind a checksum and `DUCK`);
 * null for other files and where it cannot be read.
 */
function storageVersion(path: string): number | null {
  const header = Buffer.alloc(20);
  try {
    const file = openSync(path, 'r');
    try {
      if (readSync(file, header, 0, 20, 0) < 20 || header.toString('latin1', 8, 12) !== 'DUCK')
        return null;
    } finally {
      closeSync(file);
    }
  } catch {
    // DuckDB's own error says why the file cannot be opened.
    return null;
  }
  return Number(header.readBigUInt64LE(12));
}
