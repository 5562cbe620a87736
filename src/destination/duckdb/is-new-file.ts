import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openToWrite } from './open-to-write.js';

/** Bytes of the headers that DuckDB writes first into a file that it makes. */
const HEADER_BYTES = 12_288;
/** Milliseconds within which whoever makes a file has written its headers. */
const MAKING_MS = 1_000;
const PAUSE_MS = 20;

/**
 * Whether a database is yet to be made at a path: there is no file, or one whose maker was stopped
 * before it was a database (or which a power failure emptied), which is removed. Nothing can have
 * been committed to it: that takes the headers, or a write-ahead log beside it. DuckDB refuses such
 * a file. One that was written a moment ago may be another process's that is making it: it is
 * waited for.
 */
export async function isNewFile(path: string): Promise<boolean> {
  for (;;) {
    const file = statSync(path, { throwIfNoEntry: false });
    if (file === undefined) return true;
    if (!file.isFile() || file.size >= HEADER_BYTES || !isUnmade(path)) return false;
    const age = Date.now() - file.mtimeMs;
    if (age < 0 || age >= MAKING_MS) return isRemoved(path);
    await setTimeout(PAUSE_MS);
  }
}

/** Reads the file, which no one in this process may have open: DuckDB's lock on it would go. */
function isUnmade(path: string): boolean {
  if (openToWrite(path) > 0) return false;
  if ((statSync(`${path}.wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) return false;
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
