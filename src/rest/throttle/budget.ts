import type { Quota } from './rate-headers.js';
import type { Rate } from './rate-limit.js';

/**
 * Counts what a rate limit still allows. Pure: time is handed in, in milliseconds.
 *
 * A request counts from its start, and its place begins to come back only when its answer is there.
 * The server saw it before that, so whatever the network's delays, the server never counts more
 * than this does.
 */
export interface Budget {
  /**
   * Milliseconds until the next request may start; 0 when it may now. `null`: not before another
   * one is answered.
   */
  wait(now: number): number | null;
  started(): void;
  answered(now: number): void;
}

/** The budget of a rate: a rolling window, or with `burst` a bucket that refills evenly. */
export function budget({ requests, perMs, burst }: Omit<Rate, 'concurrency'>): Budget {
  return burst === null ? rollingWindow(requests, perMs) : bucket(requests / perMs, burst);
}

function rollingWindow(requests: number, perMs: number): Budget {
  let underWay = 0;
  const answers: number[] = [];
  // Those before it are over; they are cut off many at a time, since a window can hold a million.
  let first = 0;
  const expire = (now: number): void => {
    while (first < answers.length && (answers[first] as number) + perMs <= now) first += 1;
    if (first < 1_000 || first * 2 < answers.length) return;
    answers.splice(0, first);
    first = 0;
  };
  return {
    wait(now) {
      expire(now);
      if (underWay + answers.length - first < requests) return 0;
      const oldest = answers[first];
      return oldest === undefined ? null : oldest + perMs - now;
    },
    started() {
      underWay += 1;
    },
    answered(now) {
      underWay -= 1;
      if (Number.isFinite(requests)) answers.push(now);
    },
  };
}

function bucket(perMillisecond: number, size: number): Budget {
  let underWay = 0;
  let used = 0;
  let at = 0;
  const drain = (now: number): void => {
    used = Math.max(0, used - (now - at) * perMillisecond);
    at = now;
  };
  return {
    wait(now) {
      drain(now);
      const over = underWay + used + 1 - size;
      if (over <= 1e-9) return 0;
      return over > used + 1e-9 ? null : over / perMillisecond;
    },
    started() {
      underWay += 1;
    },
    answered(now) {
      drain(now);
      underWay -= 1;
      used += 1;
    },
  };
}

/** What is left of a quota, as the API itself tells with its answers. */
export interface QuotaBudget extends Budget {
  /** Takes in what an answer says, before that answer is counted. */
  learn(quota: Pick<Quota, 'limit' | 'remaining' | 'resetMs'>, now: number): void;
}

/** Resets that differ by less mean the same window: some are whole seconds, and clocks differ. */
const SAME_WINDOW_MS = 2_000;

/**
 * Lets no more requests be under way than the API said it still takes, until its window resets;
 * then as many as its limit says, if it does. Requests under way may or may not be counted in what
 * it said, so they count against it: nobody runs into the wall, and what is left is used up one
 * after another.
 */
export function quotaBudget(): QuotaBudget {
  let underWay = 0;
  let whole = Number.POSITIVE_INFINITY;
  let left = whole;
  let until = 0;
  return {
    wait(now) {
      if (now >= until) left = whole;
      if (underWay < left) return 0;
      return underWay > 0 ? null : until - now;
    },
    started() {
      underWay += 1;
    },
    answered() {
      underWay -= 1;
      left -= 1;
    },
    learn({ limit, remaining, resetMs }, now) {
      const resetAt = now + resetMs;
      const same = now < until && Math.abs(resetAt - until) < SAME_WINDOW_MS;
      // Answers can overtake each other: in one window the lowest counts. The answer's own request
      // is taken off after this.
      left = same ? Math.min(left, remaining + 1) : remaining + 1;
      if (!same) until = resetAt;
      // A limit of nothing would never let anybody find out that it has changed.
      whole = limit === null ? Number.POSITIVE_INFINITY : Math.max(1, limit);
    },
  };
}
