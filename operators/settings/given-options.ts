import { ConfigError } from '../errors.js';
import { configError } from './problem.js';
import { shapeProblems } from './shape-problems.js';
import type { RecordShape } from './shape.js';
import type { ShowValue } from './value-text.js';
import { withoutNulls } from './without-nulls.js';

/**
 * Checks the options of a function and returns them without those that count as not given
 * (`withoutNulls`); none are an empty object.
 *
 * Errors: ConfigError naming the function and everything that is wrong: what is no object, options
 * that the function does not know, of another kind, or missing.
 *
 * @param where the function as it is called, for example `flatten()`
 */
export function givenOptions<T extends object>(
  where: string,
  given: T | null | undefined,
  shape: RecordShape<T>,
  show?: ShowValue,
): T {
  if (isObservable(given))
    throw new ConfigError(
      `${where}: found an observable in the place of options. Call the operator: pipe(${where}).`,
    );
  const options = withoutNulls(given ?? ({} as T), shape);
  const problems = shapeProblems(options, shape, show);
  if (problems.length > 0) throw configError(where, problems);
  return options;
}

/** What `pipe` hands to an operator that is not called. */
function isObservable(given: unknown): boolean {
  const { subscribe, pipe } = Object(given) as { subscribe?: unknown; pipe?: unknown };
  return typeof subscribe === 'function' && typeof pipe === 'function';
}
