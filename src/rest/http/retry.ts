import { ConfigError } from '../../errors.js';
import { retryAfterMs } from '../throttle/retry-after.js';

export interface RetryConfig {
  /** Requests in all. @default 6 */
  attempts?: number;
  /** First wait of the exponential back-off, in milliseconds; doubles each time. @default 500 */
  baseMs?: number;
  /** Longest computed wait, in milliseconds. @default 30,000 */
  maxMs?: number;
  /**
   * Longest `Retry-After` or quota reset that is obeyed, in milliseconds; a longer one ends the run
   * instead of sleeping for hours. @default 600,000
   */
  maxRetryAfterMs?: number;
  /** Repeat methods that change things (POST, PATCH) too. @default false */
  unsafeMethods?: boolean;
}

/** How an attempt failed: an answer, or an error on the way (no answer, cut, stalled). */
type Failure = { status: number; retryAfter: string | null } | { error: Error };

/** Methods that do the same however often they are sent (RFC 9110 §9.2.2). */
export const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
]);

/**
 * Milliseconds to wait before the next attempt; null to give up. Pure: `attempt` counts from 1,
 * `now` is milliseconds since 1970 (by the server's clock where it is known), `random` in [0, 1).
 *
 * Repeated are 408, 425, 429, 5xx and errors on the way; methods that are not idempotent only after
 * 429, which says that nothing was done, unless told otherwise. `Retry-After` (RFC 9110 §10.2.3:
 * seconds or a date) is obeyed in full. Otherwise, and where it names no time to come, the wait
 * doubles, of which between half and all is taken, so that many do not come back at once.
 */
export function retryWait(
  { method, attempt, failure }: { method: string; attempt: number; failure: Failure },
  { attempts, baseMs, maxMs, maxRetryAfterMs, unsafeMethods }: Required<RetryConfig>,
  now: number,
  random: number,
): number | null {
  const status = 'status' in failure ? failure.status : null;
  const passing =
    status === null || status === 408 || status === 425 || status === 429 || status >= 500;
  const repeatable = IDEMPOTENT.has(method) || unsafeMethods || status === 429;
  if (!passing || !repeatable || attempt >= attempts) return null;
  const asked = 'retryAfter' in failure ? retryAfterMs(failure.retryAfter, now) : null;
  if (asked !== null && asked > 0) return asked > maxRetryAfterMs ? null : asked;
  return Math.min(maxMs, baseMs * 2 ** (attempt - 1)) * (0.5 + random / 2);
}

/** The settings with their defaults. ConfigError for one that is no number above 0. */
export function retryRules(config: RetryConfig = {}): Required<RetryConfig> {
  const rules = {
    attempts: 6,
    baseMs: 500,
    maxMs: 30_000,
    maxRetryAfterMs: 600_000,
    unsafeMethods: false,
    ...config,
  };
  for (const name of ['attempts', 'baseMs', 'maxMs', 'maxRetryAfterMs'] as const)
    if (!(rules[name] > 0))
      throw new ConfigError(
        `retry.${name} must be a number above 0; found ${String(rules[name])}.`,
      );
  return rules;
}
