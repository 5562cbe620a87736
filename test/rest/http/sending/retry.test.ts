import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import {
  type Failure,
  type RetryConfig,
  type RetryDecision,
  retryDecision,
  retryRules,
} from '#src/rest/http/sending/retry.js';

interface Case {
  method?: string;
  attempt?: number;
  status?: number;
  /** Milliseconds that the API demands as a wait. */
  request?: number | null;
  rules?: RetryConfig;
  random?: number;
}

function decide({
  method = 'GET',
  attempt = 1,
  status,
  request: waitMs = null,
  rules = {},
  random = 0,
}: Case): RetryDecision {
  const failure: Failure =
    status === undefined
      ? { kind: 'fault', isUnreached: false }
      : { kind: 'status', status, waitMs };
  return retryDecision({ method, attempt, sent: attempt, failure }, retryRules(rules), random);
}

/** Milliseconds to wait; null to give up. */
function wait(one: Case): number | null {
  const decision = decide(one);
  return 'waitMs' in decision ? decision.waitMs : null;
}

/** What comes of so many refusals by a rate limit, the first of them so long ago. */
function refused(
  refusals: number,
  sinceMs: number,
  { rules = {}, request: waitMs = null, method = 'GET' }: Case = {},
): RetryDecision {
  return retryDecision(
    {
      method,
      attempt: 1,
      sent: refusals,
      failure: { kind: 'limited', waitMs, sinceMs, refusals },
    },
    retryRules(rules),
    0,
  );
}

describe('retryDecision', () => {
  it.each([408, 425, 500, 502, 503, 504, 599])('repeats a request after %i', (status) => {
    expect(wait({ status })).not.toBeNull();
  });

  it.each([301, 304, 400, 401, 403, 404, 409, 410, 422, 451])('gives up after %i', (status) => {
    expect(wait({ status })).toBeNull();
  });

  it.each([
    ['GET', undefined, true],
    ['HEAD', undefined, true],
    ['PUT', 503, true],
    ['DELETE', 503, true],
    ['POST', undefined, false],
    ['POST', 503, false],
    ['PATCH', 500, false],
  ])('repeats %s after %s: %s', (method, status, repeats) => {
    expect(wait({ method, ...(status !== undefined && { status }) }) !== null).toBe(repeats);
  });

  it('repeats methods that change things with `unsafeMethods`', () => {
    expect(wait({ method: 'POST', status: 503, rules: { unsafeMethods: true } })).not.toBeNull();
  });

  it('doubles the wait up to its longest, and uses between half and all of it', () => {
    const rules = { attempts: 9, baseMs: 100, maxMs: 1_000 };
    expect([1, 2, 3, 4, 5, 6].map((attempt) => wait({ attempt, rules }))).toEqual([
      50, 100, 200, 400, 500, 500,
    ]);
    expect(wait({ attempt: 3, rules, random: 0.5 })).toBe(300);
    expect(wait({ attempt: 3, rules, random: 1 - Number.EPSILON })).toBeCloseTo(400);
  });

  it('gives up when the attempts are used up', () => {
    expect(wait({ attempt: 2, rules: { attempts: 3 } })).not.toBeNull();
    expect(wait({ attempt: 3, rules: { attempts: 3 } })).toBeNull();
    expect(wait({ attempt: 1, rules: { attempts: 1 } })).toBeNull();
  });

  it('names why it gives up', () => {
    expect(decide({ status: 404 })).toEqual({ giveUp: 'permanent' });
    expect(decide({ status: 503, method: 'POST' })).toEqual({ giveUp: 'method' });
    expect(decide({ method: 'POST' })).toEqual({ giveUp: 'method' });
    expect(decide({ status: 503, attempt: 6 })).toEqual({ giveUp: 'attempts' });
    expect(decide({ status: 503, request: 601_000 })).toEqual({ giveUp: 'patience' });
  });

  it('obeys a wait that the API names in full, up to the longest', () => {
    expect(wait({ status: 503, request: 90_000, rules: { maxMs: 10 } })).toBe(90_000);
    expect(wait({ status: 503, request: 600_000 })).toBe(600_000);
    expect(wait({ status: 503, request: 601_000 })).toBeNull();
    expect(refused(1, 0, { request: 90_000 })).toEqual({ waitMs: 90_000 });
    expect(refused(1, 0, { request: 11_000, rules: { maxRetryAfterMs: 10_000 } })).toEqual({
      giveUp: 'patience',
    });
  });

  it('repeats the statuses that are named, and no others', () => {
    const rules = { statuses: [409, 502] };
    expect([409, 502, 500, 503].map((status) => wait({ status, rules }) !== null)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(decide({ status: 409, method: 'POST', rules })).toEqual({ giveUp: 'method' });
  });

  it('waits a rate limit out by time, whatever the method and the number of refusals', () => {
    expect(refused(1, 0, { method: 'POST' })).toEqual({ waitMs: 250 });
    expect(refused(20, 60_000)).toEqual({ waitMs: 15_000 });
    expect(refused(20, 119_000)).toEqual({ waitMs: 1_000 });
    expect(refused(2, 120_000)).toEqual({ giveUp: 'time' });
    expect(refused(2, 5_000, { rules: { rateLimitMs: 5_000 } })).toEqual({ giveUp: 'time' });
  });

  it('obeys waits that a rate limit names five times, and longer while there is time', () => {
    expect(refused(5, 1_200_000, { request: 300_000 })).toEqual({ waitMs: 300_000 });
    expect(refused(6, 1_500_000, { request: 300_000 })).toEqual({ giveUp: 'time' });
    expect(refused(50, 50_000, { request: 1_000 })).toEqual({ waitMs: 1_000 });
  });

  it('counts refusals by a rate limit where `attempts` is set', () => {
    expect(refused(2, 0, { rules: { attempts: 3 } })).toEqual({ waitMs: 500 });
    expect(refused(3, 0, { rules: { attempts: 3 } })).toEqual({ giveUp: 'attempts' });
    expect(refused(30, 600_000, { rules: { attempts: 40 } })).toEqual({ waitMs: 15_000 });
    expect(refused(30, 600_000, { rules: { attempts: 40, rateLimitMs: 60_000 } })).toEqual({
      giveUp: 'time',
    });
  });
});

describe('retryRules', () => {
  it.each([
    { attempts: 0 },
    { baseMs: -1 },
    { maxMs: Number.NaN },
    { maxRetryAfterMs: 0 },
    { rateLimitMs: 0 },
    { statuses: [200] },
    { statuses: [503.5] },
  ])('refuses %j, naming the setting', (config) => {
    expect(() => retryRules(config)).toThrow(ConfigError);
    expect(() => retryRules(config)).toThrow(`retry.${Object.keys(config)[0]}`);
  });
});
