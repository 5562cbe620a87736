import type { ResponseHeaders } from '../http/messages.js';

/** A header's value as a number that is not negative; null for all else. */
export function headerNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}

/**
 * An HTTP date in milliseconds since 1970: any of the three forms of RFC 9110 §5.6.7, and ISO 8601,
 * which some send; null for all else, of which Date.parse would make strange dates. All are UTC,
 * said or not.
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
  const date = httpDate(value?.trim() ?? '');
  return date === null ? null : Math.max(0, date - now);
}

/**
 * What the server's clock says (milliseconds since 1970): dates in its answers are told by that,
 * however wrong either clock is.
 */
export function serverTime({ headers }: { headers: ResponseHeaders }, now: number): number {
  return httpDate(headers.get('date') ?? '') ?? now;
}
