import { FunctionError, isSluiceError, JsonError } from '../../../../operators/errors.js';
import type { Redactor } from '../../secrets/redact.js';
import { isRateLimited } from '../../throttle/rate-headers.js';
import { BodyFile } from '../body/body-file.js';
import { headOf } from '../body/receive-body.js';
import {
  explainsItself,
  type HttpErrors,
  isWebPage,
  PermanentFault,
  webPageText,
} from '../http-errors.js';
import type { HttpResponse, RequestSpec } from '../messages.js';
import { type ActedResponse, actOn } from '../response-actions.js';
import { type Exchanged, exchange, type ExchangeConfig } from '../transport/exchange.js';
import { DROPPED } from './dropped.js';
import type { LargeBodies, SendOptions, SentResponse } from './send-options.js';

/**
 * How an attempt ended: a response to return; one that is an error; one that new credentials may
 * mend; a network error, a body that was cut short among them.
 */
export type Outcome<T> =
  | { response: SentResponse<T> }
  | { errorResponse: HttpResponse; again: 'wait' | 'retry' | null }
  | { denied: HttpResponse }
  | { fault: Error };

/** What an attempt works with. */
export interface AttemptTools {
  wire: ExchangeConfig;
  redactor: Redactor;
  errors: HttpErrors;
  /** Called with each response before anything else looks at it. */
  onResponse: (response: Pick<HttpResponse, 'headers'>) => void;
  /** True for a refusal that new credentials may mend. */
  isDenied: (response: Pick<HttpResponse, 'status' | 'url'>) => boolean;
}

/**
 * Sends a request once, judges the response and decodes it. Throws what no other attempt would
 * mend; no error shows a secret.
 */
export async function attempt<T>(
  spec: RequestSpec,
  count: number,
  { wire, redactor, errors, onResponse, isDenied }: AttemptTools,
  options: SendOptions<T>,
): Promise<Outcome<T>> {
  const { resource, signal, observe, accept = [], actions = [], decode, large } = options;
  const started = performance.now();
  const emitRequest = (status: number | null): void =>
    observe({
      kind: 'request',
      resource,
      method: spec.method,
      url: redactor.url(spec.url),
      attempt: count,
      status,
      ms: performance.now() - started,
    });
  let exchanged: Exchanged;
  try {
    exchanged = await exchange(spec, wire, signal);
  } catch (error) {
    if (signal.reason === DROPPED) emitRequest(null);
    if (signal.aborted) throw error;
    redactor.know(wire.auth?.secrets ?? []);
    // Errors of our own come from the authorization, before anything was sent.
    if (isSluiceError(error)) throw redactor.error(error);
    emitRequest(null);
    return { fault: error as Error };
  }
  redactor.know(wire.auth?.secrets ?? []);
  emitRequest(exchanged.status);
  onResponse(exchanged);
  const { status, headers, url, body, saved, file } = exchanged;
  const received: HttpResponse = { status, headers, url, body };
  try {
    const outcome = await judge();
    // Whoever decoded the file has it now.
    if (!('response' in outcome) || outcome.response.decoded === null) await file?.close();
    return outcome;
  } catch (error) {
    await file?.close();
    throw error;
  }

  async function judge(): Promise<Outcome<T>> {
    if (isDenied(received)) return { denied: received };
    let response = received;
    let again: ActedResponse['again'] = null;
    let [ignored, isRead] = [false, false];
    if (actions.length > 0) ({ again, ignored, isRead, ...response } = await acted(received));
    if (again !== null) return { errorResponse: response, again };
    // 403 may mean a rate limit: `skipStatus: [403]` skips what is forbidden, not what is limited.
    const isSkipped =
      accept.includes(response.status) &&
      (response.status === 429 || !isRateLimited(response.status, response.headers));
    if (ignored || isSkipped) return sentResponse<T>(response, ignored, null);
    if (response.status >= 300) return { errorResponse: response, again: null };
    // 204 has no body (RFC 9110 §15.3.5).
    if (response.status === 204) return sentResponse<T>(response, ignored, null);
    if (options.save !== undefined && !saved)
      throw errors.responseError(spec, response, count, notAFile(response));
    try {
      const made = decoded(response, isRead);
      return sentResponse(response, ignored, made instanceof Promise ? await made : made);
    } catch (error) {
      if (error instanceof JsonError && isWebPage(response.headers, redactor.body(response.body)))
        throw errors.responseError(spec, response, count, webPageText(response.url));
      if (error instanceof JsonError && error.incomplete) return { fault: error };
      if (error instanceof PermanentFault) return { fault: error };
      throw isSluiceError(error) ? redactor.error(error) : error;
    }
  }

  function decoded({ status, body }: HttpResponse, isRead: boolean): T | null | Promise<T | null> {
    if (file !== null && large !== undefined)
      return isRead ? decodedAnew(body, status, large) : large.decode(file, status, body);
    return decode === undefined ? null : decode(body, status);
  }

  /** What actions left of a body that was in a file goes to one as well where it is large. */
  async function decodedAnew(
    body: Uint8Array,
    status: number,
    { memoryBytes, onWhole, decode: decodeFile }: LargeBodies<T>,
  ): Promise<T | null> {
    await file?.close();
    onWhole(body.length);
    if (body.length <= memoryBytes) return decode === undefined ? null : decode(body, status);
    const changed = await BodyFile.of(body);
    return decodeFile(changed, status, await headOf(changed));
  }

  async function acted(response: HttpResponse): Promise<ActedResponse> {
    try {
      return await actOn(response, actions, file);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      const { functionName, cause, message } = redactor.error(error);
      throw new FunctionError(
        errors.responseError(spec, response, count, `Then ${message}`).message,
        { functionName, resource: null, page: null },
        { cause },
      );
    }
  }

  function notAFile(response: HttpResponse): string {
    const body = redactor.body(response.body);
    if (isWebPage(response.headers, body)) return webPageText(response.url);
    return `A file was expected, and ${explainsItself(response.headers) ? `JSON came: ${body}` : 'none came'}`;
  }
}

/** Written out, since an object that is spread takes longer than all else here. */
function sentResponse<T>(
  { status, headers, url, body }: HttpResponse,
  ignored: boolean,
  decoded: T | null,
): Outcome<T> {
  return { response: { status, headers, url, body, ignored, decoded } };
}
