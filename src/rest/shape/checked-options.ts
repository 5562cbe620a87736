import { configError } from './problem.js';
import { problemsIn } from './problems-in.js';
import type { RecordShape } from './shape.js';

/**
 * The options of a function: undefined counts as none, and those that count as not given (null,
 * where the shape says so) are left out. ConfigError naming the function and everything that is
 * wrong with them.
 *
 * @param where the function as it is called, for example `cursor()`
 */
export function checkedOptions<T extends object>(
  where: string,
  options: T | undefined,
  shape: RecordShape<T>,
): T {
  const given = options === undefined ? {} : options;
  const problems = problemsIn(given, shape);
  if (problems.length > 0) throw configError(where, problems);
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => value !== undefined && !(value === null && shape.nulls === true),
    ),
  ) as T;
}
