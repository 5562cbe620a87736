import { HttpError } from '../../errors.js';
import type { Redactor } from '../secrets/redact.js';
import type { Answer, RequestSpec } from './messages.js';

/** A fault that asking again would not mend. */
export class PermanentFault extends Error {}

/** Makes the errors of one client's requests; none of them shows a secret. */
export interface Refusals {
  /** For an answer; `why` says what it means and what to do. */
  refused(
    spec: RequestSpec,
    answer: Pick<Answer, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError;
  /** For an answer whose status is an error; `more` is said behind what is known of that status. */
  bad(spec: RequestSpec, answer: Answer, attempt: number, more: string): HttpError;
  /** For a fault on the way; `more` is said behind it. */
  failed(spec: RequestSpec, fault: Error, attempt: number, more: string): HttpError;
  /** What went wrong on the way. */
  fault(fault: Error): string;
}

export function refusals(
  shown: Redactor,
  trusts: (url: URL) => boolean,
  advice: Readonly<Record<number, string>>,
): Refusals {
  const place = ({ method, url }: RequestSpec): { method: string; url: string } => ({
    method,
    url: shown.url(url),
  });
  const title = (spec: RequestSpec): string => `${spec.method} ${shown.url(spec.url)}`;
  const fault = (error: Error): string => shown.text(explainFault(error));

  function refused(
    spec: RequestSpec,
    { status, body }: Pick<Answer, 'status' | 'body'>,
    attempt: number,
    why: string,
  ): HttpError {
    return new HttpError(
      shown.text(`${title(spec)} was answered ${status}${times(attempt)}. ${why}`),
      { status, ...place(spec), body: shown.body(body), attempt },
    );
  }

  return {
    refused,
    bad: (spec, answer, attempt, more) =>
      refused(
        spec,
        answer,
        attempt,
        explainAnswer(answer, shown.body(answer.body), {
          trusted: trusts(answer.url),
          attempts: attempt,
          advice,
        }) + more,
      ),
    failed: (spec, error, attempt, more) => {
      const what = fault(error);
      const stop = more === '' || what.endsWith('.') ? '' : '.';
      return new HttpError(`${title(spec)} failed${times(attempt)}: ${what}${stop}${more}`, {
        status: null,
        ...place(spec),
        body: '',
        attempt,
      });
    },
    fault,
  };
}

function times(attempts: number): string {
  return attempts > 1 ? ` (${attempts} attempts)` : '';
}

type ErrorAnswer = Pick<Answer, 'status' | 'headers' | 'url'>;

/** How an answer that is an error came about. */
export interface ErrorContext {
  /** Credentials may be sent there. */
  trusted: boolean;
  /** It was asked so often. */
  attempts: number;
  /**
   * What to do by status, in the words of the service; 500 is for every 5xx that has none of its
   * own.
   */
  advice: Readonly<Record<number, string>>;
}

/** What a person can do about an answer that is an error: what it means, and what the body says. */
export function explainAnswer(
  { status, headers, url }: ErrorAnswer,
  body: string,
  { trusted, attempts, advice }: ErrorContext,
): string {
  const id = REQUEST_IDS.map((name) => headers.get(name)).find((value) => value !== null);
  const meaning =
    adviceFor(advice, status) ?? adviceFor(ADVICE, status) ?? (status < 400 ? REDIRECT : REFUSED);
  const again = status >= 500 && attempts > 1 ? ' It did not go away by asking again.' : '';
  const stranger =
    !trusted && (status === 401 || status === 403)
      ? ` No credentials were sent, because ${url.host} is not the API's own host; name it in authHosts if it may have them.`
      : '';
  const said = isWebPage(headers, body)
    ? ` ${webPage(url)}`
    : body.trim() === ''
      ? ''
      : ` It says: ${body.trim()}`;
  return `${meaning}${again}${stranger}${said}${id === undefined ? '' : ` Request-Id: ${id}.`}`;
}

function adviceFor(advice: Readonly<Record<number, string>>, status: number): string | undefined {
  return advice[status] ?? (status >= 500 ? advice[500] : undefined);
}

/** True for content types in which APIs say what is wrong, and in which no file comes. */
export function explainsItself(headers: ErrorAnswer['headers']): boolean {
  return /^\s*(text\/html|application\/(\w[\w.-]*\+)?json)\b/i.test(
    headers.get('content-type') ?? '',
  );
}

/** True for HTML where an API should have answered. */
export function isWebPage(headers: ErrorAnswer['headers'], body: string): boolean {
  return /html/i.test(headers.get('content-type') ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

export function webPage(url: URL): string {
  return `The answer is a web page, not the API's: is ${url.host} the right host (and region), and the path right?`;
}

/**
 * What went wrong on the way, without the address that some errors repeat, and what can be done
 * about it.
 */
export function explainFault(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const beneath = error.cause instanceof Error && error.cause.message !== '' ? error.cause : error;
  const what =
    beneath.message.replace(/^request to .* failed, reason:\s*/s, '') || code || error.name;
  const advice = FAULTS.find(([pattern]) => pattern.test(`${code ?? ''} ${what}`))?.[1];
  return advice === undefined ? what : `${what}. ${advice}`;
}

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
  407: 'A proxy is on the way (HTTP_PROXY, HTTPS_PROXY or client.proxy) and demands credentials: write them into its address, http://user:password@host:port.',
  429: 'The API is asked too often, and went on saying so: set a lower rateLimit.',
  500: 'The server has a fault.',
};

const REDIRECT = 'It is a redirect that leads nowhere: check the base URL (https, host, version).';
const REFUSED = 'The API refused the request.';

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
    /certificate|CERT|self.signed/i,
    'The server’s certificate is not trusted: check the host; `client.tls.ca` or NODE_EXTRA_CA_CERTS names further authorities.',
  ],
];
