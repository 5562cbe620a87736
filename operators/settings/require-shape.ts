import { ConfigError } from '../errors.js';
import { shapeProblems, shapeWords } from './shape-problems.js';
import type { Shape } from './shape.js';
import { valueText } from './value-text.js';

/**
 * Returns a value as it is. Errors: ConfigError that begins with `what` for one of another shape.
 */
export function requireShape<T>(what: string, value: T, shape: Shape): T {
  const [problem] = shapeProblems(value, shape);
  if (problem === undefined) return value;
  throw new ConfigError(
    problem.path === ''
      ? `${what} must be ${shapeWords(shape)}; found ${valueText(value)}.`
      : `${what}: \`${problem.path}\`: ${problem.message}`,
  );
}
