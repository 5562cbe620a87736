import type { Quota } from './rate-headers.js';
import type { Rate } from './rate-limit.js';

/**
 * Counts what a rate limit still allows. Times are parameters, in milliseconds.
 *
 * A request counts from its start, and its place begins to come back only with its response. The
 * server saw the request before that, so whatever the network's delays, the server never counts
 * more than this does.
 */
export interface Budget {
  /**
   * Milliseconds until the next request may start; 0 when it may now. `null`: not before another
   * one is finished.
   */
  wait(now: number): number | null;
  started(): void;
  finished(now: number): void;
}

/** The budget of a rate: a rolling window, or with `burst` a bucket that refills evenly. */
export function budget({ requests, perMs, burst }: Omit<Rate, 'concurrency'>): Budget {
  return burst === null ? rollingWindow(requests, perMs) : bucket(requests / perMs, burst);
}

function rollingWindow(requests: number, perMs: number): Budget {
  let inFlight = 0;
  const ends: number[] = [];
  // Those before it are over. They are removed many at a time, since a window can hold a million.
  let first = 0;
  const expire = (now: number): void => {
    while (first < ends.length && (ends[first] as number) + perMs <= now) first += 1;
    if (first < 1_000 || first * 2 < ends.length) return;
    ends.splice(0, first);
    first = 0;
  };
  return {
    wait(now) {
      expire(now);
      if (inFlight + ends.length - first < requests) return 0;
      const oldest = ends[first];
      return oldest === undefined ? null : oldest + perMs - now;
    },
    started() {
      inFlight += 1;
    },
    finished(now) {
      inFlight -= 1;
      if (Number.isFinite(requests)) ends.push(now);
    },
  };
}

function bucket(perMillisecond: number, size: number): Budget {
  let inFlight = 0;
  let used = 0;
  let at = 0;
  const drain = (now: number): void => {
    used = Math.max(0, used - (now - at) * perMillisecond);
    at = now;
  };
  return {
    wait(now) {
      drain(now);
      const over = inFlight + used + 1 - size;
      if (over <= 1e-9) return 0;
      return over > used + 1e-9 ? null : over / perMillisecond;
    },
    started() {
      inFlight += 1;
    },
    finished(now) {
      drain(now);
      inFlight -= 1;
      used += 1;
    },
  };
}

/** What is left of a quota, as the API reports it in its responses. */
export interface QuotaBudget extends Budget {
  /** Takes in what a response reports; called before `finished`. */
  learn(quota: Pick<Quota, 'limit' | 'remaining' | 'resetMs'>, now: number): void;
}

/** Resets that differ by less belong to the same window: some are whole seconds, clocks differ. */
const SAME_WINDOW_MS = 2_000;

/**
 * Lets no more requests be in flight than the API said it still takes, until its window resets;
 * then as many as its limit, if it names one. Requests in flight may or may not be counted in the
 * number that it reported, so they count against it: none is refused, and the last ones start one
 * after another.
 */
export function quotaBudget(): QuotaBudget {
  let inFlight = 0;
  let full = Number.POSITIVE_INFINITY;
  let left = full;
  let until = 0;
  return {
    wait(now) {
      if (now >= until) left = full;
      if (inFlight < left) return 0;
      return inFlight > 0 ? null : until - now;
    },
    started() {
      inFlight += 1;
    },
    finished() {
      inFlight -= 1;
      left -= 1;
    },
    learn({ limit, remaining, resetMs }, now) {
      const resetAt = now + resetMs;
      const same = now < until && Math.abs(resetAt - until) < SAME_WINDOW_MS;
      // Responses can overtake each other: in one window the lowest number counts. The response's
      // own request is subtracted by `finished`.
      left = same ? Math.min(left, remaining + 1) : remaining + 1;
      if (!same) until = resetAt;
      // With a limit of 0 no request could find out that it has changed.
      full = limit === null ? Number.POSITIVE_INFINITY : Math.max(1, limit);
    },
  };
}
