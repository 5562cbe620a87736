import { defer, merge, mergeMap, type Observable, type OperatorFunction } from 'rxjs';
import { fromPages } from '../pages/from-pages.js';

/**
 * `mergeMap` over the values of iterables, which are taken out only when there is room for them:
 * what waits costs no memory, however many values an iterable makes. The generators that one lane
 * runs one after another share a stream and a signal, so a value costs neither.
 *
 * In:     iterables, each taken to its end before the next one begins.
 * Out:    what the generators of `project` yield, of at most `concurrency` values at once.
 * Errors: those of the source, of the iterables, of `project` and of its generators.
 *
 * @param project is given the signal that aborts when the stream is unsubscribed
 * @param signal aborts those of all lanes. @default none
 */
export function mergeEach<T, R>(
  project: (value: T, signal: AbortSignal) => AsyncIterable<R>,
  concurrency: number,
  signal?: AbortSignal,
): OperatorFunction<Iterable<T>, R> {
  return (source) =>
    defer(() => {
      const waiting: Iterator<T>[] = [];
      let lanes = 0;
      // Takes one value after another until none waits.
      const lane = (): Observable<R> =>
        fromPages(async function* (own) {
          for (;;) {
            const result = next(waiting);
            if (result === null) break;
            yield* project(result.value, own);
          }
          // At once, not when the stream has ended: values that come meanwhile need a lane.
          lanes -= 1;
        }, signal);
      return source.pipe(
        mergeMap((values) => {
          waiting.push(values[Symbol.iterator]());
          const free = concurrency - lanes;
          lanes += free;
          return merge(...Array.from({ length: free }, lane));
        }),
      );
    });
}

/** The next value of the first iterator that has one; null where none has. */
function next<T>(waiting: Iterator<T>[]): { value: T } | null {
  for (;;) {
    const [iterator] = waiting;
    if (iterator === undefined) return null;
    const result = iterator.next();
    if (result.done !== true) return result;
    waiting.shift();
  }
}
