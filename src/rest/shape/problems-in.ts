import type { Problem } from '../../../operators/settings/problem.js';
import { shapeProblems } from '../../../operators/settings/shape-problems.js';
import type { Shape } from '../../../operators/settings/shape.js';
import { showRedacted } from './show-redacted.js';

/**
 * Finds everything in a value (`withoutNulls`) that is not as its shape says, with its place.
 * Messages show values, and no secrets.
 */
export function problemsIn(value: unknown, shape: Shape): Problem[] {
  return shapeProblems(value, shape, showRedacted);
}
