/** What an API says of its quota. */
export interface Quota {
  /** Requests that it will still take … */
  remaining: number;
  /** … until then (milliseconds since 1970). */
  resetAt: number;
}

type Header = (name: string) => string | null;

/**
 * The quota that an answer's headers tell of; null where they tell of none. Reads `RateLimit` (draft-ietf-httpapi-ratelimit-headers:
 * `"policy";r=0;t=30`, of several policies the tightest; older drafts: `limit=10, remaining=0, reset=30`), `RateLimit-Remaining`
 * with `RateLimit-Reset` (seconds), and `X-RateLimit-*`, whose reset is seconds with some services and unix time with others.
 */
export function quotaOf(header: Header, now: number): Quota | null {
  return combined(header('ratelimit'), now) ?? paired('ratelimit', header, now) ?? paired('x-ratelimit', header, now) ?? paired('x-rate-limit', header, now);
}

function combined(value: string | null, now: number): Quota | null {
  if (value === null) return null;
  const policies = /;\s*r=/.test(value) ? value.split(',') : [value];
  const quotas = policies.flatMap((policy) => {
    const remaining = /(?:^|[;,\s])(?:r|remaining)=(\d+)/.exec(policy)?.[1];
    const reset = /(?:^|[;,\s])(?:t|reset)=(\d+)/.exec(policy)?.[1];
    return remaining === undefined || reset === undefined ? [] : [{ remaining: Number(remaining), resetAt: now + Number(reset) * 1000 }];
  });
  return quotas.sort((a, b) => a.remaining - b.remaining || b.resetAt - a.resetAt)[0] ?? null;
}

function paired(prefix: string, header: Header, now: number): Quota | null {
  const remaining = numberOf(header(`${prefix}-remaining`));
  const reset = numberOf(header(`${prefix}-reset`));
  if (remaining === null || reset === null) return null;
  // Later than 2001 as milliseconds, or as unix seconds; else seconds from now.
  return { remaining, resetAt: reset > 1e12 ? reset : reset > 1e9 ? reset * 1000 : now + reset * 1000 };
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
