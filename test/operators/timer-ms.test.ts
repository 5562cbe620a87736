import { expect, it } from 'vitest';
import { timerMs } from '#operators/settings/timer-ms.js';

it.each([
  [1, 1],
  [0.5, 0.5],
  [2 ** 31 - 1, 2 ** 31 - 1],
  [2 ** 31, 2 ** 31 - 1],
  [1e300, 2 ** 31 - 1],
  [Number.POSITIVE_INFINITY, null],
])('%d milliseconds are a timer of %s', (ms, timer) => {
  expect(timerMs(ms, 'ms')).toBe(timer);
});

it.each([Number.NaN, 0, -1, Number.NEGATIVE_INFINITY, '5000' as unknown as number])(
  '%s milliseconds are none',
  (ms) => {
    expect(() => timerMs(ms, 'stallMs')).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: `stallMs is ${ms}; it must be a number above 0. Infinity stands for no limit.`,
      }),
    );
  },
);
