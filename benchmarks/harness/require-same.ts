import type { Comparison } from './comparison.js';
import type { Result } from './results.js';
import { valuesOf } from './statistics.js';

/** Throws unless all ways that say what they leave have left the same. */
export function requireSame({ title, ways }: Comparison, result: Result): void {
  for (const field of ['rows', 'check'] as const) {
    const found = ways
      .filter(({ isFloor }) => isFloor !== true)
      .map(({ key }) => [key, [...new Set(valuesOf(result.ways[key], field))]] as const)
      .filter(([, values]) => values.length > 0);
    if (new Set(found.flatMap(([, values]) => values)).size > 1) {
      const text = found.map(([key, values]) => `${key} ${values.join(', ')}`).join('; ');
      throw new Error(`${title}: the ways left different tables: ${field}: ${text}.`);
    }
  }
}
