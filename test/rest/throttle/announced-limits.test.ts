import { describe, expect, it } from 'vitest';
import { type AnnouncedLimits, announcedLimits } from '#src/rest/throttle/announced-limits.js';
import type { Announcement, Policy, Quota } from '#src/rest/throttle/rate-headers.js';

const quota = (remaining: number, more: Partial<Quota> = {}): Announcement => ({
  policies: [],
  quotas: [{ name: 'q', limit: null, remaining, resetMs: 10_000, ...more }],
});
const policy = (...policies: Policy[]): Announcement => ({ quotas: [], policies });

/** A request of a resource, from its start to its response. */
function request(
  limits: AnnouncedLimits,
  resource: string,
  announcement: Announcement,
  now = 0,
): void {
  const charge = limits.started(resource);
  limits.learn(announcement, charge, now);
  limits.finished(charge, now);
}

describe('announcedLimits', () => {
  it('does not limit before anything is announced', () => {
    const limits = announcedLimits();
    request(limits, 'a', { quotas: [], policies: [] });
    expect(limits.wait('a', 0)).toEqual({ ms: 0, reason: '' });
  });

  it('names the quota that is used up, and waits until it resets', () => {
    const limits = announcedLimits();
    request(limits, 'a', quota(0, { limit: 60 }));
    expect(limits.wait('a', 4_000)).toEqual({
      ms: 6_000,
      reason: 'the quota of 60 requests is used up, as the API reports',
      isAnnounced: true,
    });
    expect(limits.wait('a', 10_000).ms).toBe(0);
  });

  it('names the announced limit that is used up', () => {
    const limits = announcedLimits();
    request(limits, 'a', policy({ name: 'p', requests: 1, perMs: 2_000 }));
    expect(limits.wait('a', 500)).toEqual({
      ms: 1_500,
      reason: 'the limit that the API announces is used up: 1 request per 2 s',
      isAnnounced: true,
    });
  });

  it('keeps all of several limits, the longest wait first', () => {
    const limits = announcedLimits();
    request(
      limits,
      'a',
      policy({ name: '', requests: 1, perMs: 1_000 }, { name: '', requests: 1, perMs: 60_000 }),
    );
    expect(limits.wait('a', 0).ms).toBe(60_000);
    request(limits, 'a', quota(0, { resetMs: 90_000 }));
    expect(limits.wait('a', 0).ms).toBe(90_000);
  });

  it('shares a quota between the resources whose responses name it', () => {
    const limits = announcedLimits();
    for (const resource of ['a', 'b']) request(limits, resource, quota(5));
    request(limits, 'a', quota(0));
    expect(limits.wait('b', 0).ms).toBe(10_000);
  });

  it('binds resources that named another quota by that one only', () => {
    const limits = announcedLimits();
    request(limits, 'list', quota(50, { name: 'core' }));
    request(limits, 'search', quota(0, { name: 'search' }));
    expect(limits.wait('search', 0).ms).toBe(10_000);
    expect(limits.wait('list', 0).ms).toBe(0);
  });

  it('binds resources without limits of their own by every limit', () => {
    const limits = announcedLimits();
    request(limits, 'a', quota(0));
    request(limits, 'b', { quotas: [], policies: [] });
    expect(limits.wait('b', 0).ms).toBe(10_000);
    expect(limits.wait('c', 0).ms).toBe(10_000);
  });

  it('counts requests that were in flight when the limit was announced', () => {
    const limits = announcedLimits();
    const others = [limits.started('a'), limits.started('b')];
    request(limits, 'a', quota(2));
    expect(limits.wait('a', 0).ms).toBeNull();
    for (const other of others) limits.finished(other, 0);
    expect(limits.wait('a', 0).ms).toBe(10_000);
  });

  it('drops a limit that the API has changed', () => {
    const limits = announcedLimits();
    request(limits, 'a', policy({ name: 'p', requests: 1, perMs: 60_000 }));
    request(limits, 'a', policy({ name: 'p', requests: 100, perMs: 60_000 }));
    expect(limits.wait('a', 0).ms).toBe(0);
    request(limits, 'a', quota(0, { limit: 1 }));
    request(limits, 'a', quota(99, { limit: 100 }));
    expect(limits.wait('a', 0).ms).toBe(0);
  });

  it('keeps a changed limit for other resources that have it', () => {
    const limits = announcedLimits();
    const tight = policy({ name: 'p', requests: 1, perMs: 60_000 });
    for (const resource of ['a', 'b']) request(limits, resource, tight);
    request(limits, 'a', policy({ name: 'p', requests: 100, perMs: 60_000 }));
    expect(limits.wait('b', 0).ms).toBe(60_000);
  });
});
