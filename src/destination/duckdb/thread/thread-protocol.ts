import type { LoadStep } from '../../../../operators/types.js';
import { ConfigError, LoadError } from '../../../errors.js';
import type { BlockColumn, ResultColumn } from '../../column-block.js';
import type { BatchMessage, Known, LoadProgress, LoadSpec, Outcome } from '../../messages.js';
import type { AttachedDatabase } from '../attached-database.js';
import type { Read } from '../read-dataset.js';
import type { QuerySpec } from '../read/open-cursor.js';

/**
 * Flags in the memory that both threads share: 1 when the thread has started DuckDB, and when it
 * has left DuckDB for good.
 */
export const STARTED = 0;
export const LEFT = 1;

/**
 * What the caller's thread requests of the loader's. `session` is the number that `open-session`
 * gave.
 */
export type ThreadRequest =
  | { op: 'open'; database: string | AttachedDatabase }
  | { op: 'open-session'; load: LoadSpec }
  /** `returns`: the batch's memory is wanted back. */
  | { op: 'append'; session: number; batch: BatchMessage; returns: boolean }
  | {
      op: 'commit';
      session: number;
      progress: Readonly<Record<string, LoadProgress>>;
      isLast: boolean;
    }
  | { op: 'abort'; session: number }
  | { op: 'finish'; session: number; outcome: Outcome }
  | { op: 'read'; what: Read }
  | { op: 'open-query'; query: QuerySpec }
  /** `cursor` is the number that `open-query` gave. */
  | { op: 'values' | 'buffers' | 'close-query'; cursor: number }
  /**
   * Breaks off what was requested in message `id`: a read, a block of a query, or the
   * opening of a session.
   */
  | { op: 'stop'; id: number }
  | { op: 'close' }
  | { op: 'exit' };

/** What `open-query` gives. */
export interface OpenedQuery {
  cursor: number;
  columns: readonly ResultColumn[];
}

/** What `append` gives; the memory is null where it is not wanted, or lies in several buffers. */
export interface Appended {
  step: LoadStep;
  memory: ArrayBuffer | null;
}

/** What `open-session` gives. */
export interface OpenedSession {
  session: number;
  loadId: string;
  known: Known;
}

export type RequestMessage = { id: number; request: ThreadRequest };
export type ResponseMessage = { id: number; result: unknown } | { id: number; error: PlainError };

/** An error as plain data: what is left of it on the other side of a thread's border. */
export interface PlainError {
  message: string;
  /** Which of our errors it is; null for DuckDB's own. */
  kind: 'config' | 'load' | null;
  cause: string | null;
}

export function plainError(error: unknown): PlainError {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    message: known.message,
    kind: error instanceof ConfigError ? 'config' : error instanceof LoadError ? 'load' : null,
    cause: known.cause instanceof Error ? known.cause.message : null,
  };
}

/** Ours come back as they were, DuckDB's own (when it reads a schema) as plain errors. */
export function errorFrom({ message, kind, cause }: PlainError): Error {
  const options = cause === null ? {} : { cause: new Error(cause) };
  if (kind === 'config') return new ConfigError(message, options);
  return kind === 'load' ? new LoadError(message, options) : new Error(message, options);
}

/** The distinct buffers that a batch's columns lie in. */
export function buffersOf({ tables }: BatchMessage): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { columns } of tables) {
    for (const { validity, offsets, data } of columns)
      for (const view of [validity, offsets, data])
        if (view?.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
  }
  return [...buffers];
}

/** The distinct buffers that columns of a query's result lie in. */
export function buffersBelow(columns: readonly BlockColumn[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  const add = ({ validity, offsets, data, children }: BlockColumn): void => {
    for (const view of [validity, offsets, data])
      if (view?.buffer instanceof ArrayBuffer) buffers.add(view.buffer);
    for (const child of children) add(child);
  };
  for (const column of columns) add(column);
  return [...buffers];
}
