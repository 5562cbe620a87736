import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryHint } from '#src/rest/throttle/retry-hint.js';

const NOW = 1_800_000_000_000;
const waitOf = (body: string, headers: Record<string, string> = {}): number | null =>
  retryHint(new Headers(headers), body, NOW).waitMs;
const ratesOf = (body: string): number[][] =>
  retryHint(new Headers(), body, NOW).policies.map(({ requests, perMs }) => [requests, perMs]);

describe('retryHint', () => {
  it.each<[string, number]>([
    ['{"retry_after": 1.5}', 1_500],
    ['{"retry_after":"30"}', 30_000],
    ['{"error":{"retry_after_ms":250,"code":429}}', 250],
    [
      '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.07s"}]}}',
      34_070,
    ],
    ['{"ok":false,"error_code":429,"parameters":{"retry_after":35}}', 35_000],
    ['{"retryAfterMs":200}', 200],
    ['{"retryAfterSeconds":2}', 2_000],
    ['{"retryAfter":"2 minutes"}', 120_000],
    [`{"retry_after":${NOW / 1000 + 9}}`, 9_000],
    [`{"retryAfter":${NOW + 9_000}}`, 9_000],
    [`{"retry_after":"${new Date(NOW + 8_000).toISOString()}"}`, 8_000],
    ['<error><message>Retry-After: 7</message></error>', 7_000],
    ['Too many requests. Please try again in 12 seconds.', 12_000],
    ['Request was throttled. Expected available in 3599 seconds.', 3_599_000],
    ['Please try again in 1m30.5s', 90_500],
    ['Please try again in 20ms.', 20],
    ['{"message":"Rate limit reached. Try again in 6m0s"}', 360_000],
    ['Please wait at least 1 minute and 5 seconds', 65_000],
    ['Retry after 2 hours', 7_200_000],
    ['Your quota resets in 3 mins', 180_000],
  ])('finds in %j how long to wait', (body, ms) => {
    expect(waitOf(body)).toBeCloseTo(ms);
  });

  it.each([
    '',
    '{}',
    'Too many requests',
    '{"code":429,"message":"slow down"}',
    '{"retry_after":null}',
    '{"retry_after":0}',
    '{"retry":true,"after":5}',
    `{"retry_after":"${new Date(NOW - 1).toISOString()}"}`,
    'Rate limit of 100 per minute',
    'wait. 5 seconds is nothing',
    'x'.repeat(20_000) + 'try again in 5 s',
  ])('finds no wait in %j', (body) => {
    expect(waitOf(body)).toBeNull();
  });

  it.each<[Record<string, string>, number]>([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': new Date(NOW + 4_000).toUTCString(), 'retry-after-ms': '1' }, 4_000],
    [{ 'retry-after': 'soon', 'retry-after-ms': '1500' }, 1_500],
    [{ 'x-ms-retry-after-ms': '60' }, 60],
    [{ 'retry-after': '0' }, 12_000],
    [{ 'x-ratelimit-reset': '99' }, 12_000],
  ])('takes the first header that names a wait: %j', (headers, ms) => {
    expect(waitOf('try again in 12 seconds', headers)).toBe(ms);
  });

  it('waits for the reset where nothing else names a wait', () => {
    expect(waitOf('', { 'x-ratelimit-reset': '99' })).toBe(99_000);
  });

  it.each<[string, number[][]]>([
    ['Rate limit of 100 per minute', [[100, 60_000]]],
    ['You may send 1,000 requests/h', [[1_000, 3_600_000]]],
    ['{"error":"limit is 10 calls every 5 seconds"}', [[10, 5_000]]],
    [
      'at most 5 requests per second and 100 requests per minute',
      [
        [5, 1_000],
        [100, 60_000],
      ],
    ],
    ['120/min exceeded', [[120, 60_000]]],
    ['2 queries in 500 ms', [[2, 500]]],
    ['Error 429: try again in 12 seconds', []],
    ['0 requests per minute', []],
    ['1.5 requests per second', []],
    ['100 per month', []],
  ])('finds the limits in %j', (body, rates) => {
    expect(ratesOf(body)).toEqual(rates);
  });

  it('gives limits over one span one name, so that a later text replaces an earlier one', () => {
    const [first, second] = [105, 106].map((count) =>
      retryHint(new Headers(), `You made ${count} requests in 60 seconds`, NOW).policies.map(
        ({ name }) => name,
      ),
    );
    expect(first).toHaveLength(1);
    expect(second).toEqual(first);
  });

  it('accepts any text', () => {
    fc.assert(
      fc.property(
        fc
          .array(
            fc.constantFrom(
              'retry',
              '_after',
              ' in ',
              '1',
              '9'.repeat(30),
              ' s',
              ' per ',
              'requests',
              ':',
              '"',
              '{',
              ' and ',
              'é',
              '.',
            ),
            { size: 'max', maxLength: 60 },
          )
          .map((parts) => parts.join('')),
        (body) => {
          const { waitMs, policies } = retryHint(new Headers(), body, NOW);
          expect(waitMs === null || waitMs > 0).toBe(true);
          for (const { requests, perMs } of policies) expect(requests >= 1 && perMs > 0).toBe(true);
        },
      ),
    );
  });
});
