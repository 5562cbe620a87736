import type { Redactor } from '../secrets/redact.js';
import { retryAfterMs, serverTime } from '../throttle/header-values.js';
import { type Announcement, isRateLimited } from '../throttle/rate-headers.js';
import { retryHint } from '../throttle/retry-hint.js';
import type { Turn } from '../throttle/throttle.js';
import type { Outcome } from './attempt.js';
import { PermanentFault, type Refusals } from './http-errors.js';
import type { Answer, RequestSpec } from './messages.js';
import { type Failure, retryDecision, type RetryDecision, type RetryRules } from './retry.js';
import type { SendOptions } from './send-options.js';

/** How often a rate limit refused a request, and when it did first (milliseconds since 1970). */
export interface LimitRefusals {
  count: number;
  since: number;
}

/** A request that failed at attempt `count`. */
export interface FailedAttempt {
  spec: RequestSpec;
  count: number;
  rules: RetryRules;
  /** Those before this attempt; this one is added. */
  refusals: LimitRefusals;
  turn: Turn;
  errors: Refusals;
  shown: Redactor;
  /** The host has responded to an earlier request of the client. */
  wasReached: boolean;
  /** It was sent with new credentials, too. */
  renewed: boolean;
}

/**
 * Milliseconds to wait before the next attempt; 0 where the throttle holds everybody back for as
 * long as the API asks. To be called while the request has its turn. Throws the HttpError to give
 * up with.
 */
export function waitAfter(
  outcome: Extract<Outcome, { bad: unknown } | { fault: unknown }>,
  failed: FailedAttempt,
  { resource, observe, retry }: SendOptions,
): number {
  const { spec, count, turn, errors } = failed;
  const rules = { ...failed.rules, ...(retry !== undefined && { unsafeMethods: retry }) };
  const now = Date.now();
  const failure = failureOf(outcome, failed, now);
  const decision = decide(failure, failed, rules, retry === false);
  if ('fault' in outcome) {
    const { fault } = outcome;
    if ('giveUp' in decision || fault instanceof PermanentFault)
      throw errors.failed(
        spec,
        fault,
        count,
        'giveUp' in decision && !(fault instanceof PermanentFault)
          ? methodAdvice(decision, spec, retry)
          : '',
      );
    const reason = `trying again after: ${errors.fault(fault)}`;
    observe({ kind: 'wait', resource, reason, until: now + decision.waitMs });
    return decision.waitMs;
  }
  const { bad } = outcome;
  if ('giveUp' in decision)
    throw errors.bad(spec, bad, count, reasons(decision, failure, outcome, failed, retry));
  const { waitMs } = decision;
  const isLimited = failure.kind === 'limited';
  const reason = isLimited
    ? `the API says it is asked too often (${bad.status})`
    : `trying again after status ${bad.status}`;
  if (isLimited || (failure.kind !== 'fault' && failure.waitMs !== null)) {
    turn[isLimited ? 'refused' : 'pause'](now + waitMs, reason);
    return 0;
  }
  observe({ kind: 'wait', resource, reason, until: now + waitMs });
  return waitMs;
}

/** The host is not known, nothing listens there, or no way leads to it. */
const UNREACHED = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/;

function codeOf(fault: Error): string {
  return String((fault as { code?: unknown }).code ?? (fault.cause as { code?: unknown })?.code);
}

/** What failed, with what the API says of it taken in. */
function failureOf(
  outcome: Parameters<typeof waitAfter>[0],
  { rules, refusals, turn, shown, wasReached }: FailedAttempt,
  now: number,
): Failure {
  if ('fault' in outcome)
    return { kind: 'fault', isUnreached: !wasReached && UNREACHED.test(codeOf(outcome.fault)) };
  const { bad, again } = outcome;
  const clock = serverTime(bad, now);
  if (again === 'wait' || isRateLimited(bad.status, bad.headers)) {
    const { waitMs, policies } = retryHint(bad.headers, shown.body(bad.body), clock);
    turn.learn(inReach({ quotas: [], policies }, rules));
    if (refusals.count === 0) refusals.since = now;
    refusals.count += 1;
    const sinceMs = now - refusals.since;
    return { kind: 'limited', waitMs, sinceMs, refusals: refusals.count };
  }
  const asked = retryAfterMs(bad.headers.get('retry-after'), clock);
  const waitMs = asked !== null && asked > 0 ? asked : null;
  return again === 'retry'
    ? { kind: 'retry', waitMs }
    : { kind: 'status', status: bad.status, waitMs };
}

/** `isOnce`: the request may be sent only once, whatever comes of it. */
function decide(
  failure: Failure,
  { spec: { method }, count, refusals }: FailedAttempt,
  rules: RetryRules,
  isOnce: boolean,
): RetryDecision {
  const attempt = Math.max(1, count - refusals.count);
  const decision = retryDecision({ method, attempt, sent: count, failure }, rules, Math.random());
  return isOnce && 'waitMs' in decision ? { giveUp: 'method' } : decision;
}

/** Why nothing more is tried, and what to do about it. */
function reasons(
  decision: Extract<RetryDecision, { giveUp: unknown }>,
  failure: Failure,
  { bad }: { bad: Answer },
  { spec, refusals, rules, renewed, shown }: FailedAttempt,
  retry: boolean | undefined,
): string {
  const asked = failure.kind === 'fault' ? null : failure.waitMs;
  const said = [methodAdvice(decision, spec, retry)];
  if (decision.giveUp === 'patience' && asked !== null) {
    const from = bad.headers.get('retry-after') === null ? '' : ' (Retry-After)';
    said.push(
      ` It asks to wait ${asked / 1000} s${from}, longer than retry.maxRetryAfterMs allows.`,
    );
  }
  if (decision.giveUp === 'time')
    said.push(
      ` It was refused ${refusals.count} times in ${rules.rateLimitMs / 1000} s (retry.rateLimitMs).`,
    );
  if (renewed && bad.status === 401)
    said.push(' New credentials were got after the first refusal, and refused as well.');
  if (decision.giveUp === 'permanent' && soundsLimited(shown.body(bad.body)))
    said.push(
      ` If this is a rate limit, let it be waited out: responseActions: [{ statusCode: ${bad.status}, content: 'a part of this text', action: 'wait' }].`,
    );
  return said.join('');
}

function methodAdvice(
  decision: Extract<RetryDecision, { giveUp: unknown }>,
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

/** What is too far away is left to the wall: its answer then says how far, and ends the run. */
export function inReach(
  { quotas, policies }: Announcement,
  { maxRetryAfterMs }: Pick<RetryRules, 'maxRetryAfterMs'>,
): Announcement {
  return {
    quotas: quotas.filter(({ resetMs }) => resetMs <= maxRetryAfterMs),
    policies: policies.filter(({ perMs }) => perMs <= maxRetryAfterMs),
  };
}
