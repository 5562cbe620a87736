/** Timers of Node and of browsers hold a signed 32-bit number; a longer one fires at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Converts a span of time that a user has set, in milliseconds, to what a timer can be set to: null
 * for Infinity, which means that there is no timer; at most 24.8 days.
 */
export function timerMs(ms: number): number | null {
  return ms === Number.POSITIVE_INFINITY ? null : Math.min(ms, LONGEST);
}
