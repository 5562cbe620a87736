import { headerNames } from '../header-names.js';
import type { ResponseHeaders } from '../http/messages.js';
import { headerNumber, msUntil, msUntilDate } from './header-values.js';

/** What is left of a quota, as the API reports it. */
export interface Quota {
  /** Tells the quotas of one API apart. */
  name: string;
  /** Requests in a window; null where it is not reported. */
  limit: number | null;
  /** Requests that it will still take … */
  remaining: number;
  /** … in so many milliseconds from now. */
  resetMs: number;
}

/** A limit that an API announces: so many requests in any window of so many milliseconds. */
export interface Policy {
  /** Tells the limits of one API apart. */
  name: string;
  requests: number;
  perMs: number;
}

/** The limits that a response announces. */
export interface Announcement {
  quotas: readonly Quota[];
  policies: readonly Policy[];
}

/** False for headers without a limit, which is so in most responses. */
export function mayAnnounce(headers: ResponseHeaders): boolean {
  const names = headerNames(headers);
  if (names === null) return true;
  for (const name of names) if (/rate-?limit/.test(name)) return true;
  return false;
}

const PREFIXES = ['ratelimit', 'x-ratelimit', 'x-rate-limit'];

/**
 * The limits that a response's headers announce; empty lists where there are none. `now` is the
 * server's time (milliseconds since 1970), for resets that are dates.
 *
 * Reads `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10:
 * `"name";r=0;t=30;pk=:…:` and `"name";q=100;w=60;qu="requests"`, where other quota units than
 * requests are ignored; older drafts: `limit=10, remaining=0, reset=30` and `100;w=60`), and,
 * where there is no `RateLimit`, the first of `RateLimit-`, `X-RateLimit-` and `X-Rate-Limit-` with
 * `-Remaining` and `-Reset` or `-Reset-After`. A reset is seconds, unix time (in seconds or
 * milliseconds) or a date; `-Limit` may carry windows (`100, 100;w=60`).
 */
export function announcement(headers: ResponseHeaders, now: number): Announcement {
  const declared = items(
    headers.get('ratelimit-policy') ??
      headers.get('ratelimit-limit') ??
      headers.get('x-ratelimit-limit'),
  );
  const foreign = new Set(
    declared
      .filter(({ params }) => params['qu'] !== undefined && params['qu'] !== 'requests')
      .map(({ name }) => name),
  );
  const policies = declared.filter(({ name }) => !foreign.has(name)).flatMap(policy);
  const combined = items(headers.get('ratelimit')).filter(({ name }) => !foreign.has(name));
  if (combined.length > 0)
    return {
      policies,
      quotas: combined.some(({ name }) => name.includes('='))
        ? dictionary(combined)
        : combined.flatMap((item) => quota(item, policies)),
    };
  return {
    policies,
    quotas: PREFIXES.flatMap((prefix) => paired(prefix, headers, now)).slice(0, 1),
  };
}

/**
 * Milliseconds until requests are taken again, as the first of the `-Reset` headers says, or else
 * the quotas in `RateLimit` of which nothing is left; null where none does, or some are left.
 */
export function resetMs(headers: ResponseHeaders, now: number): number | null {
  const used = PREFIXES.filter(
    (prefix) => (headerNumber(headers.get(`${prefix}-remaining`)) ?? 0) === 0,
  );
  const paired = used.map((prefix) => resetOf(prefix, headers, now)).find((ms) => ms !== null);
  if (paired !== undefined) return paired;
  const { quotas } = announcement(headers, now);
  const empty = quotas.filter(({ remaining }) => remaining === 0).map((quota) => quota.resetMs);
  return empty.length === 0 ? null : Math.max(...empty);
}

/** True where a header says that nothing is left of a quota, whether or not it says until when. */
function isExhausted(headers: ResponseHeaders): boolean {
  return (
    PREFIXES.some((prefix) => headerNumber(headers.get(`${prefix}-remaining`)) === 0) ||
    items(headers.get('ratelimit')).some(
      ({ name, params }) => headerNumber(params['r'] ?? null) === 0 || /^remaining=0+$/.test(name),
    )
  );
}

/**
 * A member of a structured field's list (RFC 9651 §3.1), as far as these fields need it: quotes and
 * all of what stands before the first `;`.
 */
interface Item {
  name: string;
  params: Record<string, string>;
}

function items(value: string | null): Item[] {
  if (value === null) return [];
  return [...value.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)].map(([text]) => {
    const [, name = ''] = /^\s*("(?:[^"\\]|\\.)*"|[^;]*)/.exec(text) ?? [];
    const params = [...text.matchAll(/;\s*([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s;"]+))/g)].map(
      ([, key = '', quoted, bare]) => [key, quoted ?? bare ?? ''],
    );
    return { name: name.trim(), params: Object.fromEntries(params) as Record<string, string> };
  });
}

function policy({ name, params }: Item): Policy[] {
  // Older drafts put the quota itself in front of the parameters.
  const requests = headerNumber(params['q'] ?? name);
  const seconds = headerNumber(params['w']);
  return requests === null || seconds === null || requests < 1 || seconds <= 0
    ? []
    : [
        {
          name: keyOf({ name: params['q'] === undefined ? '' : name, params }),
          requests,
          perMs: seconds * 1000,
        },
      ];
}

function quota({ name, params }: Item, policies: readonly Policy[]): Quota[] {
  const own = policies.find((each) => each.name === keyOf({ name, params }));
  const remaining = headerNumber(params['r']);
  const seconds = headerNumber(params['t']);
  const reset = seconds === null ? (own?.perMs ?? null) : seconds * 1000;
  return remaining === null || reset === null
    ? []
    : [{ name: keyOf({ name, params }), limit: own?.requests ?? null, remaining, resetMs: reset }];
}

/** Each partition key has a quota of its own. */
function keyOf({ name, params }: Item): string {
  return params['pk'] === undefined ? name : `${name} ${params['pk']}`;
}

/** `limit=10, remaining=0, reset=30`, as drafts up to 07 wrote it. */
function dictionary(members: readonly Item[]): Quota[] {
  const value = (key: string): number | null =>
    headerNumber(
      members.find(({ name }) => name.startsWith(`${key}=`))?.name.slice(key.length + 1) ?? null,
    );
  const remaining = value('remaining');
  const reset = value('reset');
  return remaining === null || reset === null
    ? []
    : [{ name: 'ratelimit', limit: value('limit'), remaining, resetMs: reset * 1000 }];
}

function paired(prefix: string, headers: ResponseHeaders, now: number): Quota[] {
  const remaining = headerNumber(headers.get(`${prefix}-remaining`));
  const reset = remaining === null ? null : resetOf(prefix, headers, now);
  if (remaining === null || reset === null) return [];
  const limit = headerNumber(headers.get(`${prefix}-limit`)?.replace(/[,;].*$/s, ''));
  // GitHub has several quotas, and says by X-RateLimit-Resource which one it is.
  return [
    {
      name: `${prefix} ${headers.get(`${prefix}-resource`) ?? ''}`.trim(),
      limit,
      remaining,
      resetMs: reset,
    },
  ];
}

function resetOf(prefix: string, headers: ResponseHeaders, now: number): number | null {
  const text = headers.get(`${prefix}-reset`) ?? headers.get(`${prefix}-reset-after`);
  const reset = headerNumber(text);
  return reset === null ? msUntilDate(text, now) : msUntil(reset, now);
}

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
