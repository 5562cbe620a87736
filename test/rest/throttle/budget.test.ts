import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, budget, quotaBudget } from '#src/rest/throttle/budget.js';
import { rateOf } from '#src/rest/throttle/rate-limit.js';

/** One request: how long it takes, and at which part of that the server counts it. */
interface Call {
  ms: number;
  countedAt: number;
}

/**
 * Plays calls with a simulated clock, as many at once as allowed; the times at which the server
 * counts them, in order.
 */
function play(
  own: Budget,
  calls: readonly Call[],
  concurrency: number,
): { counted: number[]; end: number } {
  const counted: number[] = [];
  const ends: number[] = [];
  let now = 0;
  const finish = (): void => {
    now = Math.max(now, ends.shift() as number);
    own.finished(now);
  };
  for (const { ms, countedAt } of calls) {
    for (;;) {
      const wait = ends.length >= concurrency ? null : own.wait(now);
      if (wait === 0) break;
      const next = ends[0];
      if (next !== undefined && (wait === null || next <= now + wait)) finish();
      else if (wait !== null) now += wait;
      else throw new Error('it waits for a response that does not come');
    }
    own.started();
    counted.push(now + ms * countedAt);
    ends.push(now + ms);
    ends.sort((a, b) => a - b);
  }
  while (ends.length > 0) finish();
  return { counted: counted.sort((a, b) => a - b), end: now };
}

const calls = fc.array(
  fc.record({ ms: fc.integer({ min: 0, max: 500 }), countedAt: fc.constantFrom(0, 0.3, 1) }),
  { minLength: 1, maxLength: 80, size: 'max' },
);
const concurrency = fc.integer({ min: 1, max: 8 });
const requests = fc.integer({ min: 1, max: 12 });

describe('budget', () => {
  it('lets no rolling window of the server see more than the limit, whatever the delays', () => {
    fc.assert(
      fc.property(
        calls,
        concurrency,
        requests,
        fc.integer({ min: 1, max: 2_000 }),
        (all, atOnce, limit, perMs) => {
          const { counted } = play(budget(rateOf({ requests: limit, per: perMs })), all, atOnce);
          counted.forEach((at, i) =>
            expect(counted[i + limit] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(
              at + perMs - 1e-6,
            ),
          );
        },
      ),
    );
  });

  it('lets no bucket of the server run dry, whatever the delays', () => {
    fc.assert(
      fc.property(
        calls,
        concurrency,
        requests,
        fc.integer({ min: 1, max: 10 }),
        (all, atOnce, limit, burst) => {
          const { counted } = play(
            budget(rateOf({ requests: limit, per: 1_000, burst })),
            all,
            atOnce,
          );
          let tokens = burst;
          let last = 0;
          for (const at of counted) {
            tokens = Math.min(burst, tokens + ((at - last) * limit) / 1_000) - 1;
            last = at;
            expect(tokens).toBeGreaterThanOrEqual(-1e-6);
          }
        },
      ),
    );
  });

  it('uses all of what is allowed', () => {
    const instant = Array.from({ length: 100 }, () => ({ ms: 0, countedAt: 0 }));
    expect(play(budget(rateOf('10/1s')), instant, 4).end).toBe(9_000);
    expect(play(budget(rateOf('10/1s burst 5')), instant, 4).end).toBeCloseTo(9_500);
  });

  it.each([
    ['300/1m burst 20', 20 + 10 * 300, 2_988],
    ['300/1m', 10 * 300, 2_970],
  ])(
    'uses at least 98 %% of %s through ten minutes of responses that take 50–200 ms',
    (limit, allowed, least) => {
      const latencies = fc.array(
        fc.record({
          ms: fc.integer({ min: 50, max: 200 }),
          countedAt: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        { minLength: 3_200, maxLength: 3_200, size: 'max' },
      );
      fc.assert(
        fc.property(latencies, (all) => {
          const counted = play(budget(rateOf(limit)), all, 4).counted.filter(
            (at) => at < 600_000,
          ).length;
          expect(counted).toBeGreaterThanOrEqual(Math.max(least, allowed * 0.98));
          expect(counted).toBeLessThanOrEqual(allowed + 1);
        }),
        { numRuns: 10, endOnFailure: true },
      );
    },
  );

  it('counts correctly when thousands of requests leave the window', () => {
    const own = budget(rateOf('2000/1s'));
    const startAll = (now: number): number => {
      let count = 0;
      for (; own.wait(now) === 0 && count < 1_500; count += 1) {
        own.started();
        own.finished(now);
      }
      return count;
    };
    expect([0, 900, 1_000, 1_900, 2_000].map(startAll)).toEqual([1_500, 500, 1_500, 500, 1_500]);
    expect(own.wait(2_001)).toBe(899);
  });

  it('never waits where there is no limit', () => {
    const free = budget(rateOf(undefined));
    for (let i = 0; i < 1_000; i += 1) {
      expect(free.wait(0)).toBe(0);
      free.started();
    }
  });
});

describe('quotaBudget', () => {
  it('holds back what the API would refuse, with requests in flight', () => {
    const quota = quotaBudget();
    for (let i = 0; i < 4; i += 1) quota.started();
    quota.learn({ limit: null, remaining: 3, resetMs: 10_000 }, 0);
    quota.finished(0);
    // Three are left, and three are under way that it may not have counted.
    expect(quota.wait(0)).toBeNull();
    quota.learn({ limit: null, remaining: 2, resetMs: 10_000 }, 0);
    quota.finished(0);
    expect(quota.wait(0)).toBeNull();
    for (const remaining of [1, 0]) {
      quota.learn({ limit: null, remaining, resetMs: 10_000 }, 0);
      quota.finished(0);
    }
    expect(quota.wait(4_000)).toBe(6_000);
    expect(quota.wait(10_000)).toBe(0);
  });

  it('uses up what is left, to the last request', () => {
    const quota = quotaBudget();
    let sent = 0;
    for (let remaining = 5; quota.wait(0) === 0;) {
      quota.started();
      sent += 1;
      remaining -= 1;
      quota.learn({ limit: null, remaining, resetMs: 10_000 }, 0);
      quota.finished(0);
    }
    expect(sent).toBe(5);
  });

  it('takes the lowest number of responses that overtook each other', () => {
    const quota = quotaBudget();
    quota.started();
    quota.started();
    quota.learn({ limit: null, remaining: 0, resetMs: 10_000 }, 0);
    quota.finished(0);
    quota.learn({ limit: null, remaining: 1, resetMs: 10_900 }, 0);
    quota.finished(0);
    expect(quota.wait(0)).toBe(10_000);
  });

  it('starts anew with a new window', () => {
    const quota = quotaBudget();
    quota.started();
    quota.learn({ limit: null, remaining: 0, resetMs: 10_000 }, 0);
    quota.finished(0);
    quota.started();
    quota.learn({ limit: null, remaining: 7, resetMs: 59_000 }, 11_000);
    quota.finished(11_000);
    expect(quota.wait(11_000)).toBe(0);
  });

  it('lets no more start at once in a new window than its limit says', () => {
    const quota = quotaBudget();
    quota.started();
    quota.learn({ limit: 2, remaining: 0, resetMs: 1_000 }, 0);
    quota.finished(0);
    expect(quota.wait(400)).toBe(600);
    for (let i = 0; i < 2; i += 1) {
      expect(quota.wait(1_000)).toBe(0);
      quota.started();
    }
    expect(quota.wait(1_000)).toBeNull();
  });

  it('lets one request find out whether a limit of 0 has changed', () => {
    const quota = quotaBudget();
    quota.started();
    quota.learn({ limit: 0, remaining: 0, resetMs: 1_000 }, 0);
    quota.finished(0);
    expect(quota.wait(999)).toBe(1);
    expect(quota.wait(1_000)).toBe(0);
  });
});
