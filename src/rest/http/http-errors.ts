import { HttpError } from '../../errors.js';
import type { Redactor } from '../secrets/redact.js';
import type { HttpResponse, RequestSpec } from './messages.js';

/** An error that a repeated request would meet again. */
export class PermanentFault extends Error {}

/** Makes the errors of one client's requests; none of them shows a secret. */
export interface HttpErrors {
  /** For any response; `why` says what is wrong with it and what to do. */
  responseError(
    spec: RequestSpec,
    response: Pick<HttpResponse, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError;
  /** For a response whose status is an error; `more` is put behind what the status means. */
  statusError(spec: RequestSpec, response: HttpResponse, attempt: number, more: string): HttpError;
  /** For a request without a response; `more` is put behind the cause. */
  networkError(spec: RequestSpec, fault: Error, attempt: number, more: string): HttpError;
  /** Describes a network error, without secrets. */
  faultText(fault: Error): string;
}

/**
 * The errors of one request. `trusts` says which hosts get credentials, `hasCredentials` whether
 * the request has any; `advice` is what the user says of a status in place of our own words, 500
 * for every 5xx without one.
 */
export function httpErrors(
  redactor: Redactor,
  trusts: (url: URL) => boolean,
  hasCredentials: () => boolean,
  advice: Readonly<Record<number, string>>,
): HttpErrors {
  const place = ({ method, url }: RequestSpec): { method: string; url: string } => ({
    method,
    url: redactor.url(url),
  });
  const title = (spec: RequestSpec): string => `${spec.method} ${redactor.url(spec.url)}`;
  const faultText = (error: Error): string => redactor.text(explainFault(error));

  function responseError(
    spec: RequestSpec,
    { status, body }: Pick<HttpResponse, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError {
    return new HttpError(
      redactor.text(`${title(spec)} returned status ${status}${times(attempt)}. ${why}`),
      { status, ...place(spec), body: redactor.body(body), attempt },
    );
  }

  return {
    responseError,
    statusError(spec, response, attempt, more) {
      const isTrusted = trusts(response.url);
      const text = redactor.body(response.body);
      const isBare = response.status === 401 && !hasCredentials();
      const own = isBare ? { 401: NO_CREDENTIALS, ...advice } : advice;
      const why = explainStatus(response, text, { isTrusted, attempts: attempt, advice: own });
      return responseError(spec, response, attempt, why + more);
    },
    networkError(spec, error, attempt, more) {
      const what = faultText(error);
      const stop = more === '' || what.endsWith('.') ? '' : '.';
      return new HttpError(
        `${title(spec)} failed${times(attempt)}: ${what}${stop}${more}`,
        { status: null, ...place(spec), body: '', attempt },
        { cause: redactor.error(error) },
      );
    },
    faultText,
  };
}

function times(attempts: number): string {
  return attempts > 1 ? ` (${attempts} attempts)` : '';
}

/** What the status means, what to do about it, and what the body says. */
function explainStatus(
  { status, headers, url }: Pick<HttpResponse, 'status' | 'headers' | 'url'>,
  body: string,
  {
    isTrusted,
    attempts,
    advice,
  }: { isTrusted: boolean; attempts: number; advice: Readonly<Record<number, string>> },
): string {
  const id = REQUEST_IDS.map((name) => headers.get(name)).find((value) => value !== null);
  const meaning =
    adviceFor(advice, status) ?? adviceFor(ADVICE, status) ?? (status < 400 ? REDIRECT : OTHER);
  const repeated = status >= 500 && attempts > 1 ? ' Repeating the request did not help.' : '';
  const untrusted =
    !isTrusted && (status === 401 || status === 403)
      ? ` No credentials were sent, because ${url.host} is not the API's own host; name it in \`authHosts\` if it may have them.`
      : '';
  const content = isWebPage(headers, body)
    ? ` ${webPageText(url)}`
    : body.trim() === ''
      ? ''
      : ` The response says: ${body.trim()}`;
  return `${meaning}${repeated}${untrusted}${content}${id === undefined ? '' : ` Request-Id: ${id}.`}`;
}

function adviceFor(advice: Readonly<Record<number, string>>, status: number): string | undefined {
  return advice[status] ?? (status >= 500 ? advice[500] : undefined);
}

/** True for content types in which APIs describe errors, and in which no file comes. */
export function explainsItself(headers: HttpResponse['headers']): boolean {
  return /^\s*(text\/html|application\/(\w[\w.-]*\+)?json)\b/i.test(
    headers.get('content-type') ?? '',
  );
}

/** True for HTML, by its content type or its beginning. */
export function isWebPage(headers: HttpResponse['headers'], body: string): boolean {
  return /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

export function webPageText(url: URL): string {
  return `The response is a web page, not the API's: is ${url.host} the right host (and region), and the path right?`;
}

/** Describes a network error without the address that some repeat, and what to do about it. */
function explainFault(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const beneath = error.cause instanceof Error && error.cause.message !== '' ? error.cause : error;
  const what =
    beneath.message
      .replace(/^request to .* failed, reason:\s*/s, '')
      .replace(OPENSSL, ' $1')
      .trim() ||
    code ||
    error.name;
  const advice = FAULTS.find(([pattern]) => pattern.test(`${code ?? ''} ${what}`))?.[1];
  return advice === undefined ? what : `${what}. ${advice}`;
}

/** OpenSSL's own line: an address, a number, a function, the reason, and a line of its source. */
const OPENSSL = /\s+[\dA-F]+:error:[\dA-F]+:[^:]*:[^:]*:([^:]+):.*$/s;

const NO_CREDENTIALS =
  'The API demands credentials, and the config has none: set `auth` on the client, for example `bearer()`.';

const REQUEST_IDS = [
  'request-id',
  'x-request-id',
  'x-correlation-id',
  'x-amzn-requestid',
  'cf-ray',
];

const ADVICE: Readonly<Record<number, string>> = {
  400: 'The API does not understand the request: check parameters and ids.',
  401: 'The API does not accept the credentials: check the key or token, its scheme, and that it was not revoked.',
  403: 'The credentials are known but not allowed to do this: check what the key (or the plan) includes, or leave the resource out.',
  404: 'There is nothing at this address: check the base URL (region, version) and the path.',
  407: 'A proxy (HTTP_PROXY, HTTPS_PROXY or `client.proxy`) demands credentials: write them into its address, http://user:password@host:port.',
  429: 'The rate limit is reached, and waiting did not help: set a lower `rateLimit`.',
  500: 'The server has a fault.',
};

const REDIRECT = 'It is a redirect without an address: check the base URL (https, host, version).';
const OTHER = 'The API refused the request.';

const FAULTS: readonly (readonly [RegExp, string])[] = [
  [
    /ENOTFOUND|EAI_AGAIN/,
    'The host is not known: check the spelling of the base URL, the network, and the proxy where there is one.',
  ],
  [
    /ECONNREFUSED/,
    'Nothing listens there: check host and port of the base URL, or of the proxy where there is one.',
  ],
  [
    /wrong version number|packet length too long|unknown protocol/,
    'The server does not speak TLS there: check the port, or begin the base URL with http://.',
  ],
  [
    /certificate|CERT|self.signed/i,
    'The server’s certificate is not trusted: check the host; `client.tls.ca` or NODE_EXTRA_CA_CERTS names further authorities.',
  ],
];
