import { ConfigError } from '../../errors.js';
import { unixSeconds } from '../../settings/unix-ms.js';

/**
 * A span of time that is read piece by piece. Times are unix seconds, or ISO 8601 (UTC where there
 * is no zone).
 */
export interface WindowConfig {
  /**
   * Query parameter for the begin of a piece. Without it, use `{window.start}` in path, params,
   * json or headers.
   */
  startParam?: string;
  /** Query parameter for the end of a piece; without it, use `{window.end}`. */
  endParam?: string;
  /** Where the first piece begins. */
  start: number | string;
  /** Exclusive. @default now */
  end?: number | string;
  /** Length of a piece, in seconds; whole days where `format` is 'date'. @default 86,400: a day */
  size?: number;
  /** Seconds that each piece but the first begins earlier than the one before ended. @default 0 */
  overlap?: number;
  /** Seconds before `start` that are read again, for later changes. @default 0 */
  lookBack?: number;
  /** Seconds after `end` that are read too, for plans and schedules. @default 0 */
  lookAhead?: number;
  /** Format of times in requests. @default 'unix': seconds */
  format?: 'unix' | 'unixMs' | 'iso' | 'date';
}

/** One piece, as the API wants its ends. */
export interface Window {
  start: number | string;
  end: number | string;
}

/**
 * The pieces, oldest first. A piece ends where the next one begins: services differ in whether an
 * end is part of a window, so rows on the border may come twice and must be merged by key. An empty
 * span has no pieces. Each piece is made when it is taken. `now`: unix seconds.
 */
export function windowsOf(
  {
    start,
    end,
    size = 86_400,
    overlap = 0,
    lookBack = 0,
    lookAhead = 0,
    format = 'unix',
  }: WindowConfig,
  now: number,
): Iterable<Window> {
  const from = seconds(start) - lookBack;
  const to = (end === undefined ? Math.floor(now) : seconds(end)) + lookAhead;
  const right =
    [from, to].every(Number.isFinite) &&
    size > 0 &&
    overlap >= 0 &&
    overlap < size &&
    lookBack >= 0 &&
    lookAhead >= 0;
  if (!right)
    throw new ConfigError(
      'Windows need start and end in unix seconds or ISO 8601, a size above 0, an overlap below the size, and no negative lookBack or lookAhead.',
    );
  if (format === 'date' && size % 86_400 !== 0)
    throw new ConfigError(
      "Windows with `format: 'date'` need a `size` of whole days (86,400 seconds): shorter ones have the same dates, and bring the same rows.",
    );
  if (to < from)
    throw new ConfigError(
      `The window ends (${to}) before it starts (${from}); give start and end in unix seconds or ISO 8601, the earlier one first.`,
    );
  return (function* () {
    for (let at = from; at < to; at += size)
      yield {
        start: written(at === from ? at : at - overlap, format),
        end: written(Math.min(at + size, to), format),
      };
  })();
}

function seconds(time: number | string): number {
  return typeof time === 'number' ? time : unixSeconds(time);
}

function written(time: number, format: NonNullable<WindowConfig['format']>): number | string {
  if (format === 'unix') return time;
  if (format === 'unixMs') return time * 1000;
  const iso = new Date(time * 1000).toISOString();
  return format === 'date' ? iso.slice(0, 10) : iso.replace('.000Z', 'Z');
}
