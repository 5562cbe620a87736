import {
  catchError,
  concat,
  concatAll,
  defer,
  EMPTY,
  finalize,
  from,
  fromEvent,
  ignoreElements,
  map,
  merge,
  mergeAll,
  type Observable,
  type ObservableInput,
  of,
  Subject,
  switchMap,
  takeWhile,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { AbortError } from '../../operators/errors.js';
import type { LoadStep } from '../../operators/types.js';
import type { Destination } from './destination.js';
import { commitLimits } from './load-config.js';
import { loadRun, type PendingBatch, type ResumableConfig } from './load-run.js';
import type { Known } from './messages.js';

/**
 * Rows of a table that may be in the transaction in which it is altered. DuckDB 1.5 fails where
 * some 80,000 are, and more come behind (`Row group prev allocated size is larger than …`).
 */
const MANY_ROWS = 20_000;

/**
 * A load whose batches may depend on what the destination knows when it begins; as `load` in all
 * else. The load begins when it is subscribed, and so do its batches.
 */
export function loadFrom(
  destination: Destination,
  config: ResumableConfig,
): (batches: (known: Promise<Known>) => Observable<PendingBatch>) => Observable<LoadStep> {
  const { room, signal, observe } = config;
  const { ms: longest, ...most } = commitLimits(config.commit, destination.capabilities.commit);
  return (batches) =>
    defer(() => {
      const run = loadRun(destination, config);
      /** A load that is complete stays so, whatever its observer throws. */
      const observed = (step: LoadStep): void => {
        try {
          observe?.(step);
        } catch (error) {
          if (step.kind !== 'complete') throw error;
          run.notice(
            `Load ${step.loadId} is complete, and its observer threw: ${error instanceof Error ? error.message : String(error)}.`,
          );
        }
      };
      const clock = new Subject<number | null>();
      const commits = clock.pipe(
        switchMap((age) => (age === null ? EMPTY : timer(age))),
        map((): PendingBatch | null => null),
      );
      const commit = (isLast = false): Promise<LoadStep[]> => {
        clock.next(null);
        return run.commit(isLast);
      };
      // Steps are posted as soon as batches come, and emitted in order, so that reading goes on
      // while the loader works.
      const post = (batch: PendingBatch | null): Observable<LoadStep[]> => {
        if (batch === null) return run.isOpen() ? from(commit()) : EMPTY;
        const before = batch.alters && run.open().mostRows >= MANY_ROWS ? from(commit()) : EMPTY;
        if (!run.isOpen()) clock.next(longest);
        const appended = concat(before, from(run.append(batch)));
        const { rows, bytes } = run.open();
        const isDue = rows >= most.rows || bytes >= most.bytes || room?.isDue() === true;
        return isDue ? concat(appended, commit()) : appended;
      };
      const finish = (): ObservableInput<LoadStep> => {
        const stopped = config.stopped?.() ?? null;
        return stopped === null
          ? run.complete()
          : concat(
              from(commit(true)).pipe(concatAll()),
              throwError(() => stopped),
            );
      };
      const last = defer(() => {
        clock.next(null);
        clock.complete();
        return EMPTY;
      });
      // What comes while the loader opens the database waits for it in line.
      const steps = defer(() => {
        const known = run.begin();
        return concat(
          merge(
            from(known).pipe(ignoreElements()),
            merge(commits, concat(batches(known), last)).pipe(map(post), concatAll(), mergeAll()),
          ),
          defer(finish),
        );
      });
      return merge(aborted(signal), steps).pipe(
        tap(observed),
        takeWhile(({ kind }) => kind !== 'complete', true),
        catchError((error: unknown) =>
          // The error that ended the load is the one to raise, when the roll-back is done.
          from(run.end()).pipe(
            switchMap((completed) =>
              completed !== null && error instanceof AbortError
                ? of(completed).pipe(tap(observed))
                : throwError(() => error),
            ),
          ),
        ),
        finalize(() => void run.end()),
      );
    });
}

/** An error when the signal aborts; else nothing, for ever. */
function aborted(signal: AbortSignal | undefined): Observable<never> {
  if (signal === undefined) return EMPTY;
  const failed = throwError(() => new AbortError(undefined, { cause: signal.reason }));
  return defer(() =>
    signal.aborted ? failed : fromEvent(signal, 'abort').pipe(switchMap(() => failed)),
  );
}
