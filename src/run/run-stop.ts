import { defer, type MonoTypeOperatorFunction, Subject, takeUntil, tap } from 'rxjs';
import { AbortError } from '../../operators/errors.js';
import type { LinkedSignal } from '../signals/linked-signal.js';
import { onAbort } from '../signals/on-abort.js';

/** Ends a run early so that the next one goes on from what has come. */
export interface RunStop {
  /** Passes pages on until the run is stopped, and completes then. */
  readonly whole: <T>() => MonoTypeOperatorFunction<T>;
  /** The error of a run whose pages were cut off; null for others. */
  readonly error: () => AbortError | null;
  /** Leaves the user's signal. */
  readonly release: () => void;
}

/**
 * Watches the signal that stops a run. Before pages are read there is nothing to keep, and where
 * `isResumable` is false nothing would be kept: it aborts the run then.
 *
 * @param stop the user's. @default never stopped
 */
export function runStop(
  stop: AbortSignal | undefined,
  run: Pick<LinkedSignal, 'stop'>,
  isResumable: boolean,
): RunStop {
  const cut = new Subject<void>();
  let isReading = false;
  let isCut = false;
  // In a turn of its own: pages that belong together are emitted in one.
  const off =
    stop &&
    onAbort(stop, () =>
      setImmediate(() => {
        if (isReading && isResumable) cut.next();
        else run.stop(stop.reason);
      }),
    );
  return {
    whole: () => (pages) =>
      defer(() => {
        isReading = true;
        return pages.pipe(takeUntil(cut.pipe(tap(() => (isCut = true)))));
      }),
    error: () =>
      isCut
        ? new AbortError(
            'The run was stopped. What had come is committed, and the next run goes on from there.',
            { cause: stop?.reason },
          )
        : null,
    release: () => off?.(),
  };
}
