import { isSluiceError, JsonError } from '../../operators/errors.js';
import { ConfigError, HttpError } from '../errors.js';
import type { SourceEvent } from '../source.js';
import type { Auth } from './auth.js';
import { explain } from './explain.js';
import { quotaResetAt } from './rate-headers.js';
import { type RateLimit, rateOf } from './rate-limit.js';
import { redactor } from './redact.js';
import { checkRetry, type Outcome, type RetryConfig, retryAfterMs, retryWait } from './retry.js';
import { type Throttle, throttle } from './throttle.js';
import { BodyTooLarge, type FetchAnswer, type FetchLike, keepAliveFetch, readBody } from './transport.js';

export interface ClientConfig {
  /** Root of the API, for example `https://api.example.com/v1`. */
  baseUrl: string;
  /** Sent with every request. @default none */
  headers?: Readonly<Record<string, string>>;
  /** Applied to requests to `baseUrl`'s host, and to `authHosts`. @default none */
  auth?: Auth;
  /** Other hosts that may see the authorization. @default none */
  authHosts?: readonly string[];
  /** Shared by all requests to one host. @default no limit, 4 requests at once */
  rateLimit?: RateLimit | string;
  retry?: RetryConfig;
  /** Milliseconds for one attempt, body included. @default 300,000 */
  timeoutMs?: number;
  /** Milliseconds without a byte after which an attempt counts as failed. @default 60,000 */
  stallMs?: number;
  /** Largest body, in bytes. @default 512 MiB */
  maxBytes?: number;
  /** What sends the requests. @default node-fetch with kept connections */
  fetch?: FetchLike;
}

export interface RequestSpec {
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface SendOptions {
  resource: string;
  signal: AbortSignal;
  observe: (event: SourceEvent) => void;
  /** Looks at the body of a good answer; a JsonError for one cut short makes the request be repeated. */
  check?: (body: Uint8Array) => void;
  /** Statuses that are answers and no errors. @default none */
  accept?: readonly number[];
}

export interface Answer {
  status: number;
  headers: { get(name: string): string | null };
  /** Where the answer came from, redirects followed. */
  url: URL;
  body: Uint8Array;
}

export interface Client {
  /** One answer: throttled, repeated where that helps. Errors: HttpError, ConfigError; the signal's reason when aborted. */
  send(spec: RequestSpec, options: SendOptions): Promise<Answer>;
  readonly baseUrl: string;
  readonly concurrency: number;
  /** Text without the client's secrets. */
  redact(text: string): string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;

/** A client for one API: its base, authorization and limits. */
export function httpClient(config: ClientConfig): Client {
  const { baseUrl, headers = {}, auth, authHosts = [], timeoutMs = 300_000, stallMs = 60_000, maxBytes = 512 * 1024 * 1024 } = config;
  const home = hostOf(baseUrl);
  const rate = rateOf(config.rateLimit);
  const retry = checkRetry(config.retry ?? {});
  const send = config.fetch ?? keepAliveFetch(rate.concurrency);
  const shown = redactor(auth?.secrets ?? []);
  const throttles = new Map<string, Throttle>();

  function throttleOf({ host }: URL): Throttle {
    const known = throttles.get(host) ?? throttle(rate);
    throttles.set(host, known);
    return known;
  }

  /** One attempt, redirects followed by hand: the authorization goes to the hosts it is for and to no other. */
  async function attempt(spec: RequestSpec, signal: AbortSignal): Promise<Answer> {
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => stop.abort(new Error(`no complete answer within ${timeoutMs / 1000} s`)), timeoutMs);
    try {
      let { method, url, body } = spec;
      for (let hops = 0; ; hops += 1) {
        const target = { url: new URL(url), headers: { 'user-agent': 'sluice', accept: 'application/json', ...lowerCased(headers), ...lowerCased(spec.headers ?? {}) } };
        if (target.url.host === home || authHosts.includes(target.url.host)) auth?.apply(target);
        const answer = await send(target.url.href, { method, headers: target.headers, redirect: 'manual', signal: stop.signal, ...(body !== undefined && { body }) });
        const bytes = await readBody(answer, { maxBytes, stallMs }, (reason) => stop.abort(reason));
        requireWhole(answer, bytes);
        const location = answer.headers.get('location');
        if (!REDIRECTS.has(answer.status) || location === null) return { status: answer.status, headers: answer.headers, url, body: bytes };
        if (hops === MOST_REDIRECTS) throw new Error(`more than ${MOST_REDIRECTS} redirects`);
        url = new URL(location, url);
        if (answer.status === 303 || (answer.status <= 302 && method === 'POST')) {
          method = 'GET';
          body = undefined;
        }
      }
    } catch (error) {
      // The reason why it was stopped says more than "aborted".
      throw stop.signal.aborted && stop.signal.reason instanceof Error ? stop.signal.reason : error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  return {
    baseUrl,
    concurrency: rate.concurrency,
    redact: (text) => shown.text(text),
    async send(spec, { resource, signal, observe, check, accept = [] }) {
      const about = throttleOf(spec.url);
      const url = shown.url(spec.url);
      for (let count = 1; ; count += 1) {
        const started = performance.now();
        const outcome = await about.run(
          async (): Promise<Answer | Error> => {
            try {
              const answer = await attempt(spec, signal);
              // 204 says that there is no body (RFC 9110 §15.3.5), so there is nothing to look at.
              if (answer.status < 300 && answer.status !== 204) check?.(answer.body);
              return answer;
            } catch (error) {
              return error as Error;
            }
          },
          signal,
          (reason, until) => observe({ kind: 'wait', resource, reason, until }),
        );
        const failed = outcome instanceof Error;
        observe({ kind: 'request', resource, method: spec.method, url, attempt: count, status: failed ? null : outcome.status, ms: performance.now() - started });
        // What the check found fault with stays so; only a body cut on its way is another one next time.
        const isFinal = isSluiceError(outcome) && !(outcome instanceof JsonError && outcome.incomplete);
        if (failed && (signal.aborted || isFinal)) throw outcome;
        const now = Date.now();
        if (!failed) {
          const reset = quotaResetAt((name) => outcome.headers.get(name), now);
          if (reset !== null) about.pause(reset, 'the quota is used up, as the API says');
          if (outcome.status < 300 || accept.includes(outcome.status)) return outcome;
        }
        const known: Outcome = failed ? { error: outcome } : { status: outcome.status, retryAfter: outcome.headers.get('retry-after') };
        const wait = failed && outcome instanceof BodyTooLarge ? null : retryWait({ method: spec.method, attempt: count, outcome: known }, retry, now, Math.random());
        if (wait === null) throw failure(spec, outcome, count, url);
        const isTooMany = !failed && outcome.status === 429;
        const reason = failed ? `trying again after: ${shown.text(outcome.message)}` : isTooMany ? 'the API says it is asked too often (429)' : `trying again after status ${outcome.status}`;
        observe({ kind: 'wait', resource, reason, until: now + wait });
        if (isTooMany || (!failed && retryAfterMs(outcome.headers.get('retry-after') ?? '', now) !== null)) about.pause(now + wait, reason);
        else await pause(wait, signal);
      }
    },
  };

  function failure(spec: RequestSpec, outcome: Answer | Error, attempts: number, url: string): HttpError {
    const times = attempts > 1 ? ` (${attempts} attempts)` : '';
    if (outcome instanceof Error) {
      const message = `${spec.method} ${url} failed${times}: ${shown.text(outcome.message)}`;
      return new HttpError(message, { status: null, method: spec.method, url, body: '', attempt: attempts });
    }
    const body = shown.body(outcome.body);
    const message = `${spec.method} ${url} was answered ${outcome.status}${times}. ${explain(outcome, body, new URL(url).host)}`;
    return new HttpError(message, { status: outcome.status, method: spec.method, url, body, attempt: attempts });
  }
}

function hostOf(baseUrl: string): string {
  try {
    const url = new URL(baseUrl);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.host;
  } catch {
    // Said below.
  }
  throw new ConfigError(`\`${baseUrl}\` is no address of an API. Give a base URL such as https://api.example.com/v1.`);
}


function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A body shorter than it was announced was cut on its way (a compressed one is announced in its compressed length). */
function requireWhole({ headers }: FetchAnswer, body: Uint8Array): void {
  const announced = headers.get('content-length');
  if (announced !== null && headers.get('content-encoding') === null && body.length < Number(announced))
    throw new Error(`the body was cut: ${body.length} of ${announced} bytes came`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      signal.removeEventListener('abort', abort);
      resolve();
    }
    function abort(): void {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
