import type { Announcement } from '../throttle/rate-headers.js';
import { retryAfterMs } from '../throttle/retry-after.js';
import { retryHint } from '../throttle/retry-hint.js';
import type { Turn } from '../throttle/throttle.js';
import type { Outcome } from './attempt.js';
import type { RequestSpec } from './messages.js';
import { PermanentFault } from './permanent-fault.js';
import type { Redactor } from './redact.js';
import type { Refusals } from './refusals.js';
import { IDEMPOTENT, type RetryConfig, retryWait } from './retry.js';
import type { SendOptions } from './send-options.js';
import { serverTime } from './server-time.js';

/** A request that failed at attempt `count`. */
export interface FailedAttempt {
  spec: RequestSpec;
  count: number;
  rules: Required<RetryConfig>;
  turn: Turn;
  errors: Refusals;
  shown: Redactor;
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
  const { spec, count, turn, errors, shown } = failed;
  const rules = {
    ...failed.rules,
    ...(retry !== undefined && { unsafeMethods: retry }),
    ...(retry === false && { attempts: 1 }),
  };
  const about = { method: spec.method, attempt: count };
  const now = Date.now();
  if ('fault' in outcome) {
    const { fault } = outcome;
    const wait =
      fault instanceof PermanentFault
        ? null
        : retryWait({ ...about, failure: { error: fault } }, rules, now, Math.random());
    if (wait === null) throw errors.failed(spec, fault, count);
    observe({
      kind: 'wait',
      resource,
      reason: `trying again after: ${errors.fault(fault)}`,
      until: now + wait,
    });
    return wait;
  }
  const { bad } = outcome;
  const clock = serverTime(bad, now);
  const retryAfter = bad.headers.get('retry-after');
  const tooOften = bad.status === 429;
  const hint = tooOften
    ? retryHint(bad.headers, shown.body(bad.body), clock)
    : { waitMs: retryAfterMs(retryAfter, clock), policies: [] };
  const asked = hint.waitMs;
  turn.learn(inReach({ quotas: [], policies: hint.policies }, rules));
  const wait = retryWait(
    {
      ...about,
      failure: { status: bad.status, retryAfter: asked === null ? null : String(asked / 1000) },
    },
    rules,
    clock,
    Math.random(),
  );
  if (wait === null) {
    const patience =
      asked !== null && asked > rules.maxRetryAfterMs
        ? ` It asks to wait ${asked / 1000} s${retryAfter === null ? '' : ' (Retry-After)'}, longer than retry.maxRetryAfterMs allows.`
        : '';
    const again =
      failed.renewed && bad.status === 401
        ? ' New credentials were got after the first refusal, and refused as well.'
        : '';
    const once =
      bad.status >= 500 &&
      retry === undefined &&
      !rules.unsafeMethods &&
      !IDEMPOTENT.has(spec.method)
        ? ` A ${spec.method} is not repeated by itself, since it may have done something (retry.unsafeMethods).`
        : '';
    throw errors.bad(spec, bad, count, patience + again + once);
  }
  const reason = tooOften
    ? 'the API says it is asked too often (429)'
    : `trying again after status ${bad.status}`;
  if (tooOften || asked !== null) {
    turn[tooOften ? 'refused' : 'pause'](now + wait, reason);
    return 0;
  }
  observe({ kind: 'wait', resource, reason, until: now + wait });
  return wait;
}

/** What is too far away is left to the wall: its answer then says how far, and ends the run. */
export function inReach(
  { quotas, policies }: Announcement,
  { maxRetryAfterMs }: Pick<Required<RetryConfig>, 'maxRetryAfterMs'>,
): Announcement {
  return {
    quotas: quotas.filter(({ resetMs }) => resetMs <= maxRetryAfterMs),
    policies: policies.filter(({ perMs }) => perMs <= maxRetryAfterMs),
  };
}
