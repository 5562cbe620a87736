import { describe, expect, it } from 'vitest';
import { type Announcement, announcement, resetMs } from '#src/rest/throttle/rate-headers.js';

const NOW = 1_800_000_000_000;
const read = (headers: Record<string, string>): Announcement =>
  announcement(new Headers(headers), NOW);

describe('announcement', () => {
  it.each<[string, Record<string, string>, (number | null)[][]]>([
    ['the RateLimit field', { ratelimit: '"default";r=50;t=30' }, [[null, 50, 30_000]]],
    [
      'each of several quotas',
      { ratelimit: '"hour";r=900;t=3000, "burst";r=0;t=5' },
      [
        [null, 900, 3_000_000],
        [null, 0, 5_000],
      ],
    ],
    [
      'a quota with the limit of its policy',
      { ratelimit: '"a, b";t=5;r=1', 'ratelimit-policy': '"c";q=9;w=1, "a, b";q=100;w=60' },
      [[100, 1, 5_000]],
    ],
    [
      'a quota that resets with its window',
      { ratelimit: '"a";r=1', 'ratelimit-policy': '"a";q=100;w=60' },
      [[100, 1, 60_000]],
    ],
    ['a reset that is now', { ratelimit: '"a";r=0;t=0' }, [[null, 0, 0]]],
    [
      'the RateLimit field of older drafts',
      { ratelimit: 'limit=100, remaining=3, reset=50' },
      [[100, 3, 50_000]],
    ],
    [
      'RateLimit-Remaining and -Reset',
      { 'ratelimit-remaining': '9', 'ratelimit-reset': '12' },
      [[null, 9, 12_000]],
    ],
    [
      'RateLimit-Limit with its windows',
      { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '9', 'ratelimit-reset': '12' },
      [[100, 9, 12_000]],
    ],
    [
      'X-RateLimit with seconds',
      { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '12' },
      [[60, 0, 12_000]],
    ],
    [
      'X-RateLimit with unix time',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 60) },
      [[null, 0, 60_000]],
    ],
    [
      'X-RateLimit with unix milliseconds',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(NOW + 1_500) },
      [[null, 1, 1_500]],
    ],
    [
      'X-RateLimit with a date',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': new Date(NOW + 4_000).toISOString() },
      [[null, 1, 4_000]],
    ],
    [
      'X-RateLimit with a moment that is over',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(NOW / 1000 - 60) },
      [[null, 1, 0]],
    ],
    [
      'X-RateLimit-Reset-After',
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '1.25' },
      [[null, 1, 1_250]],
    ],
    [
      'X-Rate-Limit',
      { 'x-rate-limit-remaining': '4', 'x-rate-limit-reset': '2' },
      [[null, 4, 2_000]],
    ],
    [
      'the standard’s fields before the others',
      {
        'ratelimit-remaining': '5',
        'ratelimit-reset': '2',
        'x-ratelimit-remaining': '4',
        'x-ratelimit-reset': '2',
      },
      [[null, 5, 2_000]],
    ],
  ])('reads %s', (_what, headers, quotas) => {
    expect(
      read(headers).quotas.map(({ limit, remaining, resetMs: ms }) => [limit, remaining, ms]),
    ).toEqual(quotas);
  });

  it.each<[string, Record<string, string>, number[][]]>([
    [
      'policies',
      { 'ratelimit-policy': '"burst";q=100;w=60,"daily";q=1000;w=86400' },
      [
        [100, 60_000],
        [1_000, 86_400_000],
      ],
    ],
    [
      'policies in any order of parameters',
      { 'ratelimit-policy': '"a" ; pk=:cHsdsRa894==: ; w=10 ; q=5' },
      [[5, 10_000]],
    ],
    [
      'policies that count requests',
      { 'ratelimit-policy': '"a";q=65535;qu="content-bytes";w=10, "b";q=5;w=1;qu="requests"' },
      [[5, 1_000]],
    ],
    [
      'policies of older drafts',
      { 'ratelimit-policy': '100;w=60;burst=1000, 1000;w=3600' },
      [
        [100, 60_000],
        [1_000, 3_600_000],
      ],
    ],
    [
      'windows in RateLimit-Limit',
      { 'ratelimit-limit': '100, 100;w=60;comment="sliding; w=1"' },
      [[100, 60_000]],
    ],
    ['windows in X-RateLimit-Limit', { 'x-ratelimit-limit': '10;w=1' }, [[10, 1_000]]],
  ])('reads %s', (_what, headers, policies) => {
    expect(read(headers).policies.map(({ requests, perMs }) => [requests, perMs])).toEqual(
      policies,
    );
  });

  it.each<Record<string, string>>([
    {},
    { 'x-ratelimit-remaining': '0' },
    { 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-limit': '60' },
    { 'x-ratelimit-remaining': '', 'x-ratelimit-reset': '' },
    { 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-remaining': 'unlimited', 'x-ratelimit-reset': '30' },
    { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': 'soon' },
    { ratelimit: '"default";r=0' },
    { ratelimit: '"default";t=1' },
    { ratelimit: ',,;="' },
    { 'ratelimit-policy': '"a";q=0;w=60, "b";q=5;w=0, "c";q=5, "d";w=5' },
    { 'ratelimit-policy': '"a";q=9;w=9;qu="content-bytes"', ratelimit: '"a";r=0;t=9' },
  ])('finds nothing in %j', (headers) => {
    const { quotas, policies } = read(headers);
    expect(quotas).toEqual([]);
    expect(policies).toEqual([]);
  });

  it('keeps quotas apart by policy, partition and resource', () => {
    const names = [
      { ratelimit: '"a";r=1;t=1' },
      { ratelimit: '"b";r=1;t=1' },
      { ratelimit: '"a";r=1;t=1;pk=:QQ==:' },
      { ratelimit: '"a";pk=:Qg==:;r=1;t=1' },
      { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1' },
      {
        'x-ratelimit-limit': '10',
        'x-ratelimit-remaining': '1',
        'x-ratelimit-reset': '1',
        'x-ratelimit-resource': 'search',
      },
    ].map((headers) => read(headers).quotas[0]?.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain(undefined);
  });
});

describe('resetMs', () => {
  it('is read from a reset alone', () => {
    expect(resetMs(new Headers({ 'x-rate-limit-reset': String(NOW / 1000 + 7) }), NOW)).toBe(7_000);
    expect(resetMs(new Headers(), NOW)).toBeNull();
  });

  it('is null where requests are left: that quota did not refuse', () => {
    const headers: Record<string, string> = {
      'x-ratelimit-remaining': '12',
      'x-ratelimit-reset': '7',
    };
    expect(resetMs(new Headers(headers), NOW)).toBeNull();
    expect(resetMs(new Headers({ ...headers, 'x-ratelimit-remaining': '0' }), NOW)).toBe(7_000);
  });
});
