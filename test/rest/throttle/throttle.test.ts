import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateOf } from '#src/rest/throttle/rate-limit.js';
import { type Throttle, throttle, type Slot } from '#src/rest/throttle/throttle.js';
import { tokenBucket } from '#src/sandbox/limiter.js';

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
async function starts(
  limiter: Throttle,
  count: number,
  length: number,
  before: (i: number, slot: Slot) => unknown = quiet,
): Promise<number[]> {
  const begin = Date.now();
  const found: number[] = [];
  const all = Array.from({ length: count }, (_, i) =>
    limiter.run(
      async (slot) => {
        found.push(Date.now() - begin);
        before(i, slot);
        await ms(length)();
      },
      never,
      quiet,
    ),
  );
  await vi.runAllTimersAsync();
  await Promise.all(all);
  return found;
}

describe('throttle', () => {
  it('runs requests in the order they came, as many at once as allowed', async () => {
    const order: number[] = [];
    let atOnce = 0;
    let most = 0;
    const limiter = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 3 }));
    const all = Array.from({ length: 12 }, (_, i) =>
      limiter.run(
        async () => {
          order.push(i);
          atOnce += 1;
          most = Math.max(most, atOnce);
          await ms(10)();
          atOnce -= 1;
          return i * 2;
        },
        never,
        quiet,
      ),
    );
    await vi.runAllTimersAsync();
    expect(await Promise.all(all)).toEqual(Array.from({ length: 12 }, (_, i) => i * 2));
    expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(most).toBe(3);
  });

  it('starts at most so many in any window', async () => {
    const found = await starts(
      throttle(rateOf({ requests: 5, per: '1s', concurrency: 3 })),
      23,
      20,
    );
    expect(found.length).toBe(23);
    found.forEach((at, i) =>
      expect(found[i + 5] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at + 1_000),
    );
  });

  it('starts a burst at once and then as the bucket refills', async () => {
    const found = await starts(
      throttle(rateOf({ requests: 10, per: '1s', burst: 4, concurrency: 10 })),
      8,
      0,
    );
    expect(found.filter((at) => at < 50).length).toBe(4);
    expect(found.slice(4).every((at, i) => at >= (i + 1) * 100 - 1)).toBe(true);
  });

  it('holds all requests back during a pause that one of them reports', async () => {
    const limiter = throttle(rateOf({ requests: 100, per: '1s', concurrency: 2 }));
    const found = await starts(
      limiter,
      6,
      10,
      (i, slot) => i === 1 && slot.pause(Date.now() + 5_000, 'not now'),
    );
    expect(found.filter((at) => at < 5_000).length).toBe(2);
    expect(found.length).toBe(6);
  });

  it('never shortens a pause', async () => {
    const limiter = throttle(rateOf(undefined));
    await starts(limiter, 1, 0, (_i, slot) => {
      slot.pause(Date.now() + 5_000, 'long');
      slot.pause(Date.now() + 10, 'short');
    });
    expect((await starts(limiter, 1, 0))[0]).toBeGreaterThanOrEqual(4_900);
  });

  it('sleeps through pauses longer than timers can be', async () => {
    const limiter = throttle(rateOf(undefined));
    const end = Date.now() + 40 * 86_400_000;
    await starts(limiter, 1, 0, (_i, slot) => slot.pause(end, 'a month and more'));
    await starts(limiter, 1, 0);
    expect(Date.now()).toBeGreaterThanOrEqual(end);
  });

  it('stops before the quota that responses announce is used up, and goes on when it resets', async () => {
    let left = 6;
    const resetAt = Date.now() + 30_000;
    const limiter = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 4 }));
    const found: number[] = [];
    const begin = Date.now();
    const all = Array.from({ length: 10 }, () =>
      limiter.run(
        async (slot) => {
          found.push(Date.now() - begin);
          left -= 1;
          const remaining = left;
          await ms(10)();
          if (Date.now() < resetAt)
            slot.learn({
              policies: [],
              quotas: [{ name: 'q', limit: null, remaining, resetMs: resetAt - Date.now() }],
            });
        },
        never,
        quiet,
      ),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(found.filter((at) => at < 30_000).length).toBe(6);
    expect(found.length).toBe(10);
  });

  it('keeps to the limit that responses announce where none is configured', async () => {
    const reported = { quotas: [], policies: [{ name: 'p', requests: 5, perMs: 1_000 }] };
    const count = async (limit: string | undefined): Promise<number> =>
      (await starts(throttle(rateOf(limit)), 12, 20, (_i, slot) => slot.learn(reported))).filter(
        (at) => at < 1_000,
      ).length;
    // Four are in flight before the first response announces it.
    expect(await count(undefined)).toBeLessThanOrEqual(8);
    expect(await count('100/1s')).toBe(12);
  });

  it('starts requests more slowly after a 429, and in time as fast as before', async () => {
    const limiter = throttle(rateOf('10/1s burst 10'));
    await starts(limiter, 1, 0, (_i, slot) => slot.backOff(Date.now() + 1_000, 'rate limit (429)'));
    const slow = await starts(limiter, 20, 0);
    const gaps = slow.slice(1).map((at, i) => at - (slow[i] as number));
    expect(gaps[0]).toBeGreaterThanOrEqual(190);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(130);
    await starts(limiter, 300, 0);
    const fast = await starts(limiter, 40, 0);
    expect(fast.at(-1)).toBeLessThanOrEqual(4_100);
  });

  it('counts the 429s of requests that were in flight together as one', async () => {
    const limiter = throttle(rateOf({ requests: 10, per: '1s', burst: 4, concurrency: 4 }));
    const wave = [10, 20, 30, 40].map((length) =>
      limiter.run(
        async (slot) => {
          await ms(length)();
          slot.backOff(Date.now() + 1_000, 'rate limit (429)');
        },
        never,
        quiet,
      ),
    );
    await vi.runAllTimersAsync();
    await Promise.all(wave);
    const [first = 0, second = 0] = await starts(limiter, 2, 0);
    expect(first).toBeGreaterThanOrEqual(990);
    expect(second - first).toBeGreaterThanOrEqual(190);
    expect(second - first).toBeLessThanOrEqual(210);
  });

  it('reports why it waits and until when', async () => {
    const reported: [string, number][] = [];
    const limiter = throttle(rateOf({ requests: 1, per: '1s' }));
    const begin = Date.now();
    const run = async (request: (slot: Slot) => void): Promise<void> => {
      const done = limiter.run(
        async (slot) => request(slot),
        never,
        (reason, until) => reported.push([reason, until - begin]),
      );
      await vi.runAllTimersAsync();
      await done;
    };
    await run((slot) =>
      slot.learn({
        policies: [],
        quotas: [{ name: 'q', limit: 60, remaining: 0, resetMs: 20_000 }],
      }),
    );
    await run((slot) => slot.pause(begin + 29_000, 'the API says so'));
    await run((slot) => slot.backOff(begin + 40_000, 'rate limit'));
    await run(quiet);
    await run(quiet);
    expect(reported.map(([reason, at]) => [reason, Math.round(at / 1000)])).toEqual([
      ['the quota of 60 requests is used up, as the API reports', 20],
      ['the API says so', 29],
      ['rate limit', 40],
      ['slowed down to 0.50 requests a second after a rate-limit response (429)', 42],
    ]);
  });

  it('names the configured limit with its numbers', async () => {
    const reported: string[] = [];
    const limiter = throttle(rateOf('1/1s burst 1'));
    const all = [0, 1].map(() =>
      limiter.run(
        async () => undefined,
        never,
        (reason) => reported.push(reason),
      ),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(reported).toEqual([
      'the configured rate limit is used up: 1 request per 1 s, 1 at once',
    ]);
  });

  it('reports after a while that all slots are taken, and looks again', async () => {
    const reported: [string, number][] = [];
    const limiter = throttle(rateOf({ requests: 100, per: '1s', concurrency: 2 }));
    const begin = Date.now();
    const all = [0, 1, 2].map(() =>
      limiter.run(ms(12_000), never, (reason, until) => reported.push([reason, until - begin])),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(reported).toEqual([
      ['2 requests are in flight, no more may be at once; the first for 5 s', 10_000],
      ['2 requests are in flight, no more may be at once; the first for 10 s', 15_000],
    ]);
  });

  it('uses a quota to 98 % without a 429, with several resources and responses that take 50–200 ms', async () => {
    const server = tokenBucket(20, 5);
    const limiter = throttle(rateOf('300/1m burst 20'));
    const enough = new AbortController();
    let [taken, refused, seed] = [0, 0, 1];
    const request = async (): Promise<void> => {
      seed = (seed * 16_807) % 2_147_483_647;
      const length = 50 + (seed % 151);
      await ms(length / 2)();
      if (server.take(Date.now()) > 0) refused += 1;
      else taken += 1;
      await ms(length / 2)();
    };
    const list = async (resource: string, depth: number): Promise<void> => {
      for (;;) await limiter.run(request, enough.signal, quiet, { resource, depth });
    };
    const lists = Promise.allSettled([
      list('orders', 0),
      list('users', 0),
      ...Array.from({ length: 5 }, () => list('refunds', 1)),
    ]);
    await vi.advanceTimersByTimeAsync(600_000);
    enough.abort();
    await vi.runAllTimersAsync();
    await lists;
    expect(refused).toBe(0);
    expect(taken).toBeGreaterThanOrEqual(0.98 * 3_020);
  });

  it('lets ten thousand children starve no other root, and no page of their parent', async () => {
    const limiter = throttle(rateOf({ requests: 50, per: '1s', burst: 4, concurrency: 4 }));
    const begin = Date.now();
    const enough = new AbortController();
    const done: Record<string, number> = {};
    let requested = 0;
    const send = (resource: string, depth: number): Promise<void> =>
      limiter.run(
        () => {
          requested += 1;
          return ms(5)();
        },
        enough.signal,
        quiet,
        { resource, depth },
      );
    const list = async (resource: string): Promise<void> => {
      for (let page = 0; page < 20; page += 1) await send(resource, 0);
      done[resource] = Date.now() - begin;
    };
    const children = Promise.allSettled(Array.from({ length: 10_000 }, () => send('children', 1)));
    const roots = ['parents', 'others'].map(list);
    // Forty pages of roots among as many children, at 50 a second; a page comes 5 ms late for its
    // slot.
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all(roots);
    expect(Object.keys(done).length).toBe(2);
    expect(requested).toBeGreaterThan(90);
    enough.abort();
    await children;
  });

  it('fails only the request whose `onWait` throws', async () => {
    const limiter = throttle(rateOf({ requests: 1, per: '1s', concurrency: 2 }));
    await starts(limiter, 1, 0);
    const refuses = (): void => {
      throw new Error('no waits');
    };
    const failed = limiter.run(async () => 'no', never, refuses);
    const caught = expect(failed).rejects.toThrow('no waits');
    const next = limiter.run(async () => 'yes', never, quiet);
    await vi.runAllTimersAsync();
    await caught;
    expect(await next).toBe('yes');
  });

  it('frees the slot of a request that fails', async () => {
    const limiter = throttle(rateOf({ requests: 100, per: '1s', concurrency: 1 }));
    const failed = limiter.run(() => Promise.reject(new Error('no')), never, quiet);
    const caught = expect(failed).rejects.toThrow('no');
    const next = limiter.run(async () => 'yes', never, quiet);
    await vi.runAllTimersAsync();
    await caught;
    expect(await next).toBe('yes');
  });

  it.each(['waits for the rate', 'stands in the queue', 'has not begun'])(
    'ends at once, with the signal’s reason, what %s',
    async (when) => {
      const limiter = throttle(rateOf({ requests: 1, per: '1h', concurrency: 1 }));
      const abort = new AbortController();
      const reason = new Error('enough');
      if (when === 'has not begun') abort.abort(reason);
      const begun: string[] = [];
      const first =
        when === 'stands in the queue'
          ? limiter.run(ms(3_600_000), never, quiet)
          : limiter.run(async () => undefined, never, quiet);
      await vi.advanceTimersByTimeAsync(100);
      const second = limiter.run(async () => void begun.push('second'), abort.signal, quiet);
      const caught = expect(second).rejects.toBe(reason);
      await vi.advanceTimersByTimeAsync(100);
      abort.abort(reason);
      await caught;
      await vi.runAllTimersAsync();
      await first;
      expect(begun).toEqual([]);
      expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('lets others pass one that was aborted', async () => {
    const limiter = throttle(rateOf({ requests: 1, per: '1s', concurrency: 1 }));
    const abort = new AbortController();
    await starts(limiter, 1, 0);
    const gone = expect(limiter.run(async () => undefined, abort.signal, quiet)).rejects.toThrow();
    const stays = limiter.run(async () => 'here', never, quiet);
    abort.abort();
    await vi.runAllTimersAsync();
    await gone;
    expect(await stays).toBe('here');
  });
});
