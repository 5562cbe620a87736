import { configError } from './problem.js';
import { problemsIn } from './problems-in.js';
import type { RecordShape } from './shape.js';
import { withoutNulls } from './without-nulls.js';

/**
 * The options of a function, without those that count as not given (`withoutNulls`); none are an
 * empty object. ConfigError naming the function and everything that is wrong with them.
 *
 * @param where the function as it is called, for example `cursor()`
 */
export function checkedOptions<T extends object>(
  where: string,
  options: T | null | undefined,
  shape: RecordShape<T>,
): T {
  const given = withoutNulls(options ?? ({} as T), shape);
  const problems = problemsIn(given, shape);
  if (problems.length > 0) throw configError(where, problems);
  return given;
}
