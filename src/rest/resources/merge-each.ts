import {
  defer,
  EMPTY,
  finalize,
  from,
  merge,
  mergeMap,
  type Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  repeat,
} from 'rxjs';

/**
 * `mergeMap` over the values of iterables, which are taken out only when there is room for them:
 * what waits costs no memory, however many values an iterable makes. For streams that take their
 * time: a value whose stream ends at once takes a little of the stack.
 *
 * In:     iterables, each taken to its end before the next one begins.
 * Out:    what the streams of `project` emit, of at most `concurrency` values at once.
 * Errors: those of the source, of the iterables, of `project` and of its streams.
 */
export function mergeEach<T, R>(
  project: (value: T) => ObservableInput<R>,
  concurrency: number,
): OperatorFunction<Iterable<T>, R> {
  return (source) =>
    defer(() => {
      const waiting: Iterator<T>[] = [];
      let lanes = 0;
      // Takes one value after another until none waits.
      const lane: Observable<R> = defer(() => {
        const result = next(waiting);
        return result === null ? EMPTY : from(project(result.value));
      }).pipe(
        repeat({ delay: () => (waiting.length > 0 ? of(null) : EMPTY) }),
        finalize(() => (lanes -= 1)),
      );
      return source.pipe(
        mergeMap((values) => {
          waiting.push(values[Symbol.iterator]());
          const free = concurrency - lanes;
          lanes += free;
          return merge(...Array.from({ length: free }, () => lane));
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
