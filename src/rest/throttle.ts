import Bottleneck from 'bottleneck';
import { type Budget, budget } from './budget.js';
import type { Rate } from './rate-limit.js';

/** Decides when requests to one host may start. */
export interface Throttle {
  /**
   * Runs `request` when its turn comes, the rate allows it and no pause is on. Rejects with the signal's reason when that
   * aborts first. `waits` is told of each wait: why, and until when (milliseconds since 1970; null: not known).
   */
  run<T>(request: () => Promise<T>, signal: AbortSignal, waits: (reason: string, until: number) => void): Promise<T>;
  /** Nobody starts before this time (milliseconds since 1970). */
  pause(until: number, reason: string): void;
}

/** A throttle for one host. Bottleneck keeps order and concurrency; the rate itself is counted here, since Bottleneck's windows are fixed and let twice the limit through at their edge. */
export function throttle(rate: Rate): Throttle {
  const turns = new Bottleneck({ maxConcurrent: rate.concurrency });
  const left: Budget = budget(rate);
  const alarms = new Set<() => void>();
  let paused = { until: 0, reason: '' };
  // One at a time looks at the budget, so that two cannot take the same place.
  let gate: Promise<unknown> = Promise.resolve();

  async function admit(signal: AbortSignal, waits: (reason: string, until: number) => void): Promise<void> {
    let told = 0;
    for (;;) {
      signal.throwIfAborted();
      const now = Date.now();
      const pause = paused.until - now;
      const wait = pause > 0 ? pause : left.wait(now);
      if (wait === 0) {
        left.started();
        return;
      }
      const until = wait === null ? now : now + wait;
      if (wait !== null && wait >= 50 && until > told + 50) {
        told = until;
        waits(pause > 0 ? paused.reason : `rate limit of ${rate.requests} requests per ${rate.perMs / 1000} s`, until);
      }
      await sleep(wait, signal);
    }
  }

  /** Until the time is over, or something has changed, or the signal aborts. */
  function sleep(ms: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      // Longer timers than 2^31-1 ms fire at once in Node.
      const timer = ms === null ? undefined : setTimeout(wake, Math.min(Math.ceil(ms), 2_147_483_647));
      function wake(): void {
        clearTimeout(timer);
        alarms.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      }
      alarms.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  function ring(): void {
    for (const wake of alarms) wake();
  }

  return {
    run: (request, signal, waits) =>
      turns.schedule(async () => {
        const admitted = gate.then(() => admit(signal, waits));
        gate = admitted.catch(() => undefined);
        await admitted;
        try {
          return await request();
        } finally {
          left.answered(Date.now());
          ring();
        }
      }),
    pause(until, reason) {
      if (until <= paused.until) return;
      paused = { until, reason };
      ring();
    },
  };
}
