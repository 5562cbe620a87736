import { catchError, finalize, type MonoTypeOperatorFunction, Observable, tap } from 'rxjs';
import type { LoadStep } from '../../operators/types.js';
import type { Trace } from './trace.js';

/** Begins the trace of a run when it is subscribed, and ends it however the run ends. */
export function tracedRun(log: Trace): MonoTypeOperatorFunction<LoadStep> {
  return (steps) => {
    const traced = steps.pipe(
      tap({ complete: () => void log.complete() }),
      catchError((error: unknown) => {
        log.fail(error);
        throw error;
      }),
      finalize(() => log.leave()),
    );
    return new Observable((subscriber) => log.begin(() => traced.subscribe(subscriber)));
  };
}
