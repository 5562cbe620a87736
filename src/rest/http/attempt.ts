import { isSluiceError, JsonError } from '../../../operators/errors.js';
import type { Redactor } from '../secrets/redact.js';
import { isRateLimited } from '../throttle/rate-headers.js';
import { type Exchanged, exchange, type ExchangeConfig } from './exchange.js';
import { explainsItself, isWebPage, type Refusals, webPage } from './http-errors.js';
import type { Answer, RequestSpec } from './messages.js';
import { type ActedResponse, actOn } from './response-actions.js';
import type { SendOptions } from './send-options.js';

/**
 * A good answer, one that is an error, one that new credentials may mend, or a fault on the way (a
 * body cut short among them).
 */
export type Outcome =
  | { good: Answer }
  | { bad: Answer; again: 'wait' | 'retry' | null }
  | { denied: Answer }
  | { fault: Error };

/** What an attempt works with. */
export interface AttemptTools {
  wire: ExchangeConfig;
  shown: Redactor;
  errors: Refusals;
  /** Told of each answer first. */
  heard: (answer: Pick<Answer, 'headers'>) => void;
  /** New credentials may mend this refusal. */
  isDenied: (answer: Pick<Answer, 'status' | 'url'>) => boolean;
}

/**
 * One attempt, its answer judged. Throws what no other attempt would mend; what it throws shows no
 * secret.
 */
export async function attempt(
  spec: RequestSpec,
  count: number,
  { wire, shown, errors, heard, isDenied }: AttemptTools,
  options: SendOptions,
): Promise<Outcome> {
  const { resource, signal, observe, accept = [], actions = [] } = options;
  const started = performance.now();
  const tell = (status: number | null): void =>
    observe({
      kind: 'request',
      resource,
      method: spec.method,
      url: shown.url(spec.url),
      attempt: count,
      status,
      ms: performance.now() - started,
    });
  let exchanged: Exchanged;
  try {
    exchanged = await exchange(spec, wire, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    shown.know(wire.auth?.secrets ?? []);
    // Errors of our own come from the authorization, before anything was asked.
    if (isSluiceError(error)) throw shown.error(error);
    tell(null);
    return { fault: error as Error };
  }
  shown.know(wire.auth?.secrets ?? []);
  tell(exchanged.status);
  heard(exchanged);
  const { saved, ...rest } = exchanged;
  if (isDenied(rest)) return { denied: { ...rest, ignored: false } };
  const { again, ...answer } = await acted({ ...rest, ignored: false });
  if (again !== null) return { bad: answer, again };
  // 403 means two things; whoever skips what is forbidden does not mean to skip what comes too
  // soon.
  const isSkipped =
    accept.includes(answer.status) &&
    (answer.status === 429 || !isRateLimited(answer.status, answer.headers));
  if (answer.ignored || isSkipped) return { good: answer };
  if (answer.status >= 300) return { bad: answer, again: null };
  // 204 says that there is no body (RFC 9110 §15.3.5), so there is nothing to look at.
  if (answer.status === 204) return { good: answer };
  if (options.save !== undefined && !saved)
    throw errors.refused(spec, answer, count, notAFile(answer));
  try {
    options.check?.(answer.body);
    return { good: answer };
  } catch (error) {
    if (error instanceof JsonError && isWebPage(answer.headers, shown.body(answer.body)))
      throw errors.refused(spec, answer, count, webPage(answer.url));
    if (error instanceof JsonError && error.incomplete) return { fault: error };
    throw isSluiceError(error) ? shown.error(error) : error;
  }

  async function acted(answer: Answer): Promise<ActedResponse> {
    try {
      return await actOn(answer, actions);
    } catch (error) {
      throw isSluiceError(error)
        ? shown.error(error)
        : errors.refused(spec, answer, count, `Then ${(error as Error).message}`);
    }
  }

  function notAFile(answer: Answer): string {
    const body = shown.body(answer.body);
    if (isWebPage(answer.headers, body)) return webPage(answer.url);
    return `A file was expected, and ${explainsItself(answer.headers) ? `JSON came: ${body}` : 'none came'}`;
  }
}
