import type { Outcome } from './attempt.js';
import type { RequestSpec } from './messages.js';
import { PermanentFault } from './permanent-fault.js';
import type { Refusals } from './refusals.js';
import { IDEMPOTENT, retryAfterMs, type RetryConfig, retryWait, serverTime } from './retry.js';
import type { SendOptions } from './send-options.js';
import type { Throttle } from './throttle.js';

/** A request that failed at attempt `count`. */
export interface FailedAttempt {
  spec: RequestSpec;
  count: number;
  rules: Required<RetryConfig>;
  turns: Throttle;
  errors: Refusals;
  /** It was sent with new credentials, too. */
  renewed: boolean;
}

/**
 * Milliseconds to wait before the next attempt; 0 where the throttle holds everybody back for as long as the API asks. To be
 * called while the request has its turn. Throws the HttpError to give up with.
 */
export function waitAfter(outcome: Extract<Outcome, { bad: unknown } | { fault: unknown }>, failed: FailedAttempt, { resource, observe, retry }: SendOptions): number {
  const { spec, count, turns, errors } = failed;
  const rules = { ...failed.rules, ...(retry !== undefined && { unsafeMethods: retry }), ...(retry === false && { attempts: 1 }) };
  const about = { method: spec.method, attempt: count };
  const now = Date.now();
  if ('fault' in outcome) {
    const { fault } = outcome;
    const wait = fault instanceof PermanentFault ? null : retryWait({ ...about, outcome: { error: fault } }, rules, now, Math.random());
    if (wait === null) throw errors.failed(spec, fault, count);
    observe({ kind: 'wait', resource, reason: `trying again after: ${errors.fault(fault)}`, until: now + wait });
    return wait;
  }
  const { bad } = outcome;
  const clock = serverTime(bad, now);
  const retryAfter = bad.headers.get('retry-after');
  const asked = retryAfterMs(retryAfter, clock);
  const wait = retryWait({ ...about, outcome: { status: bad.status, retryAfter } }, rules, clock, Math.random());
  if (wait === null) {
    const patience = asked !== null && asked > rules.maxRetryAfterMs ? ` It asks to wait ${asked / 1000} s (Retry-After), longer than retry.maxRetryAfterMs allows.` : '';
    const again = failed.renewed && bad.status === 401 ? ' New credentials were got after the first refusal, and refused as well.' : '';
    const once = bad.status >= 500 && retry === undefined && !rules.unsafeMethods && !IDEMPOTENT.has(spec.method) ? ` A ${spec.method} is not repeated by itself, since it may have done something (retry.unsafeMethods).` : '';
    throw errors.bad(spec, bad, count, patience + again + once);
  }
  const reason = bad.status === 429 ? 'the API says it is asked too often (429)' : `trying again after status ${bad.status}`;
  if (bad.status === 429 || asked !== null) {
    turns.pause(now + wait, reason);
    return 0;
  }
  observe({ kind: 'wait', resource, reason, until: now + wait });
  return wait;
}
