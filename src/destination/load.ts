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
  type Observable,
  of,
  type OperatorFunction,
  Subject,
  switchMap,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { AbortError } from '../../operators/errors.js';
import { requirePositive } from '../../operators/settings/require-positive.js';
import { timerMs } from '../../operators/settings/timer-ms.js';
import type { Batch, LoadStep } from '../../operators/types.js';
import type { Gate } from '../run/gate.js';
import type { Destination } from './duckdb/duckdb.js';
import { loadRun } from './load-run.js';
import type { CompletenessRow } from './sql/bookkeeping.js';
import type { RootTable } from './sql/load-tables.js';

export interface CommitConfig {
  /**
   * Rows of root tables after which the open transaction commits; Infinity: none. @default 500,000
   */
  rows?: number;
  /**
   * Age of the open transaction, in milliseconds, after which it commits; Infinity: none. @default
   * 5,000
   */
  ms?: number;
}

export interface LoadConfig {
  /** Schema that holds the tables; normalized as dlt does. */
  dataset: string;
  /**
   * Whose load it is: what an unfinished load of the same pipeline left is removed first. @default
   * 'sluice'
   */
  pipeline?: string;
  /** Name of the source in `_dlt_loads`. @default the pipeline's name */
  schemaName?: string;
  commit?: CommitConfig;
  /**
   * Root tables of the run; one that replaces is emptied when no rows come for it. @default those
   * that batches bring
   */
  resources?: readonly RootTable[];
  /**
   * Asked at the end what goes into `_sluice_completeness`; an error that it throws ends the load
   * uncompleted. @default nothing
   */
  completeness?: () => readonly CompletenessRow[];
  /** Told of bytes on their way. @default the process's */
  gate?: Gate;
  /** Aborting means the same as unsubscribing, and the error comes when the roll-back is done. */
  signal?: AbortSignal;
}

/**
 * Batches into the tables of a dataset. A load that fails leaves replaced and merged tables as they
 * were; of an appending one what was committed by then stays until the next load of the same
 * pipeline removes it. `_dlt_loads` tells which are complete.
 *
 * In:     batches.
 * Out: `append` for every batch, `commit` when the open transaction is old or large enough,
 * `complete` at the end, when
 * replaced tables are swapped, merged rows are in place and `_dlt_loads` has its row. No batches:
 * `complete` alone. Errors: `LoadError` naming dataset and load; a source's own error is passed on.
 * Either way, and when unsubscribed or
 * aborted, what is not committed is rolled back; a commit under way is waited for. When called:
 * `ERR_SLUICE_CONFIG`
 *         for a setting of `commit` that is no number above 0.
 * State:  one session in the database; bytes on their way, which the gate is told of.
 *
 * A batch's buffer is taken away: do not use it afterwards.
 *
 * @example batches.pipe(load(duckdb('shop.duckdb'), { dataset: 'shop' }))
 */
export function load(
  destination: Destination,
  config: LoadConfig,
): OperatorFunction<Batch, LoadStep> {
  const { signal, commit: { rows = 500_000, ms = 5_000 } = {} } = config;
  requirePositive(rows, 'commit.rows of load()');
  const longest = timerMs(ms, 'commit.ms of load()');
  return (source) =>
    defer(() => {
      const run = loadRun(destination, config);
      const clock = new Subject<number | null>();
      const commits = clock.pipe(
        switchMap((age) => (age === null ? EMPTY : timer(age))),
        map((): Batch | null => null),
      );
      const commit = (): Promise<LoadStep> => {
        clock.next(null);
        return run.commit();
      };
      // Steps are posted as soon as batches come and answered in order, so that reading goes on
      // while the loader works.
      const post = (batch: Batch | null): Observable<LoadStep> => {
        if (batch === null) return run.isOpen() ? from(commit()) : EMPTY;
        if (!run.isOpen()) clock.next(longest);
        const appended = run.append(batch);
        return run.openRows() >= rows ? concat(appended, commit()) : from(appended);
      };
      const batches = concat(
        source,
        defer(() => {
          clock.next(null);
          clock.complete();
          return EMPTY;
        }),
      );
      // What comes while the loader opens the database waits for it in line.
      const steps = concat(
        merge(
          defer(() => run.begin()).pipe(ignoreElements()),
          merge(commits, batches).pipe(map(post), concatAll()),
        ),
        defer(() => run.complete()),
      );
      return merge(aborted(signal), steps).pipe(
        takeWhile(({ kind }) => kind !== 'complete', true),
        catchError((error: unknown) =>
          // The error that ended the load is the one to tell, whatever comes after it.
          from(run.end().catch(() => null)).pipe(
            switchMap((completed) =>
              completed !== null && error instanceof AbortError
                ? of(completed)
                : throwError(() => error),
            ),
          ),
        ),
        finalize(() => void run.end().catch(() => null)),
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
