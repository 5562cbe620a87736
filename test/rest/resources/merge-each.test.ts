import { concat, EMPTY, NEVER, type Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeEach } from '#src/rest/resources/merge-each.js';

/** Counts up to `end`, and tells how far it got. */
function counter(end: number): { values: Iterable<number>; taken: () => number } {
  let taken = 0;
  function* values(): Generator<number> {
    for (let i = 0; i < end; i += 1) {
      taken += 1;
      yield i;
    }
  }
  return { values: values(), taken: () => taken };
}

/** What came of a stream: its values, then how it ended. */
function outcome<T>(stream: ReturnType<ReturnType<typeof mergeEach<number, T>>>): unknown[] {
  const seen: unknown[] = [];
  stream.subscribe({
    next: (value) => seen.push(value),
    error: (error: Error) => seen.push(error.message),
    complete: () => seen.push('complete'),
  });
  return seen;
}

describe('mergeEach', () => {
  it('takes a value only when there is room for it', () => {
    const { values, taken } = counter(1_000_000);
    const first = new Subject<string>();
    const seen = outcome(
      of(values).pipe(mergeEach((i): Observable<string> => (i === 0 ? first : NEVER), 3)),
    );
    expect(taken()).toBe(3);
    first.next('a');
    first.complete();
    expect(taken()).toBe(4);
    expect(seen).toEqual(['a']);
  });

  it('goes through the iterables one after another, and completes after the last value', () => {
    const pages = [counter(2).values, [], counter(3).values];
    expect(outcome(of(...pages).pipe(mergeEach((i) => of(i), 2)))).toEqual([
      0,
      1,
      0,
      1,
      2,
      'complete',
    ]);
    expect(outcome(EMPTY.pipe(mergeEach((i: number) => of(i), 2)))).toEqual(['complete']);
  });

  it.each<[string, Parameters<typeof outcome>[0]]>([
    [
      'the source',
      concat(
        of([1]),
        throwError(() => new Error('no')),
      ).pipe(mergeEach(() => NEVER, 1)),
    ],
    [
      'an iterable',
      of(
        (function* (): Generator<number> {
          yield 1;
          throw new Error('no');
        })(),
      ).pipe(mergeEach(() => EMPTY, 1)),
    ],
    [
      'the function',
      of([1]).pipe(
        mergeEach(() => {
          throw new Error('no');
        }, 1),
      ),
    ],
    ['an inner stream', of([1, 2]).pipe(mergeEach(() => throwError(() => new Error('no')), 1))],
  ])('ends with the first error, that of %s', (_whose, stream) => {
    expect(outcome(stream)).toEqual(['no']);
  });

  it('takes nothing more when it is unsubscribed', () => {
    const { values, taken } = counter(10);
    const inner = new Subject<never>();
    const subscription = of(values)
      .pipe(mergeEach(() => inner, 1))
      .subscribe();
    expect(inner.observed).toBe(true);
    subscription.unsubscribe();
    expect([inner.observed, taken()]).toEqual([false, 1]);
  });
});
