import type { Json } from '../../../operators/types.js';

/**
 * A count that an API states: number, or number as text; null where it states none. Negative ones
 * mean "not known", and so do those beyond what is counted, such as the largest integer of 64 bits.
 */
export function statedCount(value: Json | undefined): number | null {
  const count =
    typeof value === 'string' && /^\s*\d+\s*$/.test(value)
      ? Number(value)
      : typeof value === 'bigint'
        ? Number(value)
        : value;
  return typeof count === 'number' && count >= 0 && count <= Number.MAX_SAFE_INTEGER ? count : null;
}

/**
 * Elasticsearch, and services on top of it, count no further: a total of just so much is a limit.
 */
export const COUNT_LIMIT = 10_000;
