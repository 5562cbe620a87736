/**
 * How fast a host is asked that has refused requests (429): slower by half for each wave of
 * refusals, and evenly faster again while it answers, up to what its limits allow. Immutable.
 */
export interface Pace {
  /** Requests a second that may start now; Infinity where nothing is known. */
  perSecond: number;
  /** Requests under way at once that are allowed now, as a fraction on the way up. */
  atOnce: number;
  /** What both may rise to. */
  most: Readonly<{ perSecond: number; atOnce: number }>;
  /** Requests a second at which the last refusal came. */
  wall: number;
  /** When it was last slowed down (milliseconds since 1970). */
  cutAt: number;
  /** Since when it rises. */
  since: number;
}

export type PaceEvent =
  /**
   * A request that began at `startedAt` was refused, and the next ones start at `until`.
   * `perSecond`: how fast they started of late.
   */
  | { kind: 'refused'; startedAt: number; until: number; perSecond: number }
  /** A request was answered otherwise. */
  | { kind: 'answered' }
  /** The API announces a limit. */
  | { kind: 'limited'; perSecond: number };

/** What is left of the pace after a refusal. */
const CUT = 0.5;
/** Clean answers raise the pace by its full height when they are so many … */
const RISE_ANSWERS = 100;
/** … or come through this time, in milliseconds. */
const RISE_MS = 60_000;
/** The slowest, as a part of the most. */
const SLOWEST = 1 / 16;
/** The slowest where there is no most, in requests a second. */
const SLOWEST_PER_SECOND = 0.1;
/**
 * Limits by the hour or day say nothing of seconds; a pace is never measured by less, in requests a
 * second.
 */
const LEAST_MOST = 0.2;

/**
 * The pace of a host that has refused nothing yet. `perSecond` is Infinity where there is no limit.
 */
export function fullPace(perSecond: number, atOnce: number): Pace {
  const most = { perSecond: Math.max(LEAST_MOST, perSecond), atOnce };
  return {
    ...most,
    most,
    wall: Number.POSITIVE_INFINITY,
    cutAt: Number.NEGATIVE_INFINITY,
    since: 0,
  };
}

/** The pace after an event, `now` in milliseconds since 1970. Pure. */
export function adapted(pace: Pace, event: PaceEvent, now: number): Pace {
  switch (event.kind) {
    case 'refused':
      return slower(pace, event, now);
    case 'answered':
      return faster(pace, now);
    case 'limited': {
      const { perSecond } = fullPace(event.perSecond, pace.most.atOnce);
      const full = pace.perSecond === pace.most.perSecond;
      return {
        ...pace,
        perSecond: full ? perSecond : Math.min(pace.perSecond, perSecond),
        most: { ...pace.most, perSecond },
      };
    }
    default:
      return event satisfies never;
  }
}

/** Milliseconds between two starts; 0 where the pace holds nothing back. */
export function spacingMs({ perSecond, most }: Pace): number {
  return perSecond < most.perSecond && perSecond < 1_000 ? 1_000 / perSecond : 0;
}

function slower(
  pace: Pace,
  { startedAt, until, perSecond }: PaceEvent & { kind: 'refused' },
  now: number,
): Pace {
  const since = Math.max(pace.since, until, now);
  // It was under way when another one was refused: the same wave.
  if (startedAt <= pace.cutAt) return { ...pace, since };
  const wall = Number.isFinite(pace.perSecond) ? pace.perSecond : perSecond;
  const slowest = Number.isFinite(pace.most.perSecond)
    ? pace.most.perSecond * SLOWEST
    : SLOWEST_PER_SECOND;
  return {
    ...pace,
    wall,
    perSecond: Math.max(slowest, wall * CUT),
    atOnce: Math.max(1, pace.atOnce * CUT),
    cutAt: now,
    since,
  };
}

function faster(pace: Pace, now: number): Pace {
  const { perSecond, atOnce, most, wall, since } = pace;
  if (now <= since || (perSecond === most.perSecond && atOnce === most.atOnce)) return pace;
  // However long nothing was asked, one answer proves no more than one full height.
  const part = Math.min(1, Math.max(1 / RISE_ANSWERS, (now - since) / RISE_MS));
  // Beyond the last wall nothing is known where there is no limit: the further, the bolder.
  const height = Number.isFinite(most.perSecond) ? most.perSecond : Math.max(wall, perSecond);
  return {
    ...pace,
    perSecond: Math.min(most.perSecond, perSecond + height * part),
    atOnce: Math.min(most.atOnce, atOnce + most.atOnce * part),
    since: now,
  };
}
