import { LoadError } from '../../../errors.js';
import type { CompletenessRow, StatesOf } from '../../sql/bookkeeping.js';
import type { BatchMessage, SessionConfig } from '../session.js';

/**
 * What the caller's thread asks of the loader's. `session` is the number that `open-session`
 * answered.
 */
export type Ask =
  | { op: 'open'; path: string }
  | { op: 'open-session'; config: SessionConfig }
  | { op: 'append'; session: number; batch: BatchMessage }
  | { op: 'commit' | 'abort'; session: number }
  | { op: 'finish'; session: number; completeness: readonly CompletenessRow[] }
  | { op: 'schema'; dataset: string }
  | { op: 'states'; dataset: string; of: StatesOf }
  | { op: 'query'; sql: string; parameters: readonly unknown[] }
  | { op: 'close' }
  | { op: 'exit' };

export type AskMessage = { id: number; ask: Ask };
export type AnswerMessage = { id: number; result: unknown } | { id: number; error: PlainError };

/** An error as plain data: what is left of it on the other side of a thread's border. */
export interface PlainError {
  message: string;
  ours: boolean;
  cause: string | null;
}

export function plainError(error: unknown): PlainError {
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    message: known.message,
    ours: error instanceof LoadError,
    cause: known.cause instanceof Error ? known.cause.message : null,
  };
}

/**
 * Ours come back as LoadError, all others (DuckDB's own, when it reads a schema) as plain errors.
 */
export function errorFrom({ message, ours, cause }: PlainError): Error {
  const options = cause === null ? {} : { cause: new Error(cause) };
  return ours ? new LoadError(message, options) : new Error(message, options);
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
