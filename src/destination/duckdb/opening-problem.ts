import { statSync } from 'node:fs';
import { LoadError } from '../../errors.js';
import { damageAdvice } from './load-error.js';

const IN_ANOTHER = ' is open in another process';
const LOCKED = /Conflicting lock is held in (.*?) \(PID (\d+)\)/;
const WAIT =
  'DuckDB lets one process write a file. Wait until that one has closed it; `duckdb(path, { lockTimeoutMs: 60_000 })` waits.';

/** Why a file cannot be opened, by DuckDB's message, and what to do. */
export function openingProblem(path: string, message: string): string {
  const [, program, process] = LOCKED.exec(message) ?? [];
  if (process !== undefined) return `${path}${IN_ANOTHER} (PID ${process}, ${program}). ${WAIT}`;
  if (/Could not set lock|used by another process/.test(message))
    return `${path}${IN_ANOTHER}: ${message}. ${WAIT}`;
  const cannot = `${path} cannot be opened: ${message.replace(/[.!]?\s*$/, '.')}`;
  if (statSync(path, { throwIfNoEntry: false })?.size === 0)
    return `${cannot} It is empty: whoever made it was stopped before it was a database, or a power failure has emptied it. Delete it and run again.`;
  if (/not a valid DuckDB database/.test(message))
    return `${cannot} Give the path of a DuckDB database, or of a file that does not exist yet.`;
  return `${cannot}${damageAdvice(message)}`;
}

/** Whether an error is that of a file which another process has open. */
export function isLocked(error: unknown): boolean {
  return error instanceof LoadError && error.message.includes(IN_ANOTHER);
}

/** The error of a file that this process has open already. */
export function openTwice(path: string): LoadError {
  return new LoadError(
    `${path} is open in this process already, by a DuckDBInstance of its own or in another thread. DuckDB corrupts files that one process opens twice. Hand that instance in, \`duckdb(instance)\`, or close it before the load.`,
  );
}
