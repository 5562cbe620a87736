import type { Rate } from './rate-limit.js';

/**
 * Counts what a rate limit still allows. Pure: time is handed in, in milliseconds.
 *
 * A request counts from its start, and its place begins to come back only when its answer is there. The server saw it before
 * that, so whatever the network's delays, the server never counts more than this does.
 */
export interface Budget {
  /** Milliseconds until the next request may start; 0 when it may now. `null`: not before another one is answered. */
  wait(now: number): number | null;
  started(): void;
  answered(now: number): void;
}

/** The budget of a rate: a rolling window, or with `burst` a bucket that refills evenly. */
export function budget({ requests, perMs, burst }: Rate): Budget {
  return burst === null ? rollingWindow(requests, perMs) : bucket(requests / perMs, burst);
}

function rollingWindow(requests: number, perMs: number): Budget {
  let underWay = 0;
  const answers: number[] = [];
  return {
    wait(now) {
      while (answers.length > 0 && (answers[0] as number) + perMs <= now) answers.shift();
      if (underWay + answers.length < requests) return 0;
      const oldest = answers[0];
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
