import { isSluiceError, JsonError } from '../../operators/errors.js';
import { ConfigError, HttpError } from '../errors.js';
import type { SourceEvent } from '../source.js';
import type { Auth } from './auth.js';
import { type Answer, exchange, type RequestSpec } from './exchange.js';
import { explainAnswer, explainFault, isWebPage, webPage } from './explain.js';
import { onAbort } from './on-abort.js';
import { type Announcement, announcement } from './rate-headers.js';
import { type RateLimit, rateOf } from './rate-limit.js';
import { redactor, secretsIn } from './redact.js';
import { retryHint } from './retry-hint.js';
import { httpDate, retryAfterMs, type RetryConfig, retryRules, retryWait } from './retry.js';
import { type Throttle, throttle, type Turn } from './throttle.js';
import { type FetchLike, keepAliveFetch, PermanentFault } from './transport.js';
import { trust } from './trust.js';

export type { Answer, RequestSpec } from './exchange.js';

export interface ClientConfig {
  /** Root of the API, for example `https://api.example.com/v1`. */
  baseUrl: string;
  /** Sent with every request to `baseUrl`'s host, and to `authHosts`. @default none */
  headers?: Readonly<Record<string, string>>;
  /** Applied to requests to `baseUrl`'s host, and to `authHosts`; wins over `headers`. @default none */
  auth?: Auth;
  /** Other hosts (with the port, where it is not the usual one) that may see the authorization. @default none */
  authHosts?: readonly string[];
  /** Shared by all requests to one host. @default what the API announces (RateLimit-Policy), else no limit; 4 requests at once */
  rateLimit?: RateLimit | string;
  retry?: RetryConfig;
  /** Milliseconds for one attempt, body included. @default 300,000 */
  timeoutMs?: number;
  /** Milliseconds without a byte, from the start on, after which an attempt counts as failed. @default 60,000 */
  stallMs?: number;
  /** Largest body, in bytes, as it is when decompressed. @default 512 MiB */
  maxBytes?: number;
  /** What sends the requests. @default node-fetch with kept connections */
  fetch?: FetchLike;
}

export interface SendOptions {
  resource: string;
  /** Levels of parents above the resource: its requests take turns with those of other depths and other resources. @default 0 */
  depth?: number;
  signal: AbortSignal;
  observe: (event: SourceEvent) => void;
  /** Looks at the body of a good answer; a JsonError for one cut short makes the request be repeated. */
  check?: (body: Uint8Array) => void;
  /** Statuses that are answers and no errors. @default none */
  accept?: readonly number[];
}

export interface Client {
  /**
   * One answer: throttled, repeated where that helps. Errors: HttpError, ConfigError, what `check` raises; the signal's reason
   * when aborted. None of them shows a secret.
   */
  send(spec: RequestSpec, options: SendOptions): Promise<Answer>;
  readonly baseUrl: string;
  readonly concurrency: number;
  /** Text without the client's secrets. */
  redact(text: string): string;
}

/** A client for one API: its base, authorization and limits. */
export function httpClient(config: ClientConfig): Client {
  const { baseUrl, headers = {}, auth, authHosts = [], timeoutMs = 300_000, stallMs = 60_000, maxBytes = 512 * 1024 * 1024 } = config;
  const trusts = trust(checkedBase(baseUrl), authHosts);
  const rate = rateOf(config.rateLimit);
  const rules = retryRules(config.retry);
  const send = config.fetch ?? keepAliveFetch(rate.concurrency);
  const wire = { send, headers, auth, trusts, timeoutMs, stallMs, maxBytes };
  const shown = redactor([...(auth?.secrets ?? []), ...secretsIn(headers)]);
  const throttles = new Map<string, Throttle>();

  function throttleOf({ host }: URL): Throttle {
    const known = throttles.get(host) ?? throttle(rate);
    throttles.set(host, known);
    return known;
  }

  /** One attempt; to be called in its turn. Throws what no other attempt would mend. */
  async function attempt(spec: RequestSpec, count: number, turn: Turn, { resource, signal, observe, check, accept = [] }: SendOptions): Promise<Outcome> {
    const started = performance.now();
    const tell = (status: number | null): void =>
      observe({ kind: 'request', resource, method: spec.method, url: shown.url(spec.url), attempt: count, status, ms: performance.now() - started });
    let answer: Answer;
    try {
      answer = await exchange(spec, wire, signal);
    } catch (error) {
      // Errors of our own come from the authorization, before anything was asked.
      if (signal.aborted || isSluiceError(error)) throw error;
      tell(null);
      return { fault: error as Error };
    }
    tell(answer.status);
    const now = Date.now();
    turn.learn(inReach(announcement((name) => answer.headers.get(name), serverTime(answer, now))));
    if (answer.status >= 300) return accept.includes(answer.status) ? { good: answer } : { bad: answer };
    // 204 says that there is no body (RFC 9110 §15.3.5), so there is nothing to look at.
    if (answer.status === 204) return { good: answer };
    try {
      check?.(answer.body);
      return { good: answer };
    } catch (error) {
      if (error instanceof JsonError && isWebPage(answer.headers, shown.body(answer.body))) throw refused(spec, answer, count, webPage(answer.url));
      if (error instanceof JsonError && error.incomplete) return { fault: error };
      throw isSluiceError(error) ? shown.error(error) : error;
    }
  }

  /** Milliseconds to wait before the next attempt; 0 where the throttle holds everybody back for as long as the API asks. Throws to give up. */
  function waitAfter(outcome: { bad: Answer } | { fault: Error }, spec: RequestSpec, count: number, turn: Turn, { resource, observe }: SendOptions): number {
    const now = Date.now();
    const about = { method: spec.method, attempt: count };
    if ('fault' in outcome) {
      const { fault } = outcome;
      const wait = fault instanceof PermanentFault ? null : retryWait({ ...about, outcome: { error: fault } }, rules, now, Math.random());
      const what = shown.text(explainFault(fault));
      if (wait === null) throw new HttpError(`${title(spec)} failed${times(count)}: ${what}`, { status: null, ...place(spec), body: '', attempt: count });
      observe({ kind: 'wait', resource, reason: `trying again after: ${what}`, until: now + wait });
      return wait;
    }
    const { bad } = outcome;
    const clock = serverTime(bad, now);
    const retryAfter = bad.headers.get('retry-after');
    const hint = bad.status === 429 ? retryHint((name) => bad.headers.get(name), shown.body(bad.body), clock) : { waitMs: retryAfterMs(retryAfter, clock), policies: [] };
    const asked = hint.waitMs;
    turn.learn(inReach({ quotas: [], policies: hint.policies }));
    const wait = retryWait({ ...about, outcome: { status: bad.status, retryAfter: asked === null ? null : String(asked / 1000) } }, rules, clock, Math.random());
    if (wait === null) {
      const patience = asked !== null && asked > rules.maxRetryAfterMs ? ` It asks to wait ${asked / 1000} s${retryAfter === null ? '' : ' (Retry-After)'}, longer than retry.maxRetryAfterMs allows.` : '';
      throw refused(spec, bad, count, explainAnswer(bad, shown.body(bad.body), trusts(bad.url)) + patience);
    }
    const reason = bad.status === 429 ? 'the API says it is asked too often (429)' : `trying again after status ${bad.status}`;
    if (bad.status === 429 || asked !== null) {
      turn[bad.status === 429 ? 'refused' : 'pause'](now + wait, reason);
      return 0;
    }
    observe({ kind: 'wait', resource, reason, until: now + wait });
    return wait;
  }

  /** What is too far away is left to the wall: its answer then says how far, and ends the run. */
  function inReach({ quotas, policies }: Announcement): Announcement {
    return { quotas: quotas.filter(({ resetMs }) => resetMs <= rules.maxRetryAfterMs), policies: policies.filter(({ perMs }) => perMs <= rules.maxRetryAfterMs) };
  }

  function refused(spec: RequestSpec, { status, body }: Answer, count: number, why: string): HttpError {
    const message = shown.text(`${title(spec)} was answered ${status}${times(count)}. ${why}`);
    return new HttpError(message, { status, ...place(spec), body: shown.body(body), attempt: count });
  }

  function place({ method, url }: RequestSpec): { method: string; url: string } {
    return { method, url: shown.url(url) };
  }

  function title(spec: RequestSpec): string {
    const { method, url } = place(spec);
    return `${method} ${url}`;
  }

  return {
    baseUrl,
    concurrency: rate.concurrency,
    redact: (text) => shown.text(text),
    async send(spec, options) {
      const { resource, depth = 0, signal, observe } = options;
      const turns = throttleOf(spec.url);
      for (let count = 1; ; count += 1) {
        // The wait is found out in the request's turn, so that a pause is on before the next one starts; it is spent outside.
        const next = await turns.run(
          async (turn) => {
            const outcome = await attempt(spec, count, turn, options);
            return 'good' in outcome ? outcome.good : waitAfter(outcome, spec, count, turn, options);
          },
          signal,
          (reason, until) => observe({ kind: 'wait', resource, reason, until }),
          { resource, depth },
        );
        if (typeof next !== 'number') return next;
        await pause(next, signal);
      }
    },
  };
}

/** A good answer, one that is an error, or a fault on the way (a body cut short among them). */
type Outcome = { good: Answer } | { bad: Answer } | { fault: Error };

function times(attempts: number): string {
  return attempts > 1 ? ` (${attempts} attempts)` : '';
}

function checkedBase(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  // Nothing of it is shown before it is sure that no password is in it.
  const shown = baseUrl.replace(/^(\w+:\/\/)?[^/]*@/, '$1***@').replace(/\?.*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol)) throw new ConfigError(`\`${shown}\` is no address of an API. Give a base URL such as https://api.example.com/v1.`);
  if (url.username !== '' || url.password !== '') throw new ConfigError(`The base URL \`${shown}\` holds a user or password. Give them as auth: basic(user, password).`);
  return url;
}

/** What the server's clock says (milliseconds since 1970): dates in its answers are told by that, however wrong either clock is. */
function serverTime({ headers }: Answer, now: number): number {
  return httpDate(headers.get('date') ?? '') ?? now;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      off();
      resolve();
    }, ms);
    const off = onAbort(signal, () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
