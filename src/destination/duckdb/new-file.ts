import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { LoadError } from '../../errors.js';
import { openToWrite } from './open-to-write.js';

/** Bytes of the headers that DuckDB writes first into a file that it makes. */
const HEADER_BYTES = 12_288;
/** Milliseconds within which whoever makes a file has written its headers. */
const MAKING_MS = 1_000;
const PAUSE_MS = 20;
/** Somebody may write a file that has one of these permissions. */
const TO_WRITE = 0o222;

/** A file that is yet to be made. */
export interface NewFile {
  /** Permissions of the file that was in its place, which it gets; null where there was none. */
  mode: number | null;
}

/**
 * Tells that a database is yet to be made at a path: there is no file, or one whose maker was
 * stopped before it was a database (or which a power failure emptied), which is removed. Nothing
 * can have been committed to it: that takes the headers, or a write-ahead log beside it. DuckDB
 * refuses such a file. One that was written a moment ago may be another process's that is making
 * it: it is waited for. One that nobody may write stays. Null for a file that is there.
 *
 * Errors: LoadError where there is no file, but a write-ahead log of one: DuckDB would delete it.
 */
export async function newFile(path: string): Promise<NewFile | null> {
  for (;;) {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined) {
      if (hasLog(path)) throw loneLog(path);
      return { mode: null };
    }
    const isWritable = file.isFile() && (file.mode & TO_WRITE) !== 0;
    const isOurs = isWritable && file.size < HEADER_BYTES && isUnmade(path);
    const age = Date.now() - file.mtimeMs;
    const isBeingMade = isOurs && age >= 0 && age < MAKING_MS;
    if (isOurs && !isBeingMade && isRemoved(path)) return { mode: file.mode };
    // Another process may have been the first to remove it, and makes one in its place.
    if (!isBeingMade && existsSync(path)) return null;
    await setTimeout(PAUSE_MS);
  }
}

function hasLog(path: string): boolean {
  return (statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function loneLog(path: string): LoadError {
  return new LoadError(
    `There is no database ${path}, but its write-ahead log ${path}.wal, which holds what was committed last. Put the database back beside it; or delete the log, and run again to make a new database.`,
  );
}

/** Reads the file, which no one in this process may have open: DuckDB's lock on it would go. */
function isUnmade(path: string): boolean {
  if (openToWrite(path) > 0) return false;
  if (hasLog(path)) return false;
  const bytes = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      const read = readSync(file, bytes);
      return read < HEADER_BYTES && (bytes.toString('latin1', 8, 12) === 'DUCK' || isZero(bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    // DuckDB's own error says why the file cannot be opened.
    return false;
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

function isRemoved(path: string): boolean {
  try {
    rmSync(path);
    return true;
  } catch {
    return false;
  }
}
