import {
  above0,
  checked,
  either,
  type Fields,
  flag,
  fn,
  list,
  map,
  name,
  number,
  record,
  type RecordShape,
  required,
  secret,
  type Shape,
  text,
  words,
} from '../../../operators/settings/shape.js';
import { type AuthLike, authShape } from '../auth/auth-of.js';
import { type RateLimit, rateOf } from '../throttle/rate-limit.js';
import { checkedBase } from './checked-base.js';
import { type RetryConfig, retryRules } from './sending/retry.js';
import { type TlsConfig, tlsOptions } from './transport/agents.js';
import type { FetchLike } from './transport/own-fetch.js';

/** What requests of a client have in common. */
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
  /** Which requests are repeated after an error, how often, and after which pause. */
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
   * proxies by itself. Excludes `proxy` and `tls`. 'node-fetch': node-fetch over the connections
   * of the client; a small request takes 0.1 ms more. @default Node's own `http`, connections are
   * kept
   */
  fetch?: FetchLike | 'node-fetch';
}

const never: Shape<false> = { kind: 'value', label: 'false', is: (value) => value === false };
const bytes: Shape<Uint8Array> = {
  kind: 'value',
  label: 'bytes',
  is: (value) => value instanceof Uint8Array,
};

/** What a client takes, key by key. */
export const clientFields: Fields<ClientConfig> = {
  baseUrl: required(checked(text, checkedBase)),
  headers: map(text),
  auth: authShape,
  authHosts: list(name),
  rateLimit: checked(
    either(
      text,
      record<RateLimit>('rateLimit', {
        requests: required(number),
        per: required(either(number, text)),
        burst: number,
        concurrency: number,
      }),
    ),
    rateOf,
  ),
  retry: checked(
    record<RetryConfig>('retry', {
      attempts: number,
      baseMs: number,
      maxMs: number,
      maxRetryAfterMs: number,
      rateLimitMs: number,
      statuses: list(number),
      unsafeMethods: flag,
    }),
    retryRules,
  ),
  advice: map(text),
  timeoutMs: above0,
  stallMs: above0,
  maxBytes: above0,
  proxy: either(text, never),
  tls: checked(
    secret(
      record<TlsConfig>('tls', {
        ca: either(text, bytes, list(either(text, bytes))),
        cert: either(text, bytes),
        key: either(text, bytes),
        passphrase: text,
      }),
    ),
    tlsOptions,
  ),
  json: record<{ nonFinite?: 'null' }>('json', { nonFinite: words('null') }),
  fetch: either(fn, words('node-fetch')),
};

/** What `httpClient` takes. */
export const clientShape: RecordShape<ClientConfig> = record<ClientConfig>(
  'a client',
  clientFields,
);
