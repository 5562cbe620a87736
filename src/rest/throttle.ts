import Bottleneck from 'bottleneck';
import { announcedBudget, budget } from './budget.js';
import { onAbort } from './on-abort.js';
import type { Quota } from './rate-headers.js';
import type { Rate } from './rate-limit.js';

/** Decides when requests to one host may start. */
export interface Throttle {
  /**
   * Runs `request` when its turn comes, the rate allows it and no pause is on. Rejects with the signal's reason when that
   * aborts first. `waits` is told of each wait: why, and until when (milliseconds since 1970).
   */
  run<T>(request: () => Promise<T>, signal: AbortSignal, waits: (reason: string, until: number) => void): Promise<T>;
  /** Nobody starts before this time (milliseconds since 1970). To hold back those that wait already, call it while the request runs. */
  pause(until: number, reason: string): void;
  /** What an answer said of the API's quota; to be called while the request runs. */
  learn(quota: Quota): void;
}

/** Shorter waits are not worth telling, in milliseconds. */
const TOLD_MS = 50;
/** Longer timers fire at once in Node. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * A throttle for one host. Bottleneck keeps order and concurrency; the rate itself is counted here, since Bottleneck's windows
 * are fixed and let twice the limit through at their edge. It has no timers but those of requests that wait.
 */
export function throttle(rate: Rate): Throttle {
  const turns = new Bottleneck({ maxConcurrent: rate.concurrency });
  withoutTimers(turns);
  const own = budget(rate);
  const announced = announcedBudget();
  const alarms = new Set<() => void>();
  let paused = { until: 0, reason: '' };
  // One at a time looks at the budgets, so that two cannot take the same place.
  let gate: Promise<unknown> = Promise.resolve();

  async function admit(signal: AbortSignal, waits: (reason: string, until: number) => void): Promise<void> {
    let told = 0;
    for (;;) {
      signal.throwIfAborted();
      const now = Date.now();
      const { ms, reason } = nextWait(now);
      if (ms === 0) {
        for (const one of [own, announced]) one.started();
        return;
      }
      if (ms !== null && ms >= TOLD_MS && now + ms > told + TOLD_MS) {
        told = now + ms;
        waits(reason, told);
      }
      await sleep(ms, signal);
    }
  }

  /** Why and how long the next request has to wait; null: until another one is answered. */
  function nextWait(now: number): { ms: number | null; reason: string } {
    if (paused.until > now) return { ms: paused.until - now, reason: paused.reason };
    const quota = announced.wait(now);
    if (quota !== 0) return { ms: quota, reason: 'the quota is used up, as the API says' };
    return { ms: own.wait(now), reason: `rate limit of ${rate.requests} requests per ${rate.perMs / 1000} s` };
  }

  /** Until the time is over, or something has changed, or the signal aborts. */
  function sleep(ms: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(wake, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
      function wake(): void {
        clearTimeout(timer);
        alarms.delete(wake);
        off();
        resolve();
      }
      alarms.add(wake);
      const off = onAbort(signal, wake);
    });
  }

  function ring(): void {
    for (const wake of alarms) wake();
  }

  async function turn<T>(request: () => Promise<T>, admitted: Promise<void>): Promise<T> {
    await admitted;
    try {
      return await request();
    } finally {
      const now = Date.now();
      for (const one of [own, announced]) one.answered(now);
      ring();
    }
  }

  return {
    run: (request, signal, waits) =>
      new Promise((resolve, reject) => {
        // Whoever stands in the queue does not wait for its turn to hear of the abort.
        const off = onAbort(signal, () => reject(signal.reason as Error));
        turns
          .schedule(() => {
            const admitted = gate.then(() => admit(signal, waits)).finally(off);
            const started = turn(request, admitted);
            gate = admitted.catch(() => undefined);
            return started;
          })
          .then(resolve, reject);
      }),
    pause(until, reason) {
      if (until <= paused.until) return;
      paused = { until, reason };
      ring();
    },
    learn(quota) {
      announced.learn(quota);
      ring();
    },
  };
}

/**
 * Bottleneck lets a timer of a millisecond run out between any two of a job's states, three times a request and one request at
 * a time. There is nothing that it waits for; a microtask does, and a list read page by page takes 1 ms a request, not 4.5.
 */
function withoutTimers(turns: Bottleneck): void {
  const { _store: store } = turns as unknown as { _store: { yieldLoop: () => Promise<void> } };
  store.yieldLoop = () => Promise.resolve();
}
