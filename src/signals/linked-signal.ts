import { setMaxListeners } from 'node:events';

/** A signal that aborts with another one, and can be stopped on its own. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts the new signal and removes the listener from the other one. */
  stop(): void;
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
  const abort = (): void => own.abort(signal?.reason);
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: own.signal,
    stop() {
      signal?.removeEventListener('abort', abort);
      own.abort(STOPPED);
    },
  };
}
