import { httpDate } from '../http/http-date.js';
import { headerNumber } from './header-number.js';

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
