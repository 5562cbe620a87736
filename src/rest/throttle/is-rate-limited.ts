import type { ResponseHeaders } from '../http/response-headers.js';
import { isExhausted } from './rate-headers.js';

/** With these, `Retry-After` does not mean a limit: sent again, the request fails the same way. */
const NEVER = new Set([401, 404, 410]);

/**
 * True for a response that refuses a request because of a rate limit: 429 (RFC 6585 §4), and other
 * 4xx with `Retry-After`. GitHub and others refuse with 403 and an exhausted quota instead.
 */
export function isRateLimited(status: number, headers: ResponseHeaders): boolean {
  if (status === 429) return true;
  if (status < 400 || status > 499 || NEVER.has(status)) return false;
  return (
    headers.get('retry-after') !== null ||
    headers.get('retry-after-ms') !== null ||
    ((status === 403 || status === 420) && isExhausted(headers))
  );
}
