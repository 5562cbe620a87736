import { describe, expect, it } from 'vitest';
import { quotaOf } from '#src/rest/rate-headers.js';

const NOW = 1_800_000_000_000;

function quota(headers: Record<string, string>): { remaining: number; inMs: number } | null {
  const found = quotaOf((name) => headers[name] ?? null, NOW);
  return found && { remaining: found.remaining, inMs: found.resetAt - NOW };
}

describe('quotaOf', () => {
  it.each<[string, Record<string, string>, number, number]>([
    ['the RateLimit field', { ratelimit: '"default";r=50;t=30' }, 50, 30_000],
    ['the tightest of several policies', { ratelimit: '"hour";r=900;t=3000, "burst";r=0;t=5' }, 0, 5_000],
    ['the RateLimit field of older drafts', { ratelimit: 'limit=100, remaining=3, reset=50' }, 3, 50_000],
    ['RateLimit-Remaining and -Reset', { 'ratelimit-remaining': '9', 'ratelimit-reset': '12' }, 9, 12_000],
    ['X-RateLimit with seconds', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' }, 0, 12_000],
    ['X-RateLimit with unix time', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 60) }, 0, 60_000],
    ['X-RateLimit with unix milliseconds', { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(NOW + 1_500) }, 1, 1_500],
    ['X-Rate-Limit', { 'x-rate-limit-remaining': '4', 'x-rate-limit-reset': '2' }, 4, 2_000],
  ])('reads %s', (_what, headers, remaining, inMs) => {
    expect(quota(headers)).toEqual({ remaining, inMs });
  });

  it.each<Record<string, string>>([
    {},
    { 'x-ratelimit-remaining': '0' },
    { 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-remaining': '', 'x-ratelimit-reset': '' },
    { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-remaining': 'unlimited', 'x-ratelimit-reset': '30' },
    { ratelimit: '"default";r=0' },
  ])('finds none in %j', (headers) => {
    expect(quota(headers)).toBeNull();
  });
});
