import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { rateOf } from '#src/rest/throttle/rate-limit.js';

describe('rateOf', () => {
  it('is 4 at once and no other limit by default', () => {
    expect(rateOf(undefined)).toMatchObject({
      requests: Number.POSITIVE_INFINITY,
      burst: null,
      concurrency: 4,
    });
  });

  it.each([
    ['6000/1m', 6_000, 60_000, null],
    ['100/3000ms', 100, 3_000, null],
    ['300/1m burst 20', 300, 60_000, 20],
    ['10/s', 10, 1_000, null],
    [' 5 / 0.5h ', 5, 1_800_000, null],
    ['0.5/1s burst 1', 0.5, 1_000, 1],
  ])('reads %s', (text, requests, perMs, burst) => {
    expect(rateOf(text)).toEqual({ requests, perMs, burst, concurrency: 4 });
  });

  it('reads an object, its period as milliseconds or as text', () => {
    expect(rateOf({ requests: 3, per: 250, concurrency: 2 })).toEqual({
      requests: 3,
      perMs: 250,
      burst: null,
      concurrency: 2,
    });
    expect(rateOf({ requests: 3, per: '1m', burst: 2 })).toEqual({
      requests: 3,
      perMs: 60_000,
      burst: 2,
      concurrency: 4,
    });
  });

  it.each([
    '',
    'fast',
    '100',
    '100/',
    '100/1 fortnight',
    '/1m',
    '100/1m burst',
    '100 per 1m',
    '-1/1m',
    '0/1m',
  ])('refuses the text %j', (text) => {
    expect(() => rateOf(text)).toThrow(ConfigError);
  });

  it.each([
    { requests: 0, per: '1m' },
    { requests: 0.5, per: '1s' },
    { requests: 1, per: '1s', burst: 0.5 },
    { requests: 1, per: 0 },
    { requests: 1, per: 'week' },
    { requests: 1, per: '1s', concurrency: 0 },
    { requests: 1, per: '1s', concurrency: 1.5 },
    { requests: Number.NaN, per: '1s' },
    { requests: 1, per: Number.POSITIVE_INFINITY },
  ])('refuses %j, which would let no request start', (limit) => {
    expect(() => rateOf(limit)).toThrow(ConfigError);
  });
});
