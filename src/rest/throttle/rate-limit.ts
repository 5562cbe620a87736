import { ConfigError } from '../../errors.js';

/** How many requests an API may be sent. */
export interface RateLimit {
  /** Requests that may start in `per`. */
  requests: number;
  /** Milliseconds, or text: `500ms`, `1s`, `1m`, `1h`. */
  per: number | string;
  /**
   * Requests that may start at once after a pause; the bucket refills at requests/per. Without it,
   * at most `requests` start in any window of `per`.
   */
  burst?: number;
  /** Requests in flight at once. @default 4 */
  concurrency?: number;
}

/** A rate limit with its units resolved. `requests` is Infinity where there is no limit. */
export interface Rate {
  requests: number;
  perMs: number;
  burst: number | null;
  concurrency: number;
}

/** Milliseconds of a unit of time. */
export const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a rate limit, as an object or as text: `100/1m`, `6000/1m`, `100/3000ms`, `300/1m burst
 * 20`. Undefined: 4 at once and no other limit.
 */
export function rateOf(limit: RateLimit | string | undefined): Rate {
  if (limit === undefined)
    return { requests: Number.POSITIVE_INFINITY, perMs: 1_000, burst: null, concurrency: 4 };
  const {
    requests,
    per,
    burst = null,
    concurrency = 4,
  } = typeof limit === 'string' ? parsed(limit) : limit;
  const perMs = typeof per === 'number' ? per : milliseconds(per);
  // A window or a bucket in which not even one request has room would never let any start.
  const room = burst ?? requests;
  const wrong =
    [requests, concurrency].some((value) => !(value > 0)) ||
    !(room >= 1) ||
    !(perMs > 0 && perMs < Number.POSITIVE_INFINITY) ||
    !Number.isInteger(concurrency);
  if (wrong)
    throw new ConfigError(
      `A rate limit needs numbers above 0: burst, or else requests, of at least 1, and a whole concurrency; found ${JSON.stringify(limit)}.`,
    );
  return { requests, perMs, burst, concurrency };
}

/** A rate in words: `300 requests per 60 s, 20 at once`. */
export function rateText({ requests, perMs, burst }: Omit<Rate, 'concurrency'>): string {
  return `${requests} ${requests === 1 ? 'request' : 'requests'} per ${perMs / 1000} s${burst === null ? '' : `, ${burst} at once`}`;
}

function parsed(text: string): RateLimit {
  const [, requests, per, burst] =
    /^\s*(\d+(?:\.\d+)?)\s*\/\s*(\d*\.?\d*\s*(?:ms|s|m|h))\s*(?:burst\s+(\d+))?\s*$/.exec(text) ??
    [];
  if (requests === undefined || per === undefined)
    throw new ConfigError(
      `\`${text}\` is not a rate limit. Write for example 100/1m, 100/3000ms or 300/1m burst 20.`,
    );
  return { requests: Number(requests), per, ...(burst !== undefined && { burst: Number(burst) }) };
}

function milliseconds(text: string): number {
  const [, amount = '', unit = ''] = /^\s*(\d*\.?\d*)\s*(ms|s|m|h)\s*$/.exec(text) ?? [];
  const factor = UNIT_MS[unit];
  if (factor === undefined)
    throw new ConfigError(
      `\`${text}\` is not a length of time. Write for example 500ms, 1s, 1m or 1h.`,
    );
  return (amount === '' ? 1 : Number(amount)) * factor;
}
