import type { Auth } from './auth.js';
import { onAbort } from './on-abort.js';
import { type FetchAnswer, type FetchLike, PermanentFault, readBody, stallTimer } from './transport.js';
import { lowerCased, plainHeaders } from './trust.js';

export interface RequestSpec {
  method: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

export interface Answer {
  status: number;
  headers: { get(name: string): string | null };
  /** Where the answer came from, redirects followed. */
  url: URL;
  body: Uint8Array;
}

export interface ExchangeConfig {
  send: FetchLike;
  /** Sent to hosts that are trusted. */
  headers: Readonly<Record<string, string>>;
  auth: Auth | undefined;
  trusts: (url: URL) => boolean;
  timeoutMs: number;
  stallMs: number;
  maxBytes: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;

/**
 * One attempt at a request: its whole answer, redirects followed by hand, so that credentials go to the hosts they are for and
 * to no other.
 *
 * Errors: whatever went wrong on the way; PermanentFault where asking again would give the same; the signal's reason.
 */
export async function exchange(spec: RequestSpec, config: ExchangeConfig, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  // One of its own for each request: what is done to a request must not outlive it.
  const stop = new AbortController();
  const off = onAbort(signal, () => stop.abort(signal.reason));
  const timer = setTimeout(() => stop.abort(new Error(`no complete answer within ${config.timeoutMs / 1000} s`)), config.timeoutMs);
  try {
    let hop = spec;
    for (let hops = 0; ; hops += 1) {
      const { answer, bytes } = await ask(hop, config, stop);
      const location = answer.headers.get('location');
      if (!REDIRECTS.has(answer.status) || location === null) return { status: answer.status, headers: answer.headers, url: hop.url, body: bytes };
      if (hops === MOST_REDIRECTS) throw new PermanentFault(`it is redirected more than ${MOST_REDIRECTS} times`);
      hop = redirected(hop, answer.status, location);
    }
  } catch (error) {
    // The reason why it was stopped says more than "aborted".
    throw stop.signal.aborted && stop.signal.reason instanceof Error ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    off();
  }
}

async function ask(spec: RequestSpec, { send, headers, auth, trusts, stallMs, maxBytes }: ExchangeConfig, stop: AbortController): Promise<{ answer: FetchAnswer; bytes: Uint8Array }> {
  const { method, body } = spec;
  const all = { 'user-agent': 'sluice', accept: 'application/json', ...lowerCased(headers), ...lowerCased(spec.headers ?? {}) };
  const trusted = trusts(spec.url);
  const target = { url: new URL(spec.url), headers: trusted ? all : plainHeaders(all) };
  // User and password in a link are nobody's that we know, and node-fetch refuses them.
  target.url.username = '';
  target.url.password = '';
  if (trusted) auth?.apply(target);
  const silence = stallTimer(stallMs, (reason) => stop.abort(reason));
  let answer: FetchAnswer;
  try {
    answer = await send(target.url.href, { method, headers: target.headers, redirect: 'manual', signal: stop.signal, ...(body !== undefined && { body }) });
  } finally {
    clearTimeout(silence);
  }
  const bytes = await readBody(answer, { maxBytes, stallMs }, (reason) => stop.abort(reason));
  if (method !== 'HEAD') requireWhole(answer, bytes);
  return { answer, bytes };
}

/** The request that a redirect asks for (RFC 9110 §15.4): a POST becomes a GET unless the status says to repeat it. */
function redirected({ body, ...spec }: RequestSpec, status: number, location: string): RequestSpec {
  const url = URL.canParse(location, spec.url.href) ? new URL(location, spec.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new PermanentFault('it is redirected to something that is no http address');
  const becomesGet = (status === 303 && spec.method !== 'HEAD') || (status <= 302 && spec.method === 'POST');
  if (becomesGet) return { ...spec, method: 'GET', url };
  return { ...spec, url, ...(body !== undefined && { body }) };
}

/** A body shorter than it was announced was cut on its way (a compressed one is announced in its compressed length). */
function requireWhole({ headers }: FetchAnswer, body: Uint8Array): void {
  const announced = headers.get('content-length');
  if (announced !== null && headers.get('content-encoding') === null && body.length < Number(announced))
    throw new Error(`the body was cut: ${body.length} of ${announced} bytes came`);
}
