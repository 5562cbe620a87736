import { describe, expect, it } from 'vitest';
import { limiterFor, rollingWindow, tokenBucket } from '#src/sandbox/limiter.js';

describe('limiters', () => {
  it('count windows and buckets by the clock they are given', () => {
    const window = rollingWindow(2, 1_000);
    expect([0, 10, 20, 999, 1_001, 1_002].map((now) => window.take(now))).toEqual([
      0, 0, 980, 1, 0, 8,
    ]);
    const bucket = tokenBucket(2, 1);
    expect([1_000, 1_000, 1_000, 2_000, 2_500].map((now) => bucket.take(now))).toEqual([
      0, 0, 1_000, 0, 500,
    ]);
  });

  it('count each key for itself', () => {
    const limiter = limiterFor(() => rollingWindow(1, 1_000));
    expect(['a', 'b', 'a', 'b'].map((key) => limiter(key).take(0))).toEqual([0, 0, 1_000, 1_000]);
  });
});
