import type { RestEndpoint } from './rest-config.js';
import { sequentialReason } from './sequential-reason.js';

/** Says why `parallelPages` does nothing beside the other options; null where it does something. */
export function idleParallel(endpoint: RestEndpoint): string | null {
  const reason = sequentialReason(endpoint);
  return typeof endpoint.parallelPages !== 'number' || reason === null
    ? null
    : `does nothing here: pages are requested one after another, because ${reason}. Leave it out.`;
}
