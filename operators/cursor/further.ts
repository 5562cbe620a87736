import { ConfigError } from '../errors.js';
import { userFunction } from '../settings/user-function.js';
import { compareValues } from './compare-values.js';
import type { CursorRules, CursorValue } from './cursor-config.js';

/** Chooses the furthest of one or two values, as `lastValueFunc` says. */
export type Further = (values: readonly CursorValue[]) => CursorValue;

/**
 * The function of a cursor. Its errors: ConfigError for a text and a number, which have no order;
 * FunctionError of a function of the user's.
 */
export function furtherOf(
  { cursorPath, lastValueFunc = 'max', compat = 'sluice' }: CursorRules,
  resource?: string,
): Further {
  if (typeof lastValueFunc === 'function') {
    const own = userFunction({ name: 'incremental.lastValueFunc', resource });
    return (values) =>
      own.call(
        () => lastValueFunc(values),
        (value) => (isCursorValue(value) ? null : 'return the further one of the values.'),
      );
  }
  const sign = lastValueFunc === 'max' ? 1 : -1;
  return ([first, second]) => {
    const one = first as CursorValue;
    if (second === undefined) return one;
    if ((typeof one === 'string') !== (typeof second === 'string'))
      throw new ConfigError(
        `incremental.cursorPath \`${cursorPath}\` leads to a ${typeof one} in some rows and a ${typeof second} in others, or in what the run begins or ends with (\`${String(one)}\` and \`${String(second)}\`), which have no order. Convert them with a processing step, or name another field.`,
      );
    return compareValues(one, second, compat) * sign >= 0 ? one : second;
  };
}

export function isCursorValue(value: unknown): value is CursorValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

/** Whether two values are the same: numbers and bigints, or two spellings of one moment, can be. */
export function isSame(
  a: CursorValue | null,
  b: CursorValue | null,
  { compat = 'sluice' }: CursorRules,
): boolean {
  if (a === null || b === null) return a === b;
  if ((typeof a === 'string') !== (typeof b === 'string')) return false;
  return compareValues(a, b, compat) === 0;
}
