import type { ResponseHeaders } from '../http/messages.js';
import { headerNumber, msUntil, msUntilDate, retryAfterMs } from './header-values.js';
import { type Policy, resetMs } from './rate-headers.js';
import { UNIT_MS } from './rate-limit.js';

/** When and how often to send requests, as a 429 names it. */
export interface RetryHint {
  /** Milliseconds to wait before the next request; null where none are named. */
  waitMs: number | null;
  /** Limits that its text names. */
  policies: readonly Policy[];
}

/** Characters of a body that are read. */
const LONGEST_TEXT = 4_096;
const UNIT =
  '(milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])';

/**
 * `"retry_after": 1.5`, `retryAfterMs=200`, `"retryDelay": "34.07s"`, in JSON or not, however deep.
 */
const KEYED = new RegExp(
  `\\bretry[-_ ]?(?:after|in|delay)[-_ ]?(ms|millis|milliseconds|s|secs?|seconds)?"?\\s*[:=]\\s*"?(?:(\\d{4}-\\d\\d-\\d\\dT[^"\\s,}]+)|(\\d+(?:\\.\\d+)?)(?:\\s*${UNIT})?)`,
  'i',
);
/**
 * `try again in 12 seconds`, `Expected available in 1m30s`, `wait at least 1 minute and 5 seconds`.
 */
const SPOKEN = new RegExp(
  `\\b(?:try again|retry|wait|available|resets?)\\b[^\\d.!?\\n]{0,40}((?:\\d+(?:\\.\\d+)?\\s*${UNIT}(?:\\s*(?:and|,)?\\s*))+)`,
  'i',
);
const AMOUNT = new RegExp(`(\\d+(?:\\.\\d+)?)\\s*${UNIT}`, 'gi');
/** `Rate limit of 100 per minute`, `1,000 requests/h`, `10 calls every 5 seconds`. */
const RATE = new RegExp(
  `(?<![\\d.,_])(\\d[\\d,_]{0,15})\\s*(?:(?:api |http )?(?:requests?|reqs?|calls?|queries)\\s*(?:per|/|every|each|an?|in|within)|per|/)\\s*(\\d+(?:\\.\\d+)?)?\\s*${UNIT}`,
  'gi',
);

/**
 * Reads a 429: its headers, else its body. Pure: `now` is the server's time (milliseconds since
 * 1970).
 *
 * `Retry-After` counts first (RFC 9110 §10.2.3), then `Retry-After-Ms` and `X-Ms-Retry-After-Ms`,
 * then the body (JSON, or English text), then the reset of the rate-limit headers. Times that are
 * over are ignored. An empty body gives no wait.
 */
export function retryHint(headers: ResponseHeaders, body: string, now: number): RetryHint {
  const text = body.slice(0, LONGEST_TEXT);
  const readers = [
    () => retryAfterMs(headers.get('retry-after'), now),
    () => headerNumber(headers.get('retry-after-ms') ?? headers.get('x-ms-retry-after-ms')),
    () => keyed(text, now),
    () => spoken(text),
    () => resetMs(headers, now),
  ];
  let waitMs: number | null = null;
  for (const read of readers) waitMs ??= positive(read());
  return { waitMs, policies: [...text.matchAll(RATE)].flatMap(policy) };
}

function keyed(text: string, now: number): number | null {
  const [, suffix, date, amount = '', unit] = KEYED.exec(text) ?? [];
  if (date !== undefined) return msUntilDate(date, now);
  if (amount === '') return null;
  const number = Number(amount);
  const factor = unitMs(unit ?? suffix ?? 's');
  return factor === 1_000 ? msUntil(number, now) : number * factor;
}

function spoken(text: string): number | null {
  const [, length] = SPOKEN.exec(text) ?? [];
  if (length === undefined) return null;
  return [...length.matchAll(AMOUNT)].reduce(
    (sum, [, amount = '', unit = '']) => sum + Number(amount) * unitMs(unit),
    0,
  );
}

/** A later text with another number for the same span replaces the limit: some count requests. */
function policy([, count = '', amount = '1', unit = '']: RegExpExecArray): Policy[] {
  const requests = Number(count.replace(/[,_]/g, ''));
  const perMs = Number(amount) * unitMs(unit);
  return requests >= 1 && perMs > 0 ? [{ name: `text per ${perMs}`, requests, perMs }] : [];
}

function unitMs(unit: string): number {
  const word = unit.toLowerCase();
  return UNIT_MS[/^m(s|illi)/.test(word) ? 'ms' : word.charAt(0)] ?? 1_000;
}

function positive(ms: number | null): number | null {
  return ms !== null && ms > 0 ? ms : null;
}
