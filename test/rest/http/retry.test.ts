import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { type RetryConfig, retryRules, retryWait } from '#src/rest/http/retry.js';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
const IN_90_S = 'Thu, 01 Jan 2026 12:01:30 GMT';

function wait({
  method = 'GET',
  attempt = 1,
  status,
  retryAfter = null,
  rules = {},
  random = 0,
}: {
  method?: string;
  attempt?: number;
  status?: number;
  retryAfter?: string | null;
  rules?: RetryConfig;
  random?: number;
}): number | null {
  const failure = status === undefined ? { error: new Error('cut') } : { status, retryAfter };
  return retryWait({ method, attempt, failure }, retryRules(rules), NOW, random);
}

describe('retryWait', () => {
  it.each([408, 425, 429, 500, 502, 503, 504, 599])('tries again after %i', (status) => {
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
    ['POST', 429, true],
  ])('repeats %s after %s: %s', (method, status, repeats) => {
    expect(wait({ method, ...(status !== undefined && { status }) }) !== null).toBe(repeats);
  });

  it('repeats methods that change things when told to', () => {
    expect(wait({ method: 'POST', status: 503, rules: { unsafeMethods: true } })).not.toBeNull();
  });

  it('doubles the wait up to its longest, and takes between half and all of it', () => {
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

  it.each([
    ['7', 7_000],
    [' 120 ', 120_000],
    ['0.5', 500],
    [IN_90_S, 90_000],
  ])('obeys Retry-After %s in full', (retryAfter, ms) => {
    expect(wait({ status: 429, retryAfter, rules: { maxMs: 10 } })).toBe(ms);
    expect(wait({ status: 503, retryAfter, rules: { maxMs: 10 } })).toBe(ms);
  });

  it('gives up rather than coming back before a Retry-After that is beyond all patience', () => {
    expect(wait({ status: 429, retryAfter: '600' })).toBe(600_000);
    expect(wait({ status: 429, retryAfter: '601' })).toBeNull();
    expect(wait({ status: 429, retryAfter: '11', rules: { maxRetryAfterMs: 10_000 } })).toBeNull();
  });

  it.each(['0', 'Thu, 01 Jan 2026 11:00:00 GMT', 'soon', '-5', ''])(
    'backs off by itself where Retry-After is %j',
    (retryAfter) => {
      expect(wait({ status: 429, retryAfter })).toBe(250);
    },
  );
});

describe('retryRules', () => {
  it.each([{ attempts: 0 }, { baseMs: -1 }, { maxMs: Number.NaN }, { maxRetryAfterMs: 0 }])(
    'refuses %j, naming the setting',
    (config) => {
      expect(() => retryRules(config)).toThrow(ConfigError);
      expect(() => retryRules(config)).toThrow(`retry.${Object.keys(config)[0]}`);
    },
  );
});
