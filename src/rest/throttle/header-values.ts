import type { ResponseHeaders } from '../http/messages.js';

/** A header's value as a number that is not negative; null for all else. */
export function headerNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/**
 * An HTTP date in milliseconds since 1970: any of the three forms of RFC 9110 §5.6.7, and ISO 8601,
 * which some send; null for all else, which Date.parse would misread. All are UTC, with a zone or
 * without.
 */
export function httpDate(text: string): number | null {
  const iso = /^\d{4}-\d\d-\d\dT/.test(text);
  if (!iso && !/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s/.test(text)) return null;
  const zoned = /(GMT|UTC|Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}${iso ? 'Z' : ' GMT'}`;
  const date = Date.parse(zoned);
  return Number.isNaN(date) ? null : date;
}

/**
 * A `Retry-After` value in milliseconds from now, 0 for a date that is over; null where it is
 * neither seconds nor a date.
 */
export function retryAfterMs(value: string | null, now: number): number | null {
  const seconds = headerNumber(value);
  if (seconds !== null) return seconds * 1000;
  return msUntilDate(value, now);
}

/** Milliseconds from now to an HTTP date, 0 for one that is over; null for all else. */
export function msUntilDate(text: string | null, now: number): number | null {
  const date = httpDate(text?.trim() ?? '');
  return date === null ? null : Math.max(0, date - now);
}

/**
 * Milliseconds from now to a time that is written as a number, 0 for one that is over: unix time in
 * milliseconds or seconds where that is later than 2001, else seconds from now.
 */
export function msUntil(value: number, now: number): number {
  if (value > 1e12) return Math.max(0, value - now);
  return value > 1e9 ? Math.max(0, value * 1000 - now) : value * 1000;
}

/**
 * The time on the server's clock (milliseconds since 1970), or else `now`. Dates in its responses
 * are compared with it, since either clock may be wrong.
 */
export function serverTime({ headers }: { headers: ResponseHeaders }, now: number): number {
  return httpDate(headers.get('date') ?? '') ?? now;
}
