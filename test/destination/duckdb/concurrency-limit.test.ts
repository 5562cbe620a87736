import { describe, expect, it } from 'vitest';
import { concurrencyLimit } from '#src/destination/duckdb/concurrency-limit.js';

describe('concurrencyLimit', () => {
  it('runs no more tasks at once than the limit, in the order they came', async () => {
    const admit = concurrencyLimit(2);
    let running = 0;
    let most = 0;
    const began: number[] = [];
    const works = [0, 1, 2, 3, 4, 5].map((i) =>
      admit(async () => {
        began.push(i);
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        return i;
      }),
    );
    expect(await Promise.all(works)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(most).toBe(2);
    expect(began).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('continues after a task that failed', async () => {
    const admit = concurrencyLimit(1);
    const failing = admit(() => Promise.reject(new Error('broken')));
    const next = admit(() => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('does not run a task whose signal aborts while it waits', async () => {
    const admit = concurrencyLimit(1);
    let finish = (): void => undefined;
    const first = admit(() => new Promise<void>((resolve) => (finish = resolve)));
    const stopping = new AbortController();
    let began = false;
    const waiting = admit(() => Promise.resolve((began = true)), stopping.signal);
    const next = admit(() => Promise.resolve('done'));
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(admit(() => Promise.resolve(), stopping.signal)).rejects.toThrow('stopped');
    finish();
    await first;
    expect(await next).toBe('done');
    expect(began).toBe(false);
  });
});
