import Bottleneck from 'bottleneck';
import { onAbort } from '../../signals/on-abort.js';
import { announcedLimits } from './announced-limits.js';
import { budget } from './budget.js';
import { type About, fairQueue } from './fair-queue.js';
import { adapted, fullPace, spacingMs } from './pace.js';
import type { Announcement } from './rate-headers.js';
import { type Rate, rateText } from './rate-limit.js';
import { longest, shorter, type Wait } from './wait.js';

/** Decides when requests to one host may start. */
export interface Throttle {
  /**
   * Runs `request` when its turn comes, all limits allow it and no pause is on. Rejects with the
   * signal's reason when that aborts first. `waits` is told of each wait of the request whose turn
   * it is: why, and until when (milliseconds since 1970). Waiting requests of one resource start in
   * the order they came; those of several take turns. @default about one root
   */
  run<T>(
    request: (turn: Turn) => Promise<T>,
    signal: AbortSignal,
    waits: (reason: string, until: number) => void,
    about?: About,
  ): Promise<T>;
}

/** What a request can tell while it runs. */
export interface Turn {
  /** What the answer says of the API's limits. */
  learn(said: Announcement): void;
  /** Nobody starts before this time (milliseconds since 1970). */
  pause(until: number, reason: string): void;
  /**
   * A pause because the API is asked too often: requests start more slowly after it, and faster
   * again as they are answered.
   */
  refused(until: number, reason: string): void;
}

interface Waiting extends About {
  waits(reason: string, until: number): void;
  start(): void;
  /** Ends the wait without a start. */
  fail(reason: unknown): void;
}

/** Shorter waits are not worth telling, in milliseconds. */
const TOLD_MS = 50;
/**
 * Waits for an answer have no end that is known: they are told when they last longer, with the time
 * of the next look, in milliseconds.
 */
const LONG_MS = 5_000;
/** Longer timers fire at once in Node. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** Starts by which it is told how fast requests started of late. */
const RECENT = 100;
/** The shortest time by which that is told, in milliseconds. */
const FIRST_MS = 100;

/**
 * A throttle for one host: the configured limit (else the one that the API announces), what is left
 * of announced quotas, the pace after refusals, pauses and requests at once, the strictest at any
 * time.
 *
 * Bottleneck lets one at a time look at the limits, so that two cannot take the same place; whose
 * place it is, is decided when it is free. The rate itself is counted here, since Bottleneck's
 * windows are fixed and let twice the limit through at their edge, and so are requests at once, of
 * which there may be fewer after refusals. No timer runs but that of the request that waits. One
 * job serves all requests: a job behind another one would keep its request's response until nobody
 * waits any more, and each takes a millisecond to begin.
 */
export function throttle(rate: Rate): Throttle {
  const turns = new Bottleneck({ maxConcurrent: 1 });
  withoutTimers(turns);
  const queue = fairQueue<Waiting>();
  const configured = Number.isFinite(rate.requests);
  const own = budget(rate);
  const announced = announcedLimits();
  const underWay = new Set<{ startedAt: number }>();
  const recent: number[] = [];
  let pace = fullPace((rate.requests / rate.perMs) * 1000, rate.concurrency);
  let paused = { until: 0, reason: '' };
  let wake = (): void => undefined;
  let admission: Promise<void> | null = null;

  /** Starts all that wait, each as soon as it may, and then waits for more. */
  async function admit(): Promise<void> {
    let told = 0;
    let stuck: number | null = null;
    for (;;) {
      if (queue.size === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const now = Date.now();
      const { next, wait } = nextTurn(now);
      if (wait.ms === 0) {
        queue.take(next);
        next.start();
        told = 0;
        stuck = null;
        continue;
      }
      stuck = wait.ms === null ? (stuck ?? now) : null;
      const long = stuck === null || now - stuck >= LONG_MS;
      const until = now + (wait.ms ?? LONG_MS);
      if (long && until >= now + TOLD_MS && until > told + TOLD_MS) {
        told = until;
        try {
          next.waits(wait.ms === null ? unanswered(now) : wait.reason, until);
        } catch (error) {
          next.fail(error);
          continue;
        }
      }
      await sleep(wait.ms ?? LONG_MS);
    }
  }

  /** The request that may start first, of those whose turn it is, and its wait. */
  function nextTurn(now: number): { next: Waiting; wait: Wait } {
    const common = longest([
      { ms: Math.max(0, paused.until - now), reason: paused.reason },
      { ms: underWay.size < Math.floor(pace.atOnce) ? 0 : null, reason: '' },
      {
        ms: Math.max(0, (recent.at(-1) ?? 0) + spacingMs(pace) - now),
        reason: `slowed down to ${pace.perSecond.toPrecision(2)} requests a second, since the API was asked too often (429)`,
      },
      { ms: own.wait(now), reason: `the configured rate limit is used up: ${rateText(rate)}` },
    ]);
    let first: { next: Waiting; wait: Wait } | null = null;
    for (const next of queue.heads()) {
      const wait = longest([common, announced.wait(next.resource, now)]);
      if (first === null || shorter(wait, first.wait)) first = { next, wait };
    }
    return first as { next: Waiting; wait: Wait };
  }

  function unanswered(now: number): string {
    const [oldest] = underWay;
    const age = Math.round((now - (oldest?.startedAt ?? now)) / 1000);
    return `${underWay.size === 1 ? 'a request is' : `${underWay.size} requests are`} under way, no more may be at once; the first for ${age} s`;
  }

  /** Until the time is over, or something has changed. */
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function turn<T>(request: (turn: Turn) => Promise<T>, resource: string): Promise<T> {
    const one = { startedAt: Date.now() };
    underWay.add(one);
    if (recent.push(one.startedAt) > RECENT) recent.shift();
    own.started();
    const charge = announced.started(resource);
    let clean = true;
    try {
      return await request({
        learn({ quotas, policies }) {
          const binding = configured ? [] : policies;
          announced.learn({ quotas, policies: binding }, charge, Date.now());
          // Of a limit by the minute and one by the day, that by the minute tells how fast it may
          // go.
          const perSecond = Math.max(
            ...binding.map(({ requests, perMs }) => (requests / perMs) * 1000),
          );
          if (binding.length > 0) pace = adapted(pace, { kind: 'limited', perSecond }, Date.now());
        },
        pause,
        refused(until, reason) {
          clean = false;
          pause(until, reason);
          pace = adapted(
            pace,
            { kind: 'refused', startedAt: one.startedAt, until, perSecond: lately() },
            Date.now(),
          );
        },
      });
    } finally {
      const now = Date.now();
      underWay.delete(one);
      own.answered(now);
      announced.answered(charge, now);
      if (clean) pace = adapted(pace, { kind: 'answered' }, now);
      wake();
    }
  }

  function pause(until: number, reason: string): void {
    if (until > paused.until) paused = { until, reason };
  }

  /**
   * Requests a second that have started of late. Those of the first moment count as if they took a
   * while: it may be just one.
   */
  function lately(): number {
    return (recent.length * 1000) / Math.max(FIRST_MS, Date.now() - (recent[0] ?? 0));
  }

  return {
    run: (request, signal, waits, about = { resource: '', depth: 0 }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const one: Waiting = {
          ...about,
          waits,
          start() {
            off();
            resolve(turn(request, about.resource));
          },
          fail(reason) {
            off();
            queue.drop(one);
            wake();
            reject(reason);
          },
        };
        const off = onAbort(signal, () => one.fail(signal.reason));
        queue.add(one);
        admission ??= turns.schedule(admit);
        if (queue.size === 1) wake();
      }),
  };
}

/**
 * Bottleneck lets a timer of a millisecond run out between any two of a job's states, three times a
 * request and one request at a time. There is nothing that it waits for; a microtask does, and a
 * list read page by page takes 1 ms a request, not 4.5.
 */
function withoutTimers(turns: Bottleneck): void {
  const { _store: store } = turns as unknown as { _store: { yieldLoop: () => Promise<void> } };
  store.yieldLoop = () => Promise.resolve();
}
