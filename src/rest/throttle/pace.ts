/**
 * How fast requests to one host may start after rate-limit responses (429): half as fast after each
 * wave of them, and evenly faster again while requests are accepted, up to what the limits allow.
 * Immutable.
 */
export interface Pace {
  /** Requests a second that may start now; Infinity where nothing is known. */
  perSecond: number;
  /** Requests that may be in flight now; a fraction while it rises. */
  concurrency: number;
  /** What both may rise to. */
  max: Readonly<{ perSecond: number; concurrency: number }>;
  /** Requests a second at which the last 429 came. */
  limitedAt: number;
  /** When it was last slowed down (milliseconds since 1970). */
  cutAt: number;
  /** Since when it rises. */
  since: number;
}

export type PaceEvent =
  /**
   * A request that began at `startedAt` got a 429, and the next ones start at `until`.
   * `perSecond`: how fast requests started of late.
   */
  | { kind: 'rateLimited'; startedAt: number; until: number; perSecond: number }
  /** A request got any other response, or none. */
  | { kind: 'accepted' }
  /** The API announces a limit. */
  | { kind: 'announced'; perSecond: number };

/** The part of the pace that is left after a 429. */
const CUT = 0.5;
/** Accepted requests raise the pace by its maximum when they are so many … */
const RISE_REQUESTS = 100;
/** … or over this time, in milliseconds. */
const RISE_MS = 60_000;
/** The slowest, as a part of the maximum. */
const SLOWEST = 1 / 16;
/** The slowest where there is no maximum, in requests a second. */
const SLOWEST_PER_SECOND = 0.1;
/** The lowest maximum, in requests a second: limits by the hour or day say nothing of seconds. */
const LOWEST_MAX = 0.2;

/**
 * The pace of a host without 429s so far. `perSecond` is Infinity where there is no limit.
 */
export function fullPace(perSecond: number, concurrency: number): Pace {
  const max = { perSecond: Math.max(LOWEST_MAX, perSecond), concurrency };
  return {
    ...max,
    max,
    limitedAt: Number.POSITIVE_INFINITY,
    cutAt: Number.NEGATIVE_INFINITY,
    since: 0,
  };
}

/** The pace after an event, `now` in milliseconds since 1970. Pure. */
export function adapted(pace: Pace, event: PaceEvent, now: number): Pace {
  switch (event.kind) {
    case 'rateLimited':
      return slower(pace, event, now);
    case 'accepted':
      return faster(pace, now);
    case 'announced': {
      const { perSecond } = fullPace(event.perSecond, pace.max.concurrency);
      const full = pace.perSecond === pace.max.perSecond;
      return {
        ...pace,
        perSecond: full ? perSecond : Math.min(pace.perSecond, perSecond),
        max: { ...pace.max, perSecond },
      };
    }
    default:
      return event satisfies never;
  }
}

/** Milliseconds between two starts; 0 where the pace does not limit them. */
export function spacingMs({ perSecond, max }: Pace): number {
  return perSecond < max.perSecond && perSecond < 1_000 ? 1_000 / perSecond : 0;
}

function slower(
  pace: Pace,
  { startedAt, until, perSecond }: PaceEvent & { kind: 'rateLimited' },
  now: number,
): Pace {
  const since = Math.max(pace.since, until, now);
  // It was in flight when another one got its 429: the same wave.
  if (startedAt <= pace.cutAt) return { ...pace, since };
  const limitedAt = Number.isFinite(pace.perSecond) ? pace.perSecond : perSecond;
  const slowest = Number.isFinite(pace.max.perSecond)
    ? pace.max.perSecond * SLOWEST
    : SLOWEST_PER_SECOND;
  return {
    ...pace,
    limitedAt,
    perSecond: Math.max(slowest, limitedAt * CUT),
    concurrency: Math.max(1, pace.concurrency * CUT),
    cutAt: now,
    since,
  };
}

function faster(pace: Pace, now: number): Pace {
  const { perSecond, concurrency, max, limitedAt, since } = pace;
  if (now <= since || (perSecond === max.perSecond && concurrency === max.concurrency)) return pace;
  // However long no request was sent, one that is accepted raises the pace by its maximum at most.
  const part = Math.min(1, Math.max(1 / RISE_REQUESTS, (now - since) / RISE_MS));
  // Without a maximum nothing is known beyond the rate of the last 429, so steps grow there.
  const step = Number.isFinite(max.perSecond) ? max.perSecond : Math.max(limitedAt, perSecond);
  return {
    ...pace,
    perSecond: Math.min(max.perSecond, perSecond + step * part),
    concurrency: Math.min(max.concurrency, concurrency + max.concurrency * part),
    since: now,
  };
}
