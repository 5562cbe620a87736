import { timerMs } from '../../../operators/settings/timer-ms.js';
import type { RunTracing } from '../../run/tracing.js';
import { deadlines } from '../../signals/deadlines.js';
import { authOf } from '../auth/auth-of.js';
import { type Redactor, redactor, secretsIn } from '../secrets/redact.js';
import { type StoredLink, storedLinks } from '../secrets/stored-link.js';
import { checkedOptions } from '../shape/checked-options.js';
import { rateOf } from '../throttle/rate-limit.js';
import { type Throttle, throttle } from '../throttle/throttle.js';
import { checkedBase } from './checked-base.js';
import { type ClientConfig, clientShape } from './client-config.js';
import type { RequestSpec } from './messages.js';
import { checkActions } from './response-actions.js';
import { retryRules } from './sending/retry.js';
import type { SendOptions, SentResponse } from './sending/send-options.js';
import { sendRequest } from './sending/send-request.js';
import { cookieJar } from './transport/cookies.js';
import type { ExchangeConfig } from './transport/exchange.js';
import { hasProxy, proxyPasswords } from './transport/proxy.js';
import { transportOf } from './transport/transport.js';
import { trust } from './transport/trusted-hosts.js';

export type { ClientConfig } from './client-config.js';
export type { HttpResponse, RequestSpec } from './messages.js';
export type { SendOptions, SentResponse } from './sending/send-options.js';

/**
 * Sends the requests for one API: its connections, authorization, rate limit, retries and secrets.
 * `httpClient` makes it; endpoints that are given the same one share all of these.
 */
export interface Client {
  /**
   * Sends a request, throttled and repeated where that helps, and decodes the response.
   *
   * Errors: HttpError, ConfigError, what `decode` throws; the signal's reason when aborted. None of
   * them shows a secret.
   */
  send<T = null>(spec: RequestSpec, options: SendOptions<T>): Promise<SentResponse<T>>;
  /**
   * Keeps connections open between requests until the function that it gives is called. They close
   * when no request is in flight and all who called this are done; later requests open new ones.
   */
  keepOpen(): () => void;
  /** The configured base of relative addresses. */
  readonly baseUrl: string;
  /** What NaN and Infinity in JSON are read as; null: they are an error. */
  readonly nonFinite: 'null' | null;
  /** Headers are those of the connection, and not of a `fetch` that may leave some out. */
  readonly hasOwnConnections: boolean;
  /** The run that pages are traced for. @default none */
  readonly tracing?: RunTracing;
  /** Requests that it sends at once to one host. */
  readonly concurrency: number;
  /** Tells whether requests to the host of an address wait until others have ended. */
  isBusy(url: URL): boolean;
  /** Starts no request to a host before this time (milliseconds since 1970). */
  pause(host: string, until: number, reason: string): void;
  /** Removes the client's secrets. */
  readonly secrets: Pick<Redactor, 'text' | 'error'>;
  /** Text without the client's secrets, and those of a request that are given. */
  redact(text: string, secrets?: readonly string[]): string;
  /**
   * An address, be it relative, without the values of parameters whose name says that they are
   * secret, and without the client's secrets.
   */
  redactUrl(url: string): string;
  /** Names of query parameters that its authorization sets, as far as they are known. */
  authParams(): readonly string[];
  /**
   * A link, be it relative, as it can be stored: without the client's secrets and those that are
   * given, and without parameters of these names. Authorization adds its own anew to each request.
   */
  storedLink(link: string, secrets?: readonly string[], params?: readonly string[]): StoredLink;
}

/**
 * A client for one API: its base, authorization and limits. Errors: ConfigError for an option that
 * does not exist or cannot be so.
 */
export function httpClient(options: ClientConfig): Client {
  const config = checkedOptions('httpClient()', options, clientShape);
  const {
    baseUrl,
    headers = {},
    authHosts = [],
    advice = {},
    proxy,
    maxBytes = 512 * 1024 * 1024,
  } = config;
  const trusts = trust(checkedBase(baseUrl), authHosts);
  const timeoutMs = timerMs(config.timeoutMs ?? 300_000);
  const stallMs = timerMs(config.stallMs ?? 60_000);
  const rate = rateOf(config.rateLimit);
  const rules = retryRules(config.retry);
  const { send, keepOpen } = transportOf({
    fetch: config.fetch,
    concurrency: rate.concurrency,
    proxy,
    tls: config.tls,
  });
  const auth = config.auth === undefined ? null : authOf(config.auth);
  const wire = {
    send,
    headers,
    auth,
    cookies: cookieJar(),
    secrets: [],
    onWithheld: () => undefined,
    trusts,
    follows: true,
    save: null,
    memoryBytes: Number.POSITIVE_INFINITY,
    timeoutMs,
    stallMs,
    deadlines: deadlines(),
    maxBytes,
  };
  const redact = redactor([
    ...(auth?.secrets ?? []),
    ...secretsIn(headers),
    ...proxyPasswords(proxy),
    ...(config.tls?.passphrase === undefined ? [] : [config.tls.passphrase]),
  ]);
  const notified = new Set<string>();
  let isProxyNoted = false;
  let links = { key: '', of: storedLinks([]) };
  const throttles = new Map<string, Throttle>();
  const shared = {
    baseUrl,
    rules,
    advice,
    redactor: redact,
    throttleOf,
    reached: new Set<string>(),
  };

  /** Reports once for each host which parameters it is not sent. */
  function withheldTo({
    observe,
    resource,
  }: Pick<SendOptions, 'observe' | 'resource'>): ExchangeConfig['onWithheld'] {
    return (host, names) => {
      if (notified.has(host)) return;
      notified.add(host);
      const message = `${host} is not sent ${names.map((name) => `\`${name}\``).join(', ')}, since secrets go to no other host than the base URL's. Name it in \`client.authHosts\` if it may see them.`;
      observe({ kind: 'notice', resource, message });
    };
  }

  function throttleOf({ host }: Pick<URL, 'host'>): Throttle {
    const limiter = throttles.get(host) ?? throttle(rate);
    throttles.set(host, limiter);
    return limiter;
  }

  return {
    baseUrl,
    nonFinite: config.json?.nonFinite ?? null,
    hasOwnConnections: typeof config.fetch !== 'function',
    keepOpen,
    concurrency: rate.concurrency,
    isBusy: ({ host }) => (throttles.get(host)?.waiting ?? 0) > 0,
    pause: (host, until, reason) => throttleOf({ host }).pause(until, reason),
    secrets: redact,
    redact: (text, secrets = []) => redact.within([], () => secrets).text(text),
    redactUrl: (url) => redact.link(url),
    authParams: () => auth?.params ?? [],
    storedLink(link, secrets = [], params = []) {
      const values = [...(auth?.secrets ?? []), ...secretsIn(headers), ...secrets];
      const key = values.join('\0');
      if (links.key !== key) links = { key, of: storedLinks(values) };
      return links.of(link, params);
    },
    async send(spec, options) {
      checkActions(options.actions ?? []);
      const { save = null, secrets = [] } = options;
      if (!isProxyNoted && typeof config.fetch === 'function' && hasProxy()) {
        isProxyNoted = true;
        options.observe({ kind: 'notice', resource: options.resource, message: PROXY_IS_YOURS });
      }
      const done = keepOpen();
      try {
        const own = {
          ...wire,
          auth: options.auth === undefined ? auth : options.auth,
          cookies: options.cookies ?? wire.cookies,
          save,
          memoryBytes: options.large?.memoryBytes ?? Number.POSITIVE_INFINITY,
          secrets,
          onWithheld: withheldTo(options),
        };
        return await sendRequest(spec, options, own, shared);
      } finally {
        done();
      }
    },
  };
}

const PROXY_IS_YOURS =
  'the environment names a proxy (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY), and `client.fetch` makes the connections, so sluice cannot use the proxy. Use it in your fetch.';
