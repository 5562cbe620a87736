import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '#src/rest/throttle/retry-after.js';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('retryAfterMs', () => {
  it('does not take for a date what is none', () => {
    for (const text of ['-5', '5 minutes', 'tomorrow', '1e3', '2026-01', 'Monday', ''])
      expect(retryAfterMs(text, NOW)).toBeNull();
    expect(retryAfterMs(null, NOW)).toBeNull();
  });
});
