/**
 * Until when (milliseconds since 1970) an answer's headers say that the quota is used up; null when it is not, or they say
 * nothing. Reads `RateLimit` (draft-ietf-httpapi-ratelimit-headers: `"policy";r=0;t=30`), `RateLimit-Remaining` with
 * `RateLimit-Reset` (seconds), and `X-RateLimit-*`, whose reset is seconds with some services and unix time with others.
 */
export function quotaResetAt(header: (name: string) => string | null, now: number): number | null {
  const combined = header('ratelimit');
  if (combined !== null) {
    const remaining = /(?:^|[;,\s])r(?:emaining)?=(\d+)/.exec(combined)?.[1];
    const reset = /(?:^|[;,\s])(?:t|reset)=(\d+)/.exec(combined)?.[1];
    if (remaining === '0' && reset !== undefined) return now + Number(reset) * 1000;
  }
  for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
    const reset = Number(header(`${prefix}-reset`) ?? Number.NaN);
    if (header(`${prefix}-remaining`)?.trim() !== '0' || Number.isNaN(reset)) continue;
    // Later than 2001 as unix seconds, or as milliseconds; else seconds from now.
    if (reset > 1e12) return reset;
    return reset > 1e9 ? reset * 1000 : now + reset * 1000;
  }
  return null;
}
