import { type Place, Roster } from '../../signals/roster.js';
import { type Budget, budget, quotaBudget, type QuotaBudget } from './budget.js';
import type { Announcement, Policy, Quota } from './rate-headers.js';
import { rateText } from './rate-limit.js';

/** How long a request has to wait, and why. */
export interface Wait {
  /** Milliseconds; 0: not at all; null: until another request is finished. */
  ms: number | null;
  reason: string;
  /** The API asks for it. @default false */
  isAnnounced?: boolean;
}

/**
 * The limits that an API announces in its responses. They bind the resources whose responses named
 * them, and those whose responses named none.
 */
export interface AnnouncedLimits {
  wait(resource: string, now: number): Wait;
  /** Counts a request of a resource as started. */
  started(resource: string): Charge;
  /** Takes in what a request's response announces; called before `finished`. */
  learn(announcement: Announcement, charge: Charge, now: number): void;
  finished(charge: Charge, now: number): void;
}

/** A request in flight, with the limits that it counts against. */
export interface Charge {
  readonly resource: string;
  readonly limits: Limit[];
  /** Where it is among those in flight. */
  place: Place<Charge> | null;
}

interface Limit {
  /** The API's name for it. */
  readonly name: string;
  readonly budget: Budget;
  readonly reason: string;
  /** Those whose responses named it. */
  readonly resources: Set<string>;
}

/** Starts without limits. Times are parameters, in milliseconds. */
export function announcedLimits(): AnnouncedLimits {
  const quotas = new Map<string, Limit & { budget: QuotaBudget }>();
  const policies = new Map<string, Limit>();
  const inFlight = new Roster<Charge>();

  function binding(resource: string): Limit[] {
    if (quotas.size === 0 && policies.size === 0) return [];
    const all = [...quotas.values(), ...policies.values()];
    const own = all.filter(({ resources }) => resources.has(resource));
    return own.length > 0 ? own : all;
  }

  /**
   * Requests in flight count against a new limit too: the API may have counted them.
   */
  function bind(limit: Limit, resource: string): void {
    if (limit.resources.has(resource)) return;
    limit.resources.add(resource);
    for (const { value: charge } of inFlight.places()) {
      if (charge === null || charge.limits.includes(limit)) continue;
      if (!binding(charge.resource).includes(limit)) continue;
      charge.limits.push(limit);
      limit.budget.started();
    }
  }

  return {
    wait: (resource, now) =>
      longest(
        binding(resource).map(({ budget: own, reason }) => ({
          ms: own.wait(now),
          reason,
          isAnnounced: true,
        })),
      ),
    started(resource) {
      const charge: Charge = { resource, limits: binding(resource), place: null };
      charge.place = inFlight.add(charge);
      for (const limit of charge.limits) limit.budget.started();
      return charge;
    },
    learn(announcement, { resource }, now) {
      const limited = announcement.policies.map((policy) =>
        known(policies, `${policy.name} ${policy.requests}/${policy.perMs}`, () =>
          policyLimit(policy),
        ),
      );
      const left = announcement.quotas.map((quota) =>
        known(quotas, `${quota.name} ${quota.limit}`, () => quotaLimit(quota)),
      );
      for (const limit of [...limited, ...left]) bind(limit, resource);
      forget(policies, limited, resource);
      forget(quotas, left, resource);
      announcement.quotas.forEach((quota, i) => left[i]?.budget.learn(quota, now));
    },
    finished(charge, now) {
      if (charge.place !== null) inFlight.remove(charge.place);
      for (const limit of charge.limits) limit.budget.finished(now);
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
    reason: `the quota${limit === null ? '' : ` of ${limit} requests`} is used up, as the API reports`,
    resources: new Set(),
  };
}

function known<L extends Limit>(limits: Map<string, L>, key: string, make: () => L): L {
  const limit = limits.get(key) ?? make();
  limits.set(key, limit);
  return limit;
}

/** Drops limits of the resource that the API announced again with other numbers. */
function forget(limits: Map<string, Limit>, announced: readonly Limit[], resource: string): void {
  for (const [key, limit] of limits) {
    if (announced.includes(limit) || announced.every(({ name }) => name !== limit.name)) continue;
    limit.resources.delete(resource);
    if (limit.resources.size === 0) limits.delete(key);
  }
}

/** The longest of several waits, of equal ones the first; no wait where there are none. */
export function longest(waits: readonly Wait[]): Wait {
  return waits.reduce((most, wait) => (isShorter(most, wait) ? wait : most), { ms: 0, reason: '' });
}

/** Whether the first is over before the second. */
export function isShorter(a: Wait, b: Wait): boolean {
  return (a.ms ?? Number.POSITIVE_INFINITY) < (b.ms ?? Number.POSITIVE_INFINITY);
}
