import { type Budget, budget, quotaBudget, type QuotaBudget } from './budget.js';
import type { Announcement, Policy, Quota } from './rate-headers.js';
import { rateText } from './rate-limit.js';
import { longest, type Wait } from './wait.js';

/**
 * The limits that an API tells of with its answers. They bind the resources whose answers named
 * them, and those that named none.
 */
export interface AnnouncedLimits {
  wait(resource: string, now: number): Wait;
  /** Counts a request of a resource as started. */
  started(resource: string): Charge;
  /** Takes in what a request's answer says, before it is counted as answered. */
  learn(said: Announcement, charge: Charge, now: number): void;
  answered(charge: Charge, now: number): void;
}

/** A request under way: the limits that it counts against. */
export interface Charge {
  readonly resource: string;
  readonly limits: Set<Limit>;
}

interface Limit {
  /** What the API calls it. */
  readonly name: string;
  readonly budget: Budget;
  readonly reason: string;
  /** Whose answers named it. */
  readonly resources: Set<string>;
}

/** No limits as yet. Time is handed in, in milliseconds. */
export function announcedLimits(): AnnouncedLimits {
  const quotas = new Map<string, Limit & { budget: QuotaBudget }>();
  const policies = new Map<string, Limit>();
  const underWay = new Set<Charge>();

  function binding(resource: string): Limit[] {
    const all = [...quotas.values(), ...policies.values()];
    const own = all.filter(({ resources }) => resources.has(resource));
    return own.length > 0 ? own : all;
  }

  /**
   * Requests under way count against a limit from when it is known: the API may have counted them.
   */
  function bind(limit: Limit, resource: string): void {
    if (limit.resources.has(resource)) return;
    limit.resources.add(resource);
    for (const charge of underWay) {
      if (charge.limits.has(limit) || !binding(charge.resource).includes(limit)) continue;
      charge.limits.add(limit);
      limit.budget.started();
    }
  }

  return {
    wait: (resource, now) =>
      longest(binding(resource).map(({ budget: own, reason }) => ({ ms: own.wait(now), reason }))),
    started(resource) {
      const charge = { resource, limits: new Set(binding(resource)) };
      underWay.add(charge);
      for (const limit of charge.limits) limit.budget.started();
      return charge;
    },
    learn(said, { resource }, now) {
      const limited = said.policies.map((policy) =>
        known(policies, `${policy.name} ${policy.requests}/${policy.perMs}`, () =>
          policyLimit(policy),
        ),
      );
      const left = said.quotas.map((quota) =>
        known(quotas, `${quota.name} ${quota.limit}`, () => quotaLimit(quota)),
      );
      for (const limit of [...limited, ...left]) bind(limit, resource);
      forget(policies, limited, resource);
      forget(quotas, left, resource);
      said.quotas.forEach((quota, i) => left[i]?.budget.learn(quota, now));
    },
    answered(charge, now) {
      underWay.delete(charge);
      for (const limit of charge.limits) limit.budget.answered(now);
    },
  };
}

function policyLimit({ name, requests, perMs }: Policy): Limit {
  const rate = { requests, perMs, burst: null };
  return {
    name,
    budget: budget(rate),
    reason: `the limit that the API announces is used up: ${rateText(rate)}`,
    resources: new Set(),
  };
}

function quotaLimit({ name, limit }: Quota): Limit & { budget: QuotaBudget } {
  return {
    name,
    budget: quotaBudget(),
    reason: `the quota${limit === null ? '' : ` of ${limit} requests`} is used up, as the API says`,
    resources: new Set(),
  };
}

function known<L extends Limit>(limits: Map<string, L>, key: string, make: () => L): L {
  const limit = limits.get(key) ?? make();
  limits.set(key, limit);
  return limit;
}

/** An API that names a limit with other numbers than before means the new ones only. */
function forget(limits: Map<string, Limit>, said: readonly Limit[], resource: string): void {
  for (const [key, limit] of limits) {
    if (said.includes(limit) || said.every(({ name }) => name !== limit.name)) continue;
    limit.resources.delete(resource);
    if (limit.resources.size === 0) limits.delete(key);
  }
}
