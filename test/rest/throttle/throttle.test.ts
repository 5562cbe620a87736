import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateOf } from '#src/rest/throttle/rate-limit.js';
import { type Throttle, throttle, type Turn } from '#src/rest/throttle/throttle.js';
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
  turns: Throttle,
  count: number,
  length: number,
  before: (i: number, turn: Turn) => unknown = quiet,
): Promise<number[]> {
  const begin = Date.now();
  const found: number[] = [];
  const all = Array.from({ length: count }, (_, i) =>
    turns.run(
      async (turn) => {
        found.push(Date.now() - begin);
        before(i, turn);
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
    const turns = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 3 }));
    const all = Array.from({ length: 12 }, (_, i) =>
      turns.run(
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

  it('holds everybody back during a pause that a request brings on', async () => {
    const turns = throttle(rateOf({ requests: 100, per: '1s', concurrency: 2 }));
    const found = await starts(
      turns,
      6,
      10,
      (i, turn) => i === 1 && turn.pause(Date.now() + 5_000, 'not now'),
    );
    expect(found.filter((at) => at < 5_000).length).toBe(2);
    expect(found.length).toBe(6);
  });

  it('never shortens a pause', async () => {
    const turns = throttle(rateOf(undefined));
    await starts(turns, 1, 0, (_i, turn) => {
      turn.pause(Date.now() + 5_000, 'long');
      turn.pause(Date.now() + 10, 'short');
    });
    expect((await starts(turns, 1, 0))[0]).toBeGreaterThanOrEqual(4_900);
  });

  it('sleeps through pauses longer than timers can be', async () => {
    const turns = throttle(rateOf(undefined));
    const end = Date.now() + 40 * 86_400_000;
    await starts(turns, 1, 0, (_i, turn) => turn.pause(end, 'a month and more'));
    await starts(turns, 1, 0);
    expect(Date.now()).toBeGreaterThanOrEqual(end);
  });

  it('stops before the wall of the quota that answers announce, and goes on when it resets', async () => {
    let left = 6;
    const resetAt = Date.now() + 30_000;
    const turns = throttle(rateOf({ requests: 1_000, per: '1s', concurrency: 4 }));
    const found: number[] = [];
    const begin = Date.now();
    const all = Array.from({ length: 10 }, () =>
      turns.run(
        async (turn) => {
          found.push(Date.now() - begin);
          left -= 1;
          const remaining = left;
          await ms(10)();
          if (Date.now() < resetAt)
            turn.learn({
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

  it('takes the limit that answers announce for its rate where none is configured', async () => {
    const told = { quotas: [], policies: [{ name: 'p', requests: 5, perMs: 1_000 }] };
    const count = async (limit: string | undefined): Promise<number> =>
      (await starts(throttle(rateOf(limit)), 12, 20, (_i, turn) => turn.learn(told))).filter(
        (at) => at < 1_000,
      ).length;
    // Four are under way before the first answer tells of it.
    expect(await count(undefined)).toBeLessThanOrEqual(8);
    expect(await count('100/1s')).toBe(12);
  });

  it('asks more slowly after a refusal, and in time as fast as before', async () => {
    const turns = throttle(rateOf('10/1s burst 10'));
    await starts(turns, 1, 0, (_i, turn) =>
      turn.refused(Date.now() + 1_000, 'asked too often (429)'),
    );
    const slow = await starts(turns, 20, 0);
    const gaps = slow.slice(1).map((at, i) => at - (slow[i] as number));
    expect(gaps[0]).toBeGreaterThanOrEqual(190);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(130);
    await starts(turns, 300, 0);
    const fast = await starts(turns, 40, 0);
    expect(fast.at(-1)).toBeLessThanOrEqual(4_100);
  });

  it('counts the refusals of requests that were under way together as one', async () => {
    const turns = throttle(rateOf({ requests: 10, per: '1s', burst: 4, concurrency: 4 }));
    const wave = [10, 20, 30, 40].map((length) =>
      turns.run(
        async (turn) => {
          await ms(length)();
          turn.refused(Date.now() + 1_000, 'asked too often (429)');
        },
        never,
        quiet,
      ),
    );
    await vi.runAllTimersAsync();
    await Promise.all(wave);
    const [first = 0, second = 0] = await starts(turns, 2, 0);
    expect(first).toBeGreaterThanOrEqual(990);
    expect(second - first).toBeGreaterThanOrEqual(190);
    expect(second - first).toBeLessThanOrEqual(210);
  });

  it('tells why it waits and until when', async () => {
    const told: [string, number][] = [];
    const turns = throttle(rateOf({ requests: 1, per: '1s' }));
    const begin = Date.now();
    const run = async (request: (turn: Turn) => void): Promise<void> => {
      const done = turns.run(
        async (turn) => request(turn),
        never,
        (reason, until) => told.push([reason, until - begin]),
      );
      await vi.runAllTimersAsync();
      await done;
    };
    await run((turn) =>
      turn.learn({
        policies: [],
        quotas: [{ name: 'q', limit: 60, remaining: 0, resetMs: 20_000 }],
      }),
    );
    await run((turn) => turn.pause(begin + 29_000, 'the API says so'));
    await run((turn) => turn.refused(begin + 40_000, 'asked too often'));
    await run(quiet);
    await run(quiet);
    expect(told.map(([reason, at]) => [reason, Math.round(at / 1000)])).toEqual([
      ['the quota of 60 requests is used up, as the API says', 20],
      ['the API says so', 29],
      ['asked too often', 40],
      ['slowed down to 0.50 requests a second, since the API was asked too often (429)', 42],
    ]);
  });

  it('names the configured limit with its numbers', async () => {
    const told: string[] = [];
    const turns = throttle(rateOf('1/1s burst 1'));
    const all = [0, 1].map(() =>
      turns.run(
        async () => undefined,
        never,
        (reason) => told.push(reason),
      ),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(told).toEqual(['the configured rate limit is used up: 1 request per 1 s, 1 at once']);
  });

  it('says after a while that all places are taken, and looks again', async () => {
    const told: [string, number][] = [];
    const turns = throttle(rateOf({ requests: 100, per: '1s', concurrency: 2 }));
    const begin = Date.now();
    const all = [0, 1, 2].map(() =>
      turns.run(ms(12_000), never, (reason, until) => told.push([reason, until - begin])),
    );
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(told).toEqual([
      ['2 requests are under way, no more may be at once; the first for 5 s', 10_000],
      ['2 requests are under way, no more may be at once; the first for 10 s', 15_000],
    ]);
  });

  it('uses a quota to 98 % without a refusal, with several resources and answers that take 50–200 ms', async () => {
    const server = tokenBucket(20, 5);
    const turns = throttle(rateOf('300/1m burst 20'));
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
      for (;;) await turns.run(request, enough.signal, quiet, { resource, depth });
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
    const turns = throttle(rateOf({ requests: 50, per: '1s', burst: 4, concurrency: 4 }));
    const begin = Date.now();
    const enough = new AbortController();
    const done: Record<string, number> = {};
    let asked = 0;
    const ask = (resource: string, depth: number): Promise<void> =>
      turns.run(
        () => {
          asked += 1;
          return ms(5)();
        },
        enough.signal,
        quiet,
        { resource, depth },
      );
    const list = async (resource: string): Promise<void> => {
      for (let page = 0; page < 20; page += 1) await ask(resource, 0);
      done[resource] = Date.now() - begin;
    };
    const children = Promise.allSettled(Array.from({ length: 10_000 }, () => ask('children', 1)));
    const roots = ['parents', 'others'].map(list);
    // Forty pages of roots among as many children, at 50 a second; a page comes 5 ms late for its
    // turn.
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all(roots);
    expect(Object.keys(done).length).toBe(2);
    expect(asked).toBeGreaterThan(90);
    enough.abort();
    await children;
  });

  it('fails only the request whose wait its observer does not take', async () => {
    const turns = throttle(rateOf({ requests: 1, per: '1s', concurrency: 2 }));
    await starts(turns, 1, 0);
    const refuses = (): void => {
      throw new Error('no waits');
    };
    const failed = turns.run(async () => 'no', never, refuses);
    const caught = expect(failed).rejects.toThrow('no waits');
    const next = turns.run(async () => 'yes', never, quiet);
    await vi.runAllTimersAsync();
    await caught;
    expect(await next).toBe('yes');
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

  it.each(['waits for the rate', 'stands in the queue', 'has not begun'])(
    'ends at once, with the signal’s reason, what %s',
    async (when) => {
      const turns = throttle(rateOf({ requests: 1, per: '1h', concurrency: 1 }));
      const abort = new AbortController();
      const reason = new Error('enough');
      if (when === 'has not begun') abort.abort(reason);
      const begun: string[] = [];
      const first =
        when === 'stands in the queue'
          ? turns.run(ms(3_600_000), never, quiet)
          : turns.run(async () => undefined, never, quiet);
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
    },
  );

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
