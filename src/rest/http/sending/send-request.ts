import { pause } from '../../../signals/pause.js';
import { requestAuth } from '../../auth/request-auth.js';
import { type Redactor, secretsIn, secretsOf } from '../../secrets/redact.js';
import { serverTime } from '../../throttle/header-values.js';
import { announcement, mayAnnounce } from '../../throttle/rate-headers.js';
import type { Throttle, Slot } from '../../throttle/throttle.js';
import { httpErrors } from '../http-errors.js';
import type { HttpResponse, RequestSpec } from '../messages.js';
import type { ExchangeConfig } from '../transport/exchange.js';
import { inReach, waitAfter } from './failed-attempt.js';
import type { RetryRules } from './retry.js';
import type { SendOptions, SentResponse } from './send-options.js';
import { tracedAttempt } from './traced-attempt.js';

/** What the requests of one client share. */
export interface SharedState {
  baseUrl: string;
  rules: RetryRules;
  advice: Readonly<Record<number, string>>;
  redactor: Redactor;
  throttleOf(url: URL): Throttle;
  /** Hosts that responded before; grows. */
  reached: Set<string>;
}

/**
 * Sends one request over all its attempts, each in a slot of its host's throttle, with credentials
 * that are renewed where they are due.
 */
export async function sendRequest<T>(
  spec: RequestSpec,
  options: SendOptions<T>,
  wire: ExchangeConfig,
  client: SharedState,
): Promise<SentResponse<T>> {
  const { baseUrl, rules, advice, reached } = client;
  const { resource, depth = 0, signal, observe, secrets = [] } = options;
  const redactor = client.redactor.within(secrets, () => [
    ...secretsOf(spec),
    ...wire.cookies.values().filter(isLong),
  ]);
  const hasCredentials = (): boolean =>
    wire.auth !== null || [...secretsIn(wire.headers), ...secretsOf(spec)].length > 0;
  const errors = httpErrors(redactor, wire.trusts, hasCredentials, advice);
  const throttle = client.throttleOf(spec.url);
  const onWait = (reason: string, until: number, isAnnounced: boolean): void =>
    observe({
      kind: 'wait',
      resource,
      reason,
      until,
      ...(isAnnounced && { host: redactor.text(spec.url.host) }),
    });
  const sendForToken = (token: RequestSpec): Promise<HttpResponse> =>
    sendRequest(
      token,
      { resource, depth, signal, observe, retry: true, tracing: options.tracing },
      tokenWire(wire, token.url),
      client,
    );
  const credentials = requestAuth(wire.auth, wire.trusts, redactor, {
    baseUrl,
    signal,
    send: sendForToken,
  });
  const uncounted = { limited: 0, limitedSince: 0, lost: 0 };
  const isDenied = (response: Pick<HttpResponse, 'status' | 'url'>): boolean =>
    options.retry !== false && credentials.isDenied(response);

  /**
   * Null where the slot was given back. The wait is decided in the slot, so that a pause is on
   * before the next request starts; it is spent outside.
   */
  async function inSlot(slot: Slot, count: number): Promise<SentResponse<T> | number | null> {
    if (credentials.isLate()) return null;
    const onResponse = (response: Pick<HttpResponse, 'headers'>): void => {
      reached.add(spec.url.host);
      if (!mayAnnounce(response.headers)) return;
      const now = serverTime(response, Date.now());
      slot.learn(inReach(announcement(response.headers, now), rules));
    };
    const outcome = await tracedAttempt(
      spec,
      count,
      { wire, redactor, errors, onResponse, isDenied },
      options,
    );
    if ('response' in outcome) return outcome.response;
    if ('denied' in outcome) return 0;
    const wasReached = reached.has(spec.url.host);
    const { renewed } = credentials;
    return waitAfter(
      outcome,
      { spec, count, rules, uncounted, slot, errors, redactor, wasReached, renewed },
      options,
    );
  }

  for (let count = 1; ; count += 1) {
    let next: SentResponse<T> | number | null = null;
    while (next === null) {
      if (wire.auth !== null) await credentials.ready();
      next = await throttle.run((slot) => inSlot(slot, count), signal, onWait, {
        resource,
        depth,
      });
    }
    if (typeof next !== 'number') return next;
    await pause(next, signal);
  }
}

/** Shorter values of cookies are flags and languages. */
const isLong = (value: string): boolean => value.length >= 6;

/**
 * Token requests have the headers that they name; the client's are added for hosts that are trusted
 * with them, and redirects are not followed.
 */
function tokenWire(wire: ExchangeConfig, { host, protocol, href }: URL): ExchangeConfig {
  const headers = wire.trusts(new URL(href)) ? wire.headers : {};
  return {
    ...wire,
    headers,
    auth: null,
    follows: false,
    save: null,
    memoryBytes: Number.POSITIVE_INFINITY,
    trusts: (url) => url.host === host && url.protocol === protocol,
  };
}
