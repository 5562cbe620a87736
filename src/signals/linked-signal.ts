import { setMaxListeners } from 'node:events';
import { aborter, onAbort } from './on-abort.js';

/** A signal that aborts with another one, and can be stopped on its own. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts the new signal and unlinks it from the other one. @default an AbortError */
  stop(reason?: unknown): void;
  /** Unlinks the new signal without aborting it: nobody waits for it any more. */
  release(): void;
}

/**
 * One error for all: making an error captures a stack, and each list of a fan-out stops a signal.
 */
const STOPPED = new DOMException('This operation was aborted', 'AbortError');

/**
 * Links a new signal to `signal`, which has one listener however many wait for the new one, so that
 * a user's signal never seems to leak. (AbortSignal.any would keep a trace of every link for as
 * long as `signal` lives.)
 */
export function linkedSignal(signal: AbortSignal | undefined): LinkedSignal {
  const own = new AbortController();
  setMaxListeners(0, own.signal);
  const abort = aborter(own);
  if (signal?.aborted === true) abort(signal.reason);
  const release =
    signal === undefined ? () => undefined : onAbort(signal, () => abort(signal.reason));
  return {
    signal: own.signal,
    stop(reason = STOPPED) {
      release();
      abort(reason);
    },
    release,
  };
}
