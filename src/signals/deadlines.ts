import { Roster } from './roster.js';

/** The time at which something is stopped, unless it ends before. */
export interface Deadline {
  /** Moves the time to so many milliseconds from now; null: it is not stopped. */
  in(ms: number | null): void;
  /** To be called when there is nothing left to be stopped. */
  end(): void;
}

/** Deadlines that share one timer, since each of many small requests has several. */
export interface Deadlines {
  /** A deadline that is not set yet. `stop` is called once at most, when it has passed. */
  open(stop: () => void): Deadline;
}

const NEVER = Number.POSITIVE_INFINITY;
/** Longer timers fire at once in Node. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Keeps deadlines. The timer is set to the earliest one, and stays as it is when that ends or moves
 * on: it looks again when it fires. It keeps the process alive while a deadline is open.
 */
export function deadlines(): Deadlines {
  const open = new Roster<{ at: number; stop: () => void }>();
  let timer: NodeJS.Timeout | null = null;
  let firesAt = NEVER;

  function arm(at: number, now: number): void {
    if (at >= firesAt) return;
    if (timer !== null) clearTimeout(timer);
    firesAt = at;
    timer = setTimeout(look, Math.min(LONGEST_TIMER_MS, Math.max(1, Math.ceil(at - now))));
  }

  function look(): void {
    timer = null;
    firesAt = NEVER;
    const now = performance.now();
    for (const place of open.places()) {
      const one = place.value;
      if (one === null || one.at > now) continue;
      one.at = NEVER;
      one.stop();
    }
    let next = NEVER;
    for (const { value } of open.places()) next = Math.min(next, value?.at ?? NEVER);
    arm(next, now);
  }

  return {
    open(stop) {
      const one = { at: NEVER, stop };
      const place = open.add(one);
      if (open.size === 1) timer?.ref();
      return {
        in(ms) {
          if (ms === null) {
            one.at = NEVER;
            return;
          }
          const now = performance.now();
          one.at = now + ms;
          arm(one.at, now);
        },
        end() {
          open.remove(place);
          if (open.size === 0) timer?.unref();
        },
      };
    },
  };
}
