import { concat, EMPTY, of, throwError } from 'rxjs';
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

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Yields nothing, and ends when the signal aborts. */
async function* endless(_value: number, signal: AbortSignal): AsyncGenerator<never> {
  yield* await new Promise<never[]>((resolve) =>
    signal.addEventListener('abort', () => resolve([])),
  );
}

/** Resolves with what came of a stream: its values, then how it ended. */
function outcome<T>(
  stream: ReturnType<ReturnType<typeof mergeEach<number, T>>>,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  return new Promise((resolve) => {
    const end = (how: string): void => resolve([...seen, how]);
    stream.subscribe({
      next: (value) => seen.push(value),
      error: (error: Error) => end(error.message),
      complete: () => end('complete'),
    });
  });
}

describe('mergeEach', () => {
  it('takes a value only when there is room for it', async () => {
    const { values, taken } = counter(1_000_000);
    let give = (_value: string): void => undefined;
    const first = new Promise<string>((resolve) => (give = resolve));
    const subscription = await new Promise<{ unsubscribe(): void }>((resolve) => {
      async function* project(i: number, signal: AbortSignal): AsyncGenerator<string> {
        if (i === 0) yield await first;
        else yield* endless(i, signal);
      }
      const running = of(values)
        .pipe(mergeEach(project, 3))
        // The lane goes on when the value was taken.
        .subscribe(() => setImmediate(() => resolve(running)));
      expect(taken()).toBe(3);
      give('a');
    });
    expect(taken()).toBe(4);
    subscription.unsubscribe();
  });

  it('goes through the iterables one after another, and completes after the last value', async () => {
    const pages = [counter(2).values, [], counter(3).values];
    const seen = await outcome(of(...pages).pipe(mergeEach((i) => one(i), 2)));
    expect(seen).toEqual([0, 1, 0, 1, 2, 'complete']);
    expect(await outcome(EMPTY.pipe(mergeEach((i: number) => one(i), 2)))).toEqual(['complete']);
  });

  it('begins anew for values that come when all before are done', async () => {
    const late = concat(of([0]), new Promise<number[]>((resolve) => setImmediate(resolve, [1, 2])));
    expect(await outcome(late.pipe(mergeEach((i) => one(i), 2)))).toEqual([0, 1, 2, 'complete']);
  });

  it.each<[string, Parameters<typeof outcome>[0]]>([
    [
      'the source',
      concat(
        of([1]),
        throwError(() => new Error('no')),
      ).pipe(mergeEach(endless, 1)),
    ],
    [
      'an iterable',
      of(
        (function* (): Generator<number> {
          yield* [];
          throw new Error('no');
        })(),
      ).pipe(mergeEach((i) => one(i), 1)),
    ],
    [
      'the function',
      of([1]).pipe(
        mergeEach(() => {
          throw new Error('no');
        }, 1),
      ),
    ],
    [
      'a generator',
      of([1, 2]).pipe(
        mergeEach(async function* () {
          yield await Promise.reject<number>(new Error('no'));
        }, 1),
      ),
    ],
  ])('ends with the first error, that of %s', async (_whose, stream) => {
    expect(await outcome(stream)).toEqual(['no']);
  });

  it('takes nothing more when it is unsubscribed, and aborts what runs', () => {
    const { values, taken } = counter(10);
    const signals: AbortSignal[] = [];
    const subscription = of(values)
      .pipe(
        mergeEach((i, signal) => {
          signals.push(signal);
          return endless(i, signal);
        }, 1),
      )
      .subscribe();
    subscription.unsubscribe();
    expect([signals.map(({ aborted }) => aborted), taken()]).toEqual([[true], 1]);
  });

  it('gives the values of one lane one signal, which aborts with that of the run', async () => {
    const run = new AbortController();
    const signals = new Set<AbortSignal>();
    const seen = await outcome(
      of(counter(100).values).pipe(
        mergeEach(
          (i, signal) => {
            signals.add(signal);
            return one(i);
          },
          1,
          run.signal,
        ),
      ),
    );
    expect([seen.length, signals.size]).toEqual([101, 1]);
    const stopped = outcome(of([0]).pipe(mergeEach(endless, 1, run.signal)));
    run.abort();
    expect(await stopped).toEqual(['complete']);
  });
});
