import { timerMs } from '../../../operators/settings/timer-ms.js';
import { ConfigError } from '../../errors.js';
import { pause } from '../../signals/pause.js';
import { type AuthLike, authOf } from '../auth/auth-of.js';
import { requestAuth } from '../auth/request-auth.js';
import { type Redactor, redactor, secretsIn, secretsOf } from '../secrets/redact.js';
import { isSecretField } from '../secrets/secret-names.js';
import { serverTime } from '../throttle/header-values.js';
import { announcement } from '../throttle/rate-headers.js';
import { type RateLimit, rateOf } from '../throttle/rate-limit.js';
import { type Throttle, throttle, type Turn } from '../throttle/throttle.js';
import { attempt } from './attempt.js';
import { cookieJar } from './cookies.js';
import type { ExchangeConfig } from './exchange.js';
import { inReach, waitAfter } from './failed-attempt.js';
import { type Refusals, refusals } from './http-errors.js';
import type { Answer, RequestSpec } from './messages.js';
import { checkActions } from './response-actions.js';
import { type RetryConfig, retryRules } from './retry.js';
import type { SendOptions } from './send-options.js';
import type { TlsConfig } from './transport/agents.js';
import type { FetchLike } from './transport/own-fetch.js';
import { hasProxy, proxyPasswords } from './transport/proxy.js';
import { transportOf } from './transport/transport.js';
import { trust } from './trust.js';
import { linkWithout } from './url.js';

export type { Answer, RequestSpec } from './messages.js';
export type { SendOptions } from './send-options.js';

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
   * `nonFinite: 'null'`: NaN and Infinity, which are no JSON and which some services send, are read
   * as null. @default they are an error
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
   * One answer: throttled, repeated where that helps. Errors: HttpError, ConfigError, what `check`
   * raises; the signal's reason when aborted. None of them shows a secret.
   */
  send(spec: RequestSpec, options: SendOptions): Promise<Answer>;
  /**
   * Keeps connections open between requests until the function that it gives is called. They close
   * when no request is under way and all who called this are done; later requests open new ones.
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
   * A link as it can be stored and followed later: without the parameters whose values are secrets
   * of the client, or among those that are given. All else stays as it is written. Authorization
   * adds its parameters anew to each request.
   */
  withoutSecrets(link: string, secrets?: readonly string[]): string;
}

/** A client for one API: its base, authorization and limits. */
export function httpClient(config: ClientConfig): Client {
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
  const shared = {
    send,
    headers,
    auth,
    cookies: cookieJar(),
    secrets: [],
    withheld: () => undefined,
    trusts,
    follows: true,
    save: null,
    timeoutMs,
    stallMs,
    maxBytes,
  };
  const known = redactor([
    ...(auth?.secrets ?? []),
    ...secretsIn(headers),
    ...proxyPasswords(proxy),
    ...(config.tls?.passphrase === undefined ? [] : [config.tls.passphrase]),
  ]);
  const errorsOf = (own: Redactor): Refusals => refusals(own, trusts, advice);
  const strangers = new Set<string>();
  let isProxyNoted = false;
  const throttles = new Map<string, Throttle>();
  const reached = new Set<string>();

  /** Reports once a host what it was not sent. */
  function withheldTo({ observe, resource }: SendOptions): ExchangeConfig['withheld'] {
    return (host, names) => {
      if (strangers.has(host)) return;
      strangers.add(host);
      const message = `${host} is not sent ${names.map((name) => `\`${name}\``).join(', ')}, since secrets go to no other host than the base URL's. Name it in \`client.authHosts\` if it may see them.`;
      observe({ kind: 'notice', resource, message });
    };
  }

  function throttleOf({ host }: URL): Throttle {
    const known = throttles.get(host) ?? throttle(rate);
    throttles.set(host, known);
    return known;
  }

  async function deliver(
    spec: RequestSpec,
    options: SendOptions,
    wire: ExchangeConfig,
  ): Promise<Answer> {
    const { resource, depth = 0, signal, observe, secrets = [] } = options;
    const shown = known.within(secrets, () => [
      ...secretsOf(spec),
      ...wire.cookies.values().filter(isLong),
    ]);
    const errors = errorsOf(shown);
    const turns = throttleOf(spec.url);
    const waits = (reason: string, until: number): void =>
      observe({ kind: 'wait', resource, reason, until });
    const ask = (token: RequestSpec): Promise<Answer> =>
      deliver(token, { resource, depth, signal, observe, retry: true }, tokenWire(wire, token.url));
    const credentials = requestAuth(wire.auth, trusts, shown, { baseUrl, signal, ask });
    const refusals = { count: 0, since: 0 };
    const isDenied = (answer: Pick<Answer, 'status' | 'url'>): boolean =>
      options.retry !== false && credentials.isDenied(answer);

    /**
     * Null where the turn was given back. The wait is found out in the turn, so that a pause is on
     * before the next one starts; it is spent outside.
     */
    async function take(turn: Turn, count: number): Promise<Answer | number | null> {
      if (credentials.isLate()) return null;
      const heard = (answer: Pick<Answer, 'headers'>): void => {
        reached.add(spec.url.host);
        turn.learn(inReach(announcement(answer.headers, serverTime(answer, Date.now())), rules));
      };
      const outcome = await attempt(spec, count, { wire, shown, errors, heard, isDenied }, options);
      if ('good' in outcome) return outcome.good;
      return 'denied' in outcome
        ? 0
        : waitAfter(
            outcome,
            {
              spec,
              count,
              rules,
              refusals,
              turn,
              errors,
              shown,
              wasReached: reached.has(spec.url.host),
              renewed: credentials.renewed,
            },
            options,
          );
    }

    for (let count = 1; ; count += 1) {
      let next: Answer | number | null = null;
      while (next === null) {
        await credentials.ready();
        next = await turns.run((turn) => take(turn, count), signal, waits, { resource, depth });
      }
      if (typeof next !== 'number') return next;
      await pause(next, signal);
    }
  }

  return {
    baseUrl,
    nonFinite: config.json?.nonFinite ?? null,
    keepOpen,
    concurrency: rate.concurrency,
    redact: (text, secrets = []) => known.within([], () => secrets).text(text),
    redactUrl: (url) => known.link(url),
    withoutSecrets(link, secrets = []) {
      const values = [...(auth?.secrets ?? []), ...secretsIn(headers), ...secrets];
      const kept = linkWithout(
        link,
        (name, value) =>
          values.includes(value) && (value.length >= 8 || isSecretField(name, value)),
      );
      // One in the path cannot be taken out: a link that leads nowhere is better than a leak.
      return values.some((value) => value.length >= 8 && kept.includes(value))
        ? known.within(secrets, () => []).link(kept)
        : kept;
    },
    async send(spec, options) {
      checkActions(options.actions ?? []);
      const { auth = shared.auth, save = null, cookies = shared.cookies, secrets = [] } = options;
      if (!isProxyNoted && config.fetch !== undefined && hasProxy()) {
        isProxyNoted = true;
        options.observe({ kind: 'notice', resource: options.resource, message: PROXY_IS_YOURS });
      }
      const done = keepOpen();
      try {
        return await deliver(spec, options, {
          ...shared,
          auth,
          save,
          cookies,
          secrets,
          withheld: withheldTo(options),
        });
      } finally {
        done();
      }
    },
  };
}

/** Shorter values of cookies are flags and languages. */
const isLong = (value: string): boolean => value.length >= 6;

const PROXY_IS_YOURS =
  'the environment names a proxy (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY), and `client.fetch` makes the connections: sluice cannot lead them through it. Let your fetch do it.';

/**
 * Credentials are asked for with what their request says; the client's headers go along to hosts
 * that are trusted with them, and nothing goes on to a third.
 */
function tokenWire(wire: ExchangeConfig, { host, protocol, href }: URL): ExchangeConfig {
  const headers = wire.trusts(new URL(href)) ? wire.headers : {};
  return {
    ...wire,
    headers,
    auth: null,
    follows: false,
    save: null,
    trusts: (url) => url.host === host && url.protocol === protocol,
  };
}

/** The base URL. ConfigError for one that is no address, or holds credentials. */
export function checkedBase(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  // Nothing of it is shown before it is sure that no password is in it.
  const shown = baseUrl.replace(/^(\w+:\/\/)?[^/]*@/, '$1***@').replace(/\?.*$/s, '');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError(
      `\`${shown}\` is no address of an API. Give a base URL such as https://api.example.com/v1.`,
    );
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `The base URL \`${shown}\` holds a user or password. Give them as auth: basic(user, password).`,
    );
  return url;
}
