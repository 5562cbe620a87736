import type { Redactor } from '../../secrets/redact.js';
import { retryAfterMs, serverTime } from '../../throttle/header-values.js';
import { type Announcement, isRateLimited } from '../../throttle/rate-headers.js';
import { retryHint } from '../../throttle/retry-hint.js';
import type { Slot } from '../../throttle/throttle.js';
import { type HttpErrors, PermanentFault } from '../http-errors.js';
import type { HttpResponse, RequestSpec } from '../messages.js';
import type { Outcome } from './attempt.js';
import { type Failure, retryDecision, type RetryDecision, type RetryRules } from './retry.js';
import type { SendOptions } from './send-options.js';

/** Attempts that do not count as such. */
export interface UncountedAttempts {
  /** Those that a rate limit refused. */
  limited: number;
  /** When it did first, in milliseconds since 1970. */
  limitedSince: number;
  /** Those on connections that were closed while they were idle. */
  lost: number;
}

/** A request whose attempt number `count` failed. */
export interface FailedAttempt {
  spec: RequestSpec;
  count: number;
  rules: RetryRules;
  /** Those before this attempt; this one is added. */
  uncounted: UncountedAttempts;
  slot: Slot;
  errors: HttpErrors;
  redactor: Redactor;
  /** The host has responded to an earlier request of the client. */
  wasReached: boolean;
  /** It was sent with new credentials after a 401. */
  renewed: boolean;
}

type FailedOutcome = Extract<Outcome<unknown>, { errorResponse: unknown } | { fault: unknown }>;
type GivenUp = Extract<RetryDecision, { giveUp: unknown }>;

/**
 * Milliseconds to wait before the next attempt; 0 where the throttle holds all requests back for as
 * long as the API says. To be called while the request has its slot. Throws the HttpError to give
 * up with.
 */
export function waitAfter(
  outcome: FailedOutcome,
  failed: FailedAttempt,
  {
    resource,
    observe,
    retry,
    lasting = [],
  }: Pick<SendOptions, 'resource' | 'observe' | 'retry' | 'lasting'>,
): number {
  const { spec, count, slot, errors } = failed;
  const rules = { ...failed.rules, lasting, ...(retry !== undefined && { unsafeMethods: retry }) };
  const now = Date.now();
  const failure = failureOf(outcome, failed, now);
  const decision = decide(failure, failed, rules, retry === false);
  if ('fault' in outcome) {
    const { fault } = outcome;
    if (fault instanceof PermanentFault) throw errors.networkError(spec, fault, count, '');
    if ('giveUp' in decision)
      throw errors.networkError(spec, fault, count, methodAdvice(decision, spec, retry));
    const reason = `trying again after: ${errors.faultText(fault)}`;
    observe({ kind: 'wait', resource, reason, until: now + decision.waitMs });
    return decision.waitMs;
  }
  const { errorResponse } = outcome;
  if ('giveUp' in decision)
    throw errors.statusError(
      spec,
      errorResponse,
      count,
      reasons(decision, failure, errorResponse, failed, retry),
    );
  const { waitMs } = decision;
  const isLimited = failure.kind === 'limited';
  const reason = isLimited
    ? `the API's rate limit is reached (${errorResponse.status})`
    : `trying again after status ${errorResponse.status}`;
  if (isLimited || (failure.kind !== 'fault' && failure.waitMs !== null)) {
    slot[isLimited ? 'backOff' : 'pause'](now + waitMs, reason);
    return 0;
  }
  observe({ kind: 'wait', resource, reason, until: now + waitMs });
  return waitMs;
}

/**
 * The host is not known, nothing listens there, no way leads to it, or it has no TLS or no
 * certificate that is trusted.
 */
const UNREACHED =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EPROTO|.*CERT.*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|ERR_TLS_.*)$/;

function codeOf(fault: Error): string {
  return String((fault as { code?: unknown }).code ?? (fault.cause as { code?: unknown })?.code);
}

/** The kind of failure, with the wait that the response names. */
function failureOf(
  outcome: FailedOutcome,
  { rules, uncounted, slot, redactor, wasReached }: FailedAttempt,
  now: number,
): Failure {
  if ('fault' in outcome) {
    const { fault } = outcome;
    const isLost = (fault as { reusedSocket?: boolean }).reusedSocket === true;
    if (isLost) uncounted.lost += 1;
    return { kind: 'fault', isUnreached: !wasReached && UNREACHED.test(codeOf(fault)), isLost };
  }
  const { errorResponse, again } = outcome;
  const { status, headers, body } = errorResponse;
  const clock = serverTime(errorResponse, now);
  if (again === 'wait' || isRateLimited(status, headers)) {
    const { waitMs, policies } = retryHint(headers, redactor.body(body), clock);
    slot.learn(inReach({ quotas: [], policies }, rules));
    if (uncounted.limited === 0) uncounted.limitedSince = now;
    uncounted.limited += 1;
    const { limited, limitedSince } = uncounted;
    return { kind: 'limited', waitMs, sinceMs: now - limitedSince, refusals: limited };
  }
  const named = retryAfterMs(headers.get('retry-after'), clock);
  const waitMs = named !== null && named > 0 ? named : null;
  return again === 'retry' ? { kind: 'retry', waitMs } : { kind: 'status', status, waitMs };
}

/** `isOnce`: the request may be sent only once, whatever comes of it. */
function decide(
  failure: Failure,
  { spec: { method }, count, uncounted }: FailedAttempt,
  rules: RetryRules,
  isOnce: boolean,
): RetryDecision {
  const attempt = Math.max(1, count - uncounted.limited - uncounted.lost);
  const decision = retryDecision({ method, attempt, sent: count, failure }, rules, Math.random());
  return isOnce && 'waitMs' in decision ? { giveUp: 'method' } : decision;
}

/** Says why the request is not repeated, and what to do about it. */
function reasons(
  decision: GivenUp,
  failure: Failure,
  { status, headers, body }: HttpResponse,
  { spec, uncounted, rules, renewed, redactor }: FailedAttempt,
  retry: boolean | undefined,
): string {
  const waitMs = failure.kind === 'fault' ? null : failure.waitMs;
  const texts = [methodAdvice(decision, spec, retry)];
  if (decision.giveUp === 'patience' && waitMs !== null) {
    const from = headers.get('retry-after') === null ? '' : ' (Retry-After)';
    texts.push(
      ` The API demands a wait of ${waitMs / 1000} s${from}, longer than \`retry.maxRetryAfterMs\` allows.`,
    );
  }
  if (decision.giveUp === 'time')
    texts.push(
      ` It was refused ${uncounted.limited} times in ${rules.rateLimitMs / 1000} s (\`retry.rateLimitMs\`).`,
    );
  if (renewed && status === 401)
    texts.push(' New credentials were fetched after the first 401, and refused as well.');
  if (decision.giveUp === 'permanent' && soundsLimited(redactor.body(body)))
    texts.push(
      ` If this is a rate limit, let it be waited out: \`responseActions: [{ statusCode: ${status}, content: 'a part of this text', action: 'wait' }]\`.`,
    );
  return texts.join('');
}

function methodAdvice(
  decision: GivenUp,
  { method }: RequestSpec,
  retry: boolean | undefined,
): string {
  if (decision.giveUp !== 'method') return '';
  return retry === false
    ? ' It is not sent again, because the endpoint says `repeatable: false`.'
    : ` A ${method} is not repeated by itself, since it may have changed something. If it only reads, set \`repeatable: true\` on the endpoint, or \`retry.unsafeMethods\` on the client.`;
}

function soundsLimited(body: string): boolean {
  return /rate.?limit|too many requests|throttl|quota/i.test(body);
}

/**
 * The limits that reset within `maxRetryAfterMs`. Others are left until the API refuses a request:
 * that response names the wait, and ends the run.
 */
export function inReach(
  { quotas, policies }: Announcement,
  { maxRetryAfterMs }: Pick<RetryRules, 'maxRetryAfterMs'>,
): Announcement {
  return {
    quotas: quotas.filter(({ resetMs }) => resetMs <= maxRetryAfterMs),
    policies: policies.filter(({ perMs }) => perMs <= maxRetryAfterMs),
  };
}
