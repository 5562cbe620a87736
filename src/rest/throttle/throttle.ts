import Bottleneck from 'bottleneck';
import { onAbort } from '../../signals/on-abort.js';
import { Roster } from '../../signals/roster.js';
import { announcedLimits, isShorter, longest, type Wait } from './announced-limits.js';
import { budget } from './budget.js';
import { fairQueue, type Origin } from './fair-queue.js';
import { adapted, fullPace, spacingMs } from './pace.js';
import type { Announcement } from './rate-headers.js';
import { type Rate, rateText } from './rate-limit.js';

/** Decides when requests to one host may start. */
export interface Throttle {
  /** Requests that wait for a slot. */
  readonly waiting: number;
  /**
   * Runs `request` when it has a slot: all limits allow it and no pause is on. Rejects with the
   * signal's reason when that aborts first. `onWait` is called with each longer wait of the request
   * that is next: why it waits, until when (milliseconds since 1970), and whether the API asks for
   * it. Waiting requests of one resource start in the order in which they came; resources
   * alternate. @default the origin is one root resource
   */
  run<T>(
    request: (slot: Slot) => Promise<T>,
    signal: AbortSignal,
    onWait: (reason: string, until: number, isAnnounced: boolean) => void,
    origin?: Origin,
  ): Promise<T>;
  /** No request starts before this time (milliseconds since 1970). */
  pause(until: number, reason: string): void;
}

/** What a running request reports to the throttle. */
export interface Slot {
  /** Takes in the limits that the response announces. */
  learn(announcement: Announcement): void;
  /** No request starts before this time (milliseconds since 1970). */
  pause(until: number, reason: string): void;
  /**
   * Pauses after a rate-limit response (429): requests start more slowly after it, and faster again
   * as the API accepts them.
   */
  backOff(until: number, reason: string): void;
}

interface WaitingRequest extends Origin {
  onWait(reason: string, until: number, isAnnounced: boolean): void;
  start(): void;
  /** Ends the wait without a start. */
  fail(reason: unknown): void;
}

/** Shorter waits are not reported, in milliseconds. */
const REPORTED_MS = 50;
/**
 * A wait for a response has no known end. It is reported when it lasts longer than this, with the
 * time of the next look, in milliseconds.
 */
const LONG_MS = 5_000;
/** Longer timers fire at once in Node. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** Number of starts from which the recent rate is computed. */
const RECENT = 100;
/** The shortest time over which the recent rate is computed, in milliseconds. */
const RECENT_MS = 100;

/**
 * A throttle for one host. The strictest limit at any time decides: the configured one (else the
 * one that the API announces), what is left of announced quotas, the pace after 429s, pauses, and
 * the concurrency.
 *
 * Bottleneck lets one request at a time look at the limits, so that two cannot take the same place;
 * one that nothing holds back, and that comes when none waits, starts at once. The rate itself is
 * counted here, since Bottleneck's windows are fixed and let twice the limit through at their edge;
 * so is the concurrency, which is lower after 429s. Only the request that is next has a timer. One
 * Bottleneck job serves all requests: a job behind another one would keep its request's response as
 * long as any request waits, and each job takes a millisecond to begin.
 */
export function throttle(rate: Rate): Throttle {
  const limiter = new Bottleneck({ maxConcurrent: 1 });
  withoutTimers(limiter);
  const queue = fairQueue<WaitingRequest>();
  const isConfigured = Number.isFinite(rate.requests);
  const configured = budget(rate);
  const announced = announcedLimits();
  const inFlight = new Roster<{ startedAt: number }>();
  const recent: number[] = [];
  let pace = fullPace((rate.requests / rate.perMs) * 1000, rate.concurrency);
  let paused = { until: 0, reason: '' };
  let wake = (): void => undefined;
  let admission: Promise<void> | null = null;

  /** Starts all waiting requests, each as soon as it may, and then waits for more. */
  async function admit(): Promise<void> {
    let reported = 0;
    let fullSince: number | null = null;
    for (;;) {
      if (queue.size === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const now = Date.now();
      const { next, wait } = nextStart(now);
      if (wait.ms === 0) {
        queue.take(next);
        next.start();
        reported = 0;
        fullSince = null;
        continue;
      }
      fullSince = wait.ms === null ? (fullSince ?? now) : null;
      const isLong = fullSince === null || now - fullSince >= LONG_MS;
      const until = now + (wait.ms ?? LONG_MS);
      if (isLong && until >= now + REPORTED_MS && until > reported + REPORTED_MS) {
        reported = until;
        try {
          const { ms, reason, isAnnounced = false } = wait;
          next.onWait(ms === null ? fullText(now) : reason, until, isAnnounced);
        } catch (error) {
          next.fail(error);
          continue;
        }
      }
      await sleep(wait.ms ?? LONG_MS);
    }
  }

  /** The request that may start first, of the first ones of all resources, and its wait. */
  function nextStart(now: number): { next: WaitingRequest; wait: Wait } {
    const common = longest([
      { ms: Math.max(0, paused.until - now), reason: paused.reason, isAnnounced: true },
      { ms: inFlight.size < Math.floor(pace.concurrency) ? 0 : null, reason: '' },
      {
        ms: Math.max(0, (recent.at(-1) ?? 0) + spacingMs(pace) - now),
        reason: `slowed down to ${pace.perSecond.toPrecision(2)} requests a second after a rate-limit response (429)`,
      },
      {
        ms: configured.wait(now),
        reason: `the configured rate limit is used up: ${rateText(rate)}`,
      },
    ]);
    let first: { next: WaitingRequest; wait: Wait } | null = null;
    for (const next of queue.heads()) {
      const wait = longest([common, announced.wait(next.resource, now)]);
      if (first === null || isShorter(wait, first.wait)) first = { next, wait };
      // No other waits less than all have to.
      if (first.wait.ms === common.ms) break;
    }
    return first as { next: WaitingRequest; wait: Wait };
  }

  /** The request may start at once: the waits of `nextStart` are all over. */
  function isFree(resource: string, now: number): boolean {
    return (
      paused.until <= now &&
      inFlight.size < Math.floor(pace.concurrency) &&
      (recent.at(-1) ?? 0) + spacingMs(pace) <= now &&
      configured.wait(now) === 0 &&
      announced.wait(resource, now).ms === 0
    );
  }

  function fullText(now: number): string {
    const age = Math.round((now - (inFlight.first?.startedAt ?? now)) / 1000);
    return `${inFlight.size === 1 ? 'a request is' : `${inFlight.size} requests are`} in flight, no more may be at once; the first for ${age} s`;
  }

  /** Resolves when the time is over, or a request ended or came. */
  function sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function runInSlot<T>(request: (slot: Slot) => Promise<T>, resource: string): Promise<T> {
    const one = { startedAt: Date.now() };
    const place = inFlight.add(one);
    if (recent.push(one.startedAt) > RECENT) recent.shift();
    configured.started();
    const charge = announced.started(resource);
    let isAccepted = true;
    try {
      return await request({
        learn({ quotas, policies }) {
          const binding = isConfigured ? [] : policies;
          announced.learn({ quotas, policies: binding }, charge, Date.now());
          // Of a limit by the minute and one by the day, that by the minute decides the pace.
          const perSecond = Math.max(
            ...binding.map(({ requests, perMs }) => (requests / perMs) * 1000),
          );
          if (binding.length > 0)
            pace = adapted(pace, { kind: 'announced', perSecond }, Date.now());
        },
        pause,
        backOff(until, reason) {
          isAccepted = false;
          pause(until, reason);
          pace = adapted(
            pace,
            { kind: 'rateLimited', startedAt: one.startedAt, until, perSecond: recentRate() },
            Date.now(),
          );
        },
      });
    } finally {
      const now = Date.now();
      inFlight.remove(place);
      configured.finished(now);
      announced.finished(charge, now);
      if (isAccepted) pace = adapted(pace, { kind: 'accepted' }, now);
      wake();
    }
  }

  function pause(until: number, reason: string): void {
    if (until > paused.until) paused = { until, reason };
  }

  /** Requests a second that have started of late. A single one counts as if it took RECENT_MS. */
  function recentRate(): number {
    return (recent.length * 1000) / Math.max(RECENT_MS, Date.now() - (recent[0] ?? 0));
  }

  return {
    get waiting() {
      return queue.size;
    },
    pause,
    async run(request, signal, onWait, origin = { resource: '', depth: 0 }) {
      signal.throwIfAborted();
      if (queue.size === 0 && isFree(origin.resource, Date.now()))
        return runInSlot(request, origin.resource);
      return new Promise((resolve, reject) => {
        const one: WaitingRequest = {
          ...origin,
          onWait,
          start() {
            off();
            resolve(runInSlot(request, origin.resource));
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
        admission ??= limiter.schedule(admit);
        if (queue.size === 1) wake();
      });
    },
  };
}

/**
 * Bottleneck lets a timer of a millisecond run out between any two states of a job, three times a
 * request and one request at a time. There is nothing that it waits for, so a microtask replaces
 * the timer: a list that is read page by page takes 1 ms a request, not 4.5.
 */
function withoutTimers(limiter: Bottleneck): void {
  const { _store: store } = limiter as unknown as { _store: { yieldLoop: () => Promise<void> } };
  store.yieldLoop = () => Promise.resolve();
}
