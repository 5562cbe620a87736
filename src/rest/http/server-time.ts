import { httpDate } from './http-date.js';
import type { ResponseHeaders } from './response-headers.js';

/**
 * What the server's clock says (milliseconds since 1970): dates in its answers are told by that,
 * however wrong either clock is.
 */
export function serverTime({ headers }: { headers: ResponseHeaders }, now: number): number {
  return httpDate(headers.get('date') ?? '') ?? now;
}
