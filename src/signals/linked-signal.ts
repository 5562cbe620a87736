import { setMaxListeners } from 'node:events';

/** A signal that aborts with another one, and can be stopped on its own. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Ends what waits for the signal, and the link: nothing of it stays on the other signal. */
  stop(): void;
}

/** One for all: an error takes a stack, and each list of a fan-out has a signal that it ends. */
const STOPPED = new DOMException('This operation was aborted', 'AbortError');

/**
 * Links a signal of its own to `signal`. However many wait for it, `signal` has one listener, so
 * that a user's signal never seems to leak. (AbortSignal.any would keep a trace of every link for
 * as long as `signal` lives.)
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
