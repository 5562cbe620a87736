import { onAbort } from '../../signals/on-abort.js';
import type { Auth, AuthRequest } from '../auth/auth.js';
import { authorize } from '../auth/request-auth.js';
import { secretFields, secretsIn } from '../secrets/redact.js';
import { inUtf8 } from './body/charset.js';
import { unpacked } from './body/content-coding.js';
import { expectedBytes, readBody, stallTimer } from './body/read-body.js';
import { saveBody, type SaveConfig } from './body/save-body.js';
import type { Cookies } from './cookies.js';
import { explainsItself, PermanentFault } from './http-errors.js';
import type { Answer, RequestSpec } from './messages.js';
import type { FetchLike, FetchResponse } from './transport/own-fetch.js';
import { lowerCased, plainHeaders } from './trust.js';
import { hrefOf, parseUrl, withoutParams, withParams } from './url.js';

export interface ExchangeConfig {
  send: FetchLike;
  /** Sent to hosts that are trusted. */
  headers: Readonly<Record<string, string>>;
  auth: Auth | null;
  cookies: Cookies;
  /** Values that the request carries and no stranger may see, beside those of `auth`. */
  secrets: readonly string[];
  /** Is told that a host was not sent parameters with secrets in them. */
  withheld: (host: string, names: readonly string[]) => void;
  trusts: (url: URL) => boolean;
  /** False: a redirect is the answer. */
  follows: boolean;
  /** Where the body of a good answer goes; null: it is kept. */
  save: SaveConfig | null;
  timeoutMs: number | null;
  stallMs: number | null;
  maxBytes: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;

/** What came of an attempt, and whether its body is in a file. */
export type Exchanged = Omit<Answer, 'ignored'> & { saved: boolean };

/**
 * One attempt at a request: its whole answer, redirects followed by hand, so that credentials go to
 * the hosts they are for and to no other.
 *
 * Errors: whatever went wrong on the way; PermanentFault where asking again would give the same;
 * ConfigError for authorization that failed; the signal's reason.
 */
export async function exchange(
  spec: RequestSpec,
  config: ExchangeConfig,
  signal: AbortSignal,
): Promise<Exchanged> {
  signal.throwIfAborted();
  // One of its own for each request: what is done to a request must not outlive it.
  const stop = new AbortController();
  const off = onAbort(signal, () => stop.abort(signal.reason));
  const { timeoutMs } = config;
  const timer =
    timeoutMs === null
      ? undefined
      : setTimeout(
          () => stop.abort(new Error(`no complete answer within ${timeoutMs / 1000} s`)),
          timeoutMs,
        );
  try {
    let hop: RequestSpec = { bodyFor: spec.url.origin, ...spec };
    for (let hops = 0; ; hops += 1) {
      const answer = await ask(hop, spec, config, stop);
      const location = answer.headers.get('location');
      const isLast = !config.follows || !REDIRECTS.has(answer.status) || location === null;
      // A file may take its time, as long as it keeps coming.
      if (isLast && config.save !== null && isFile(answer)) {
        clearTimeout(timer);
        const body = await saveBody(
          answer,
          config.save.path,
          limits(hop, answer, config, config.save),
          (reason) => stop.abort(reason),
        );
        return { status: answer.status, headers: answer.headers, url: hop.url, body, saved: true };
      }
      const body = await readBody(answer, limits(hop, answer, config, null), (reason) =>
        stop.abort(reason),
      );
      if (isLast) {
        const { status, headers } = answer;
        const plain = await readable(body, answer, config.maxBytes);
        return { status, headers, url: hop.url, body: plain, saved: false };
      }
      if (hops === MOST_REDIRECTS)
        throw new PermanentFault(`it is redirected more than ${MOST_REDIRECTS} times`);
      hop = redirected(hop, answer.status, location);
    }
  } catch (error) {
    stop.abort(error);
    // The first reason why it was stopped says more than "aborted".
    throw stop.signal.reason;
  } finally {
    clearTimeout(timer);
    off();
  }
}

async function ask(
  spec: RequestSpec,
  first: RequestSpec,
  config: ExchangeConfig,
  stop: AbortController,
): Promise<FetchResponse> {
  const { send, headers, auth, cookies, trusts, stallMs } = config;
  const { method, body } = spec;
  const trusted = trusts(spec.url);
  if (body !== undefined && !trusted && spec.bodyFor !== spec.url.origin)
    throw new PermanentFault(
      `a redirect or link leads to ${spec.url.origin}, which is not sent the request's body, since that may hold secrets. Name the host in authHosts if it may see them`,
    );
  const all = {
    'user-agent': 'sluice',
    accept: 'application/json',
    ...lowerCased(headers),
    ...lowerCased(spec.headers ?? {}),
  };
  const target: AuthRequest = {
    method,
    url: withParams(spec.url),
    headers: trusted ? all : plainHeaders(all),
    ...(body !== undefined && { body }),
  };
  // User and password in a link are nobody's that we know, and node-fetch refuses them.
  target.url.username = '';
  target.url.password = '';
  const cookie = cookies.headerFor(target.url, target.headers['cookie']);
  if (cookie !== undefined) target.headers['cookie'] = cookie;
  if (auth !== null && trusted) await authorize(() => auth.apply(target), stop.signal);
  if (!trusted) withhold(target, ownSecrets(first, config), config);
  const silence = stallTimer(stallMs, (reason) => stop.abort(reason));
  try {
    const rest = target.body === undefined ? {} : { body: target.body };
    const answer = await send(hrefOf(target.url), {
      method,
      headers: lowerCased(target.headers),
      redirect: 'manual',
      signal: stop.signal,
      ...rest,
    });
    await cookies.take(spec.url, answer.headers);
    return answer;
  } finally {
    clearTimeout(silence);
  }
}

/** What the request has that only the hosts that are trusted may see. */
function ownSecrets(
  { url, headers = {} }: RequestSpec,
  { secrets, auth, headers: common, trusts }: ExchangeConfig,
): string[] {
  return [
    ...secrets,
    ...(auth?.secrets ?? []),
    ...secretsIn(common),
    ...secretsIn(headers),
    // Those of an address elsewhere are its own: links are signed.
    ...(trusts(url) ? secretFields(url.searchParams) : []),
  ].filter((secret) => secret.length >= SHORTEST);
}

/**
 * Takes parameters with secrets out of a request to a host that is not trusted. PermanentFault
 * where a secret would be left in its address or body.
 */
function withhold(
  target: AuthRequest,
  secrets: readonly string[],
  { withheld }: ExchangeConfig,
): void {
  const holds = (text: string): boolean =>
    secrets.some((secret) => text === secret || (secret.length >= LONG && text.includes(secret)));
  const names: string[] = [];
  target.url = withoutParams(target.url, (name, value) => {
    if (!holds(value)) return false;
    names.push(name);
    return true;
  });
  if (names.length > 0) withheld(target.url.host, names);
  for (const [name, value] of Object.entries(target.headers))
    if (holds(value)) delete target.headers[name];
  const { body = '' } = target;
  const part = [hrefOf(target.url), plainText(hrefOf(target.url))].some(holds)
    ? 'address'
    : holds(typeof body === 'string' ? body : Buffer.from(body).toString('latin1'))
      ? 'body'
      : null;
  if (part !== null)
    throw new PermanentFault(
      `the request to ${target.url.origin} has a secret in its ${part}, and secrets go to no other host than the base URL's. Name the host in authHosts if it may see them`,
    );
}

/** Shorter values are no secrets that could be told from other values. */
const SHORTEST = 4;
/** Shorter secrets may be part of other values. */
const LONG = 8;

function plainText(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function limits(
  spec: RequestSpec,
  answer: FetchResponse,
  { maxBytes, stallMs }: ExchangeConfig,
  save: SaveConfig | null,
): Parameters<typeof readBody>[1] {
  const shared = { stallMs, expected: expectedBytes(spec.method, answer) };
  if (save === null)
    return { ...shared, maxBytes, whenLarger: 'ask for smaller pages, or raise maxBytes' };
  return {
    ...shared,
    maxBytes: save.maxBytes ?? maxBytes,
    whenLarger: 'raise maxBytes where it is saved',
  };
}

/**
 * The body decompressed and in UTF-8, however it came. What an error says stays as it came where
 * that fails: its status says more.
 */
async function readable(
  body: Uint8Array,
  { status, headers }: FetchResponse,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    return inUtf8(await unpacked(body, maxBytes), headers.get('content-type'));
  } catch (error) {
    if (status >= 300) return body;
    throw error;
  }
}

/** A good answer with a body that does not explain an error. */
function isFile({ status, headers }: FetchResponse): boolean {
  return status >= 200 && status < 300 && status !== 204 && !explainsItself(headers);
}

/**
 * The request that a redirect asks for (RFC 9110 §15.4): a POST becomes a GET unless the status
 * says to repeat it.
 */
function redirected({ body, ...spec }: RequestSpec, status: number, location: string): RequestSpec {
  const url = URL.canParse(location, spec.url.href) ? parseUrl(location, spec.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PermanentFault('it is redirected to something that is no http address');
  const becomesGet =
    (status === 303 && spec.method !== 'HEAD') || (status <= 302 && spec.method === 'POST');
  if (becomesGet) return { ...spec, method: 'GET', url };
  return { ...spec, url, ...(body !== undefined && { body }) };
}
