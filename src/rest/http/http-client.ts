import { givenOptions, type OptionKind } from '../../../operators/settings/given-options.js';
import { timerMs } from '../../../operators/settings/timer-ms.js';
import { ConfigError } from '../../errors.js';
import { type AuthLike, authOf } from '../auth/auth-of.js';
import { redactor, secretsIn } from '../secrets/redact.js';
import { type StoredLink, storedLinks } from '../secrets/stored-link.js';
import { type RateLimit, rateOf } from '../throttle/rate-limit.js';
import { type Throttle, throttle } from '../throttle/throttle.js';
import { cookieJar } from './cookies.js';
import type { ExchangeConfig } from './exchange.js';
import type { RequestSpec } from './messages.js';
import { checkActions } from './response-actions.js';
import { type RetryConfig, retryRules } from './retry.js';
import type { SendOptions, SentResponse } from './send-options.js';
import { sendRequest } from './send-request.js';
import type { TlsConfig } from './transport/agents.js';
import type { FetchLike } from './transport/own-fetch.js';
import { hasProxy, proxyPasswords } from './transport/proxy.js';
import { transportOf } from './transport/transport.js';
import { trust } from './trust.js';

export type { HttpResponse, RequestSpec } from './messages.js';
export type { SendOptions, SentResponse } from './send-options.js';

export interface ClientConfig {
  /** Root of the API, for example `https://api.example.com/v1`. */
  baseUrl: string;
  /** Sent with every request to `baseUrl`'s host, and to `authHosts`. @default none */
  headers?: Readonly<Record<string, string>>;
  /**
   * Applied to requests to `baseUrl`'s host, and to `authHosts`; wins over `headers`. @default none
   */
  auth?: AuthLike;
  /**
   * Other hosts (with the port, where it is not the usual one) that may see the authorization, and
   * the bodies that redirects and links send there. @default none
   */
  authHosts?: readonly string[];
  /**
   * Shared by all requests to one host. @default what the API announces (RateLimit-Policy), else no
   * limit; 4 requests at once
   */
  rateLimit?: RateLimit | string;
  retry?: RetryConfig;
  /**
   * What errors say of a status in place of our own words, such as `{ 403: 'The plan must include
   * the API.' }`; 500 is for every 5xx without one. @default none
   */
  advice?: Readonly<Record<number, string>>;
  /** Milliseconds for one attempt, body included; Infinity for no limit. @default 300,000 */
  timeoutMs?: number;
  /**
   * Milliseconds without a byte, from the start on, after which an attempt counts as failed;
   * Infinity for no limit. @default 60,000
   */
  stallMs?: number;
  /** Largest body, in bytes, as it is when decompressed. @default 512 MiB */
  maxBytes?: number;
  /**
   * Proxy for all requests, such as `http://proxy.example.com:3128`; false: none. @default what
   * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment say
   */
  proxy?: string | false;
  /** Authorities to trust, and the client's own certificate. @default those of Node, and none */
  tls?: TlsConfig;
  /**
   * `nonFinite: 'null'`: NaN and Infinity, which are not JSON and which some services send, are
   * read as null. @default they are an error
   */
  json?: { nonFinite?: 'null' };
  /**
   * What sends the requests; it has to see that compressed bodies are whole, and to go through
   * proxies by itself. Excludes `proxy` and `tls`. @default node-fetch with kept connections
   */
  fetch?: FetchLike;
}

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
  readonly baseUrl: string;
  /** What NaN and Infinity in JSON are read as; null: they are an error. */
  readonly nonFinite: 'null' | null;
  readonly concurrency: number;
  /** Text without the client's secrets, and those of a request that are given. */
  redact(text: string, secrets?: readonly string[]): string;
  /**
   * An address, be it relative, without the values of parameters whose name says that they are
   * secret, and without the client's secrets.
   */
  redactUrl(url: string): string;
  /**
   * A link, be it relative, as it can be stored: without the client's secrets and those that are
   * given. Authorization adds its parameters anew to each request.
   */
  storedLink(link: string, secrets?: readonly string[]): StoredLink;
}

const KINDS: Readonly<Record<keyof ClientConfig, OptionKind>> = {
  baseUrl: 'text',
  headers: 'object',
  auth: 'any',
  authHosts: 'list',
  rateLimit: 'any',
  retry: 'object',
  advice: 'object',
  timeoutMs: 'any',
  stallMs: 'any',
  maxBytes: 'positive',
  proxy: 'any',
  tls: 'object',
  json: 'object',
  fetch: 'function',
};

/**
 * A client for one API: its base, authorization and limits. Errors: ConfigError for an option that
 * does not exist or cannot be so.
 */
export function httpClient(given: ClientConfig): Client {
  const config = givenOptions('httpClient()', given, KINDS, ['baseUrl']);
  const {
    baseUrl,
    headers = {},
    authHosts = [],
    advice = {},
    proxy,
    maxBytes = 512 * 1024 * 1024,
  } = config;
  const trusts = trust(checkedBase(baseUrl), authHosts);
  const timeoutMs = timerMs(config.timeoutMs ?? 300_000, 'timeoutMs');
  const stallMs = timerMs(config.stallMs ?? 60_000, 'stallMs');
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
    timeoutMs,
    stallMs,
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

  function throttleOf({ host }: URL): Throttle {
    const limiter = throttles.get(host) ?? throttle(rate);
    throttles.set(host, limiter);
    return limiter;
  }

  return {
    baseUrl,
    nonFinite: config.json?.nonFinite ?? null,
    keepOpen,
    concurrency: rate.concurrency,
    redact: (text, secrets = []) => redact.within([], () => secrets).text(text),
    redactUrl: (url) => redact.link(url),
    storedLink(link, secrets = []) {
      const values = [...(auth?.secrets ?? []), ...secretsIn(headers), ...secrets];
      const key = values.join('\0');
      if (links.key !== key) links = { key, of: storedLinks(values) };
      return links.of(link);
    },
    async send(spec, options) {
      checkActions(options.actions ?? []);
      const { save = null, secrets = [] } = options;
      if (!isProxyNoted && config.fetch !== undefined && hasProxy()) {
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
  'the environment names a proxy (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY), and `client.fetch` makes the connections: sluice cannot lead them through it. Let your fetch do it.';

/** The base URL. ConfigError for one that is no address, or holds credentials. */
export function checkedBase(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  // The base may hold a password.
  const redacted = baseUrl.replace(/^(\w+:\/\/)?[^/]*@/, '$1***@').replace(/\?.*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(
      `\`${redacted}\` is not an http address. Give a base URL such as https://api.example.com/v1.`,
    );
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `The base URL \`${redacted}\` holds a user or password. Give them as auth: basic(user, password).`,
    );
  return url;
}
