import type { Runner } from '../../../run/work-within.js';
import type { Deadline, Deadlines } from '../../../signals/deadlines.js';
import { onAbort } from '../../../signals/on-abort.js';
import { type Stopper, stopper } from '../../../signals/stopper.js';
import type { Auth, AuthRequest } from '../../auth/auth.js';
import { authorize } from '../../auth/request-auth.js';
import type { BodyFile } from '../body/body-file.js';
import { inUtf8 } from '../body/charset.js';
import { decodedBody, isPacked, unpacked } from '../body/decoded-body.js';
import { decodedStream } from '../body/decoded-stream.js';
import { expectedBytes, readBody } from '../body/read-body.js';
import { headOf, receiveBody } from '../body/receive-body.js';
import { saveBody, type SaveConfig } from '../body/save-body.js';
import { headerText } from '../header-text.js';
import { explainsItself, PermanentFault } from '../http-errors.js';
import type { HttpResponse, RequestSpec } from '../messages.js';
import { copyOf, hrefOf, parseUrl } from '../url.js';
import type { Cookies } from './cookies.js';
import type { FetchResponse, Send, WireResponse } from './own-fetch.js';
import { lowerCased, ownSecrets, plainHeaders, withhold } from './trusted-hosts.js';

/** What all attempts of a client have in common. */
export interface ExchangeConfig {
  send: Send;
  /** Sent to hosts that are trusted. */
  headers: Readonly<Record<string, string>>;
  auth: Auth | null;
  cookies: Cookies;
  /** Values in the request that only trusted hosts may see, beside those of `auth`. */
  secrets: readonly string[];
  /** Called with the names of parameters that a host is not sent, since they hold secrets. */
  onWithheld: (host: string, names: readonly string[]) => void;
  trusts: (url: URL) => boolean;
  /**
   * Called with the status of a redirect and the request that it leads to; returns the one to send,
   * and what runs that. @default it is sent as it is
   */
  onRedirect?: (status: number, spec: RequestSpec) => { spec: RequestSpec; run: Runner };
  /** False: a redirect is returned as it is. */
  follows: boolean;
  /** Where the body of a successful response goes; null: to memory. */
  save: SaveConfig | null;
  /** Bytes of a successful response's body above which it goes to a temporary file. */
  memoryBytes: number;
  timeoutMs: number | null;
  stallMs: number | null;
  deadlines: Deadlines;
  maxBytes: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

/**
 * The response to an attempt. `saved`: its body is in the file of `save`. `file`: its body is in a
 * temporary file, which whoever has the response closes; `body` is the beginning of it then.
 */
export type Exchanged = HttpResponse & { saved: boolean; file: BodyFile | null };

/**
 * Sends a request once and reads the whole response. Redirects are followed here and not by
 * `fetch`, so that credentials go only to hosts that are trusted.
 *
 * Errors: network errors; PermanentFault where a repeated request would fail the same way;
 * ConfigError for authorization that failed; the signal's reason.
 */
export async function exchange(
  spec: RequestSpec,
  config: ExchangeConfig,
  signal: AbortSignal,
): Promise<Exchanged> {
  signal.throwIfAborted();
  // Each request has its own, so that those that wait for it do not outlive it.
  const stop = stopper();
  const off = onAbort(signal, () => stop.stop(signal.reason));
  const { deadlines, timeoutMs, stallMs } = config;
  const end = deadlines.open(() =>
    stop.stop(new Error(`no complete response within ${(timeoutMs ?? 0) / 1000} s`)),
  );
  const silence = deadlines.open(() =>
    stop.stop(new Error(`no byte came for ${(stallMs ?? 0) / 1000} s`)),
  );
  end.in(timeoutMs);
  try {
    let hop: RequestSpec = { bodyFor: spec.url.origin, ...spec };
    let run: Runner = (work) => work();
    for (let hops = 0; ; hops += 1) {
      const sent = hop;
      const response = await run(() => sendHop(sent, spec, config, { stop, silence }));
      const location = headerText(response.headers, 'location');
      const isLast = !config.follows || !REDIRECTS.has(response.status) || location === null;
      // A file has no timeout, only the stall limit.
      if (isLast && config.save !== null && isFile(response)) {
        end.in(null);
        const { status, headers, codings } = response;
        // Its first bytes are waited for, which the timeout covers no more.
        silence.in(stallMs);
        const plain =
          codings === null ? response.body : await decodedStream(response.body, codings);
        const body = await saveBody(
          { headers, body: plain },
          config.save,
          limits(hop, response, config, { silence, save: config.save }),
        );
        return { status, headers, url: hop.url, body, saved: true, file: null };
      }
      const within = limits(hop, response, config, { silence, save: null });
      if (isLast && mayBeLarge(response, config)) {
        const { status, headers } = response;
        const received = await receiveBody(response, within, config.memoryBytes, () =>
          stop.throwIfStopped(),
        );
        const isInFile = !(received instanceof Uint8Array);
        const file = isInFile ? received : null;
        try {
          stop.throwIfStopped();
          const body = isInFile
            ? await headOf(received)
            : inUtf8(received, headers.get('content-type'));
          return { status, headers, url: hop.url, body, saved: false, file };
        } catch (error) {
          await file?.close();
          throw error;
        }
      }
      const read = await readBody(response.body, within);
      if (isLast) {
        const { status, headers, codings } = response;
        const body = codings === null ? read : await decodedBody(read, codings, config.maxBytes);
        stop.throwIfStopped();
        const plain = await readable(body, response, config.maxBytes);
        return { status, headers, url: hop.url, body: plain, saved: false, file: null };
      }
      if (hops === MAX_REDIRECTS)
        throw new PermanentFault(`it is redirected more than ${MAX_REDIRECTS} times`);
      hop = redirected(hop, response.status, location);
      if (config.onRedirect) ({ spec: hop, run } = config.onRedirect(response.status, hop));
    }
  } catch (error) {
    stop.stop(error);
    // The first reason why it stopped is more precise than "aborted".
    throw stop.reason;
  } finally {
    end.end();
    silence.end();
    off();
  }
}

/** Sends one request of a chain of redirects; `first` is the chain's first one. */
async function sendHop(
  spec: RequestSpec,
  first: RequestSpec,
  config: ExchangeConfig,
  { stop, silence }: { stop: Stopper; silence: Deadline },
): Promise<WireResponse> {
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
    ...(spec.headers && lowerCased(spec.headers)),
  };
  // Authorization may change it, and what secrets are taken out of.
  const isOwn = auth !== null || !trusted || spec.url.username !== '' || spec.url.password !== '';
  const target: AuthRequest = {
    method,
    url: isOwn ? copyOf(spec.url) : spec.url,
    headers: trusted ? all : plainHeaders(all),
    ...(body !== undefined && { body }),
  };
  // node-fetch refuses user and password in a URL.
  if (target.url.username !== '') target.url.username = '';
  if (target.url.password !== '') target.url.password = '';
  const cookie = cookies.headerFor(target.url, target.headers['cookie']);
  if (cookie !== undefined) target.headers['cookie'] = cookie;
  if (auth !== null && trusted) await authorize(() => auth.apply(target), stop.signal());
  if (!trusted) {
    const names = withhold(target, ownSecrets(first, config));
    if (names.length > 0) config.onWithheld(target.url.host, names);
  }
  silence.in(stallMs);
  try {
    const rest = target.body === undefined ? {} : { body: target.body };
    const response = await send(hrefOf(target.url), {
      method,
      headers: lowerCased(target.headers),
      redirect: 'manual',
      stop,
      ...rest,
    });
    const taken = cookies.take(spec.url, response.headers);
    if (taken !== null) await taken;
    return response;
  } finally {
    silence.in(null);
  }
}

function limits(
  spec: RequestSpec,
  response: WireResponse,
  { maxBytes, stallMs }: ExchangeConfig,
  { silence, save }: { silence: Deadline; save: SaveConfig | null },
): Parameters<typeof readBody>[1] {
  const isDecoded = response.codings === null || save !== null;
  return {
    stallMs,
    silence,
    expected: expectedBytes(spec.method, response, isDecoded),
    maxBytes: save?.maxBytes ?? maxBytes,
    whenLarger:
      save === null
        ? 'request smaller pages, or raise `maxBytes`'
        : 'raise the `maxBytes` of `save`',
  };
}

/**
 * Gives the body decompressed and in UTF-8. The body of an error stays as it was sent where that
 * fails, since its status is reported anyway.
 */
async function readable(
  body: Uint8Array,
  { status, headers }: FetchResponse,
  maxBytes: number,
): Promise<Uint8Array> {
  try {
    const plain = isPacked(body) ? await unpacked(body, maxBytes) : body;
    return inUtf8(plain, headers.get('content-type'));
  } catch (error) {
    if (status >= 300) return body;
    throw error;
  }
}

/** True for a successful response whose body may be larger than what is kept in memory. */
function mayBeLarge({ status }: FetchResponse, { memoryBytes, maxBytes }: ExchangeConfig): boolean {
  return memoryBytes < maxBytes && status >= 200 && status < 300;
}

/** True for a successful response whose body is no error message. */
function isFile({ status, headers }: FetchResponse): boolean {
  return status >= 200 && status < 300 && status !== 204 && !explainsItself(headers);
}

/** The request that follows a redirect (RFC 9110 §15.4): after 301 to 303 a POST becomes a GET. */
function redirected({ body, ...spec }: RequestSpec, status: number, location: string): RequestSpec {
  const url = URL.canParse(location, spec.url.href) ? parseUrl(location, spec.url) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PermanentFault('it is redirected to an address that is neither http nor https');
  const becomesGet =
    (status === 303 && spec.method !== 'HEAD') || (status <= 302 && spec.method === 'POST');
  if (becomesGet) return { ...spec, method: 'GET', url };
  return { ...spec, url, ...(body !== undefined && { body }) };
}
