import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpDate, retryAfterMs } from '#src/rest/throttle/header-values.js';

afterEach(() => void vi.unstubAllEnvs());

describe('httpDate', () => {
  it.each([
    'Thu, 01 Jan 2026 12:01:30 GMT',
    'Thursday, 01-Jan-26 12:01:30 GMT',
    'Thu Jan  1 12:01:30 2026',
    '2026-01-01T12:01:30Z',
    '2026-01-01T12:01:30',
    '2026-01-01T13:01:30+01:00',
  ])('reads %s as UTC, whatever the zone of this machine', (text) => {
    vi.stubEnv('TZ', 'America/New_York');
    expect(httpDate(text)).toBe(Date.UTC(2026, 0, 1, 12, 1, 30));
  });
});

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('retryAfterMs', () => {
  it('is null for what is no date', () => {
    for (const text of ['-5', '5 minutes', 'tomorrow', '1e3', '2026-01', 'Monday', ''])
      expect(retryAfterMs(text, NOW)).toBeNull();
    expect(retryAfterMs(null, NOW)).toBeNull();
  });
});
