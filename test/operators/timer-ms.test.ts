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
  expect(timerMs(ms)).toBe(timer);
});
