import type { Field, Measure } from './results.js';

/** Returns the middle value, the mean of both middle ones of an even number; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** Returns one field of all rounds that have it. */
export function valuesOf(measures: readonly Measure[] = [], field: Field = 'ms'): number[] {
  return measures.flatMap((measure) => measure[field] ?? []);
}

/**
 * Returns the median of what each round gives for a pair of ways, which ran one after another. A
 * way that ran less often is paired with the rounds that it has.
 */
export function paired(
  ours: readonly Measure[] = [],
  theirs: readonly Measure[] = [],
  field: Field = 'ms',
  by: 'ratio' | 'difference' = 'ratio',
): number {
  const pairs = ours.slice(0, theirs.length).flatMap((measure, round) => {
    const [our, their] = [measure[field], theirs[round]?.[field]];
    if (our === undefined || their === undefined) return [];
    return [by === 'ratio' ? our / their : our - their];
  });
  return median(pairs);
}
