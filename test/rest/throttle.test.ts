import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateOf } from '#src/rest/rate-limit.js';
import { type Throttle, throttle } from '#src/rest/throttle.js';

const ms = (length: number) => () => new Promise<void>((resolve) => setTimeout(resolve, length));
const never = new AbortController().signal;
const quiet = (): void => undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs so many requests of `length` ms; their starts, in ms from now. */
async function starts(turns: Throttle, count: number, length: number, before: (i: number) => void = quiet): Promise<number[]> {
  const begin = Date.now();
  const found: number[] = [];
  const all = Array.from({ length: count }, (_, i) =>
    turns.run(async () => {
      found.push(Date.now() - begin);
      before(i);
      await ms(length)();
    }, never, quiet));
  await vi.runAllTimersAsync();
  await Promise.all(all);
  return found;
}

describe('throttle', () => {
  it('runs requests in the order they came, as many at once as allowed', async () => {
    const order: number[] = [];
    let atOnce = 0;
    let most = 0;
    const turns = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 3 }));
    const all = Array.from({ length: 12 }, (_, i) =>
      turns.run(async () => {
        order.push(i);
        atOnce += 1;
        most = Math.max(most, atOnce);
        await ms(10)();
        atOnce -= 1;
        return i * 2;
      }, never, quiet));
    await vi.runAllTimersAsync();
    expect(await Promise.all(all)).toEqual(Array.from({ length: 12 }, (_, i) => i * 2));
    expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(most).toBe(3);
  });

  it('starts at most so many in any window', async () => {
    const found = await starts(throttle(rateOf({ requests: 5, per: '1s', concurrency: 3 })), 23, 20);
    expect(found.length).toBe(23);
    found.forEach((at, i) => expect(found[i + 5] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at + 1_000));
  });

  it('starts a burst at once and then as the bucket refills', async () => {
    const found = await starts(throttle(rateOf({ requests: 10, per: '1s', burst: 4, concurrency: 10 })), 8, 0);
    expect(found.filter((at) => at < 50).length).toBe(4);
    expect(found.slice(4).every((at, i) => at >= (i + 1) * 100 - 1)).toBe(true);
  });

  it('holds everybody back during a pause that a request brings on', async () => {
    const turns = throttle(rateOf({ requests: 100, per: '1s', concurrency: 2 }));
    const found = await starts(turns, 6, 10, (i) => i === 1 && turns.pause(Date.now() + 5_000, 'asked too often'));
    expect(found.filter((at) => at < 5_000).length).toBe(2);
    expect(found.length).toBe(6);
  });

  it('never shortens a pause', async () => {
    const turns = throttle(rateOf(undefined));
    turns.pause(Date.now() + 5_000, 'long');
    turns.pause(Date.now() + 10, 'short');
    expect((await starts(turns, 1, 0))[0]).toBeGreaterThanOrEqual(5_000);
  });

  it('sleeps through pauses longer than timers can be', async () => {
    const turns = throttle(rateOf(undefined));
    const days40 = 40 * 86_400_000;
    turns.pause(Date.now() + days40, 'a month and more');
    expect((await starts(turns, 1, 0))[0]).toBeGreaterThanOrEqual(days40);
  });

  it('stops before the wall of the quota that answers announce, and goes on when it resets', async () => {
    let left = 6;
    const resetAt = Date.now() + 30_000;
    const turns = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 4 }));
    const found: number[] = [];
    const begin = Date.now();
    const all = Array.from({ length: 10 }, () =>
      turns.run(async () => {
        found.push(Date.now() - begin);
        left -= 1;
        const remaining = left;
        await ms(10)();
        if (Date.now() < resetAt) turns.learn({ remaining, resetAt });
      }, never, quiet));
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(found.filter((at) => at < 30_000).length).toBe(6);
    expect(found.length).toBe(10);
  });

  it('tells why it waits and until when', async () => {
    const told: [string, number][] = [];
    const turns = throttle(rateOf({ requests: 1, per: '1s' }));
    const begin = Date.now();
    const all = [0, 1].map(() => turns.run(async () => undefined, never, (reason, until) => told.push([reason, until - begin])));
    await vi.runAllTimersAsync();
    await Promise.all(all);
    turns.pause(Date.now() + 9_000, 'the API says so');
    const until = Date.now() + 9_000 - begin;
    const last = turns.run(async () => undefined, never, (reason, at) => told.push([reason, at - begin]));
    await vi.runAllTimersAsync();
    await last;
    expect(told[0]?.[0]).toBe('rate limit of 1 requests per 1 s');
    expect(told[0]?.[1]).toBeGreaterThanOrEqual(1_000);
    expect(told.at(-1)).toEqual(['the API says so', until]);
  });

  it('frees its place when a request fails', async () => {
    const turns = throttle(rateOf({ requests: 100, per: '1s', concurrency: 1 }));
    const failed = turns.run(() => Promise.reject(new Error('no')), never, quiet);
    const caught = expect(failed).rejects.toThrow('no');
    const next = turns.run(async () => 'yes', never, quiet);
    await vi.runAllTimersAsync();
    await caught;
    expect(await next).toBe('yes');
  });

  it.each(['waits for the rate', 'stands in the queue', 'has not begun'])('ends at once, with the signal’s reason, what %s', async (when) => {
    const turns = throttle(rateOf({ requests: 1, per: '1h', concurrency: 1 }));
    const abort = new AbortController();
    const reason = new Error('enough');
    if (when === 'has not begun') abort.abort(reason);
    const begun: string[] = [];
    const first = when === 'stands in the queue' ? turns.run(ms(3_600_000), never, quiet) : turns.run(async () => undefined, never, quiet);
    await vi.advanceTimersByTimeAsync(100);
    const second = turns.run(async () => void begun.push('second'), abort.signal, quiet);
    const caught = expect(second).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(100);
    abort.abort(reason);
    await caught;
    await vi.runAllTimersAsync();
    await first;
    expect(begun).toEqual([]);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets others pass one that was aborted', async () => {
    const turns = throttle(rateOf({ requests: 1, per: '1s', concurrency: 1 }));
    const abort = new AbortController();
    await starts(turns, 1, 0);
    const gone = expect(turns.run(async () => undefined, abort.signal, quiet)).rejects.toThrow();
    const stays = turns.run(async () => 'here', never, quiet);
    abort.abort();
    await vi.runAllTimersAsync();
    await gone;
    expect(await stays).toBe('here');
  });
});
