import { ConfigError } from '../../../errors.js';

/**
 * How often and how long failed requests are repeated. Times are milliseconds. Without options all
 * have their defaults; ConfigError for a number that is not above 0 and a status that is none.
 */
export interface RetryConfig {
  /**
   * Requests in all. Those that a rate limit refuses are not counted, but sent again until
   * `rateLimitMs` is over; nor those that an idle connection loses, which are sent again at once.
   * @default 6, and 3 to a host that was never reached
   */
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
  /**
   * Milliseconds for which a request that a rate limit refuses is sent again, from its first
   * refusal on. Waits that the API names are obeyed at least five times, even if that takes longer.
   * @default 120,000; no limit where `attempts` is given
   */
  rateLimitMs?: number;
  /**
   * Statuses (400 to 599) that are requested again after a back-off. Rate limits are waited out
   * in any case. @default 408, 425 and every 5xx
   */
  statuses?: readonly number[];
  /** Repeat methods that may change something (POST, PATCH) too. @default false */
  unsafeMethods?: boolean;
}

/** The settings with their defaults. */
export interface RetryRules extends Required<Omit<RetryConfig, 'statuses'>> {
  /** Requests in all, with those that a rate limit refuses. */
  limitedAttempts: number;
  /** Requests in all to a host that was never reached: its address is probably wrong. */
  unreachedAttempts: number;
  /** Null: the default ones. */
  statuses: readonly number[] | null;
  /** Exceptions from the default ones. @default none */
  lasting?: readonly number[];
}

/** How an attempt failed. `waitMs`: the wait that the response names, null where it names none. */
export type Failure =
  /** A rate limit refused it, for the first time `sinceMs` ago; `refusals` includes this one. */
  | { kind: 'limited'; waitMs: number | null; sinceMs: number; refusals: number }
  | { kind: 'status'; status: number; waitMs: number | null }
  /** A response action demands another request. */
  | { kind: 'retry'; waitMs: number | null }
  /**
   * A network error: no response, or one that was cut or stalled. `isLost`: the connection had been
   * idle, and was closed as the request went out.
   */
  | { kind: 'fault'; isUnreached: boolean; isLost?: boolean };

/**
 * The wait before the next attempt in milliseconds, or why there is none: the failure is permanent,
 * the method may have changed something, the attempts or the time are used up, or the API demands
 * too long a wait.
 */
export type RetryDecision =
  { waitMs: number } | { giveUp: 'permanent' | 'method' | 'attempts' | 'time' | 'patience' };

/** Methods that do the same however often they are sent (RFC 9110 §9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'TRACE',
]);
const ATTEMPTS = 6;
const UNREACHED_ATTEMPTS = 3;
const RATE_LIMIT_MS = 120_000;

/**
 * Decides whether an attempt is followed by another one, and when. Pure: `attempt` counts from 1
 * without the attempts that a rate limit refused or an idle connection lost, `sent` with them;
 * `random` in [0, 1).
 *
 * Repeats the statuses of the rules, network errors and what a response action names. Methods that
 * are not idempotent are repeated only after a rate limit (nothing was done) and where an action
 * names it, unless `unsafeMethods` is set. What an idle connection lost is sent again at once, and
 * however often: a new connection loses nothing so. A wait that the API names is obeyed in full.
 * Otherwise the wait doubles each time; a random part between half and all of it is used, so that
 * many requests do not come back at once.
 */
export function retryDecision(
  {
    method,
    attempt,
    sent,
    failure,
  }: { method: string; attempt: number; sent: number; failure: Failure },
  rules: RetryRules,
  random: number,
): RetryDecision {
  const named = failure.kind === 'fault' ? null : failure.waitMs;
  const back = (times: number): number =>
    Math.min(rules.maxMs, rules.baseMs * 2 ** (times - 1)) * (0.5 + random / 2);
  if (failure.kind === 'limited') {
    const { sinceMs, refusals } = failure;
    if (sent >= rules.limitedAttempts) return { giveUp: 'attempts' };
    if (named !== null && named > rules.maxRetryAfterMs) return { giveUp: 'patience' };
    const left = rules.rateLimitMs - sinceMs;
    if (left <= 0 && (named === null || refusals >= ATTEMPTS)) return { giveUp: 'time' };
    // The last attempt comes when the time is over, not half a back-off earlier.
    return { waitMs: named ?? Math.min(back(refusals), left) };
  }
  if (!passes(failure, rules)) return { giveUp: 'permanent' };
  if (failure.kind !== 'retry' && !IDEMPOTENT.has(method) && !rules.unsafeMethods)
    return { giveUp: 'method' };
  if (failure.kind === 'fault' && failure.isLost === true) return { waitMs: 0 };
  const isUnreached = failure.kind === 'fault' && failure.isUnreached;
  if (attempt >= (isUnreached ? rules.unreachedAttempts : rules.attempts))
    return { giveUp: 'attempts' };
  if (named !== null && named > rules.maxRetryAfterMs) return { giveUp: 'patience' };
  return { waitMs: named ?? back(attempt) };
}

function passes(failure: Failure, { statuses, lasting = [] }: RetryRules): boolean {
  if (failure.kind !== 'status') return true;
  const { status } = failure;
  return statuses === null
    ? (status === 408 || status === 425 || status >= 500) && !lasting.includes(status)
    : statuses.includes(status);
}

/**
 * The settings with their defaults. ConfigError for one that is no number above 0, or no status.
 */
export function retryRules(config: RetryConfig = {}): RetryRules {
  const { attempts, statuses = null } = config;
  const rules = {
    baseMs: 500,
    maxMs: 30_000,
    maxRetryAfterMs: 600_000,
    rateLimitMs: attempts === undefined ? RATE_LIMIT_MS : Number.POSITIVE_INFINITY,
    unsafeMethods: false,
    ...config,
    attempts: attempts ?? ATTEMPTS,
    limitedAttempts: attempts ?? Number.POSITIVE_INFINITY,
    unreachedAttempts: attempts ?? UNREACHED_ATTEMPTS,
    statuses,
  };
  for (const name of ['attempts', 'baseMs', 'maxMs', 'maxRetryAfterMs', 'rateLimitMs'] as const)
    if (!(rules[name] > 0))
      throw new ConfigError(
        `retry.${name} must be a number above 0; found ${String(rules[name])}.`,
      );
  const wrong = statuses?.find((one) => !Number.isInteger(one) || one < 400 || one > 599);
  if (wrong !== undefined)
    throw new ConfigError(
      `retry.statuses takes statuses from 400 to 599; found ${String(wrong)}. For others use responseActions with action: 'retry'.`,
    );
  return rules;
}
