import { ConfigError } from '../errors.js';
import { compareCodePoints } from '../json/compare-code-points.js';
import { userFunction } from '../settings/user-function.js';
import type { CursorConfig, CursorValue } from './cursor-config.js';

/** Chooses the furthest of one or two values, as `lastValueFunc` says. */
export type Further = (values: readonly CursorValue[]) => CursorValue;

/**
 * The function of a cursor. Its errors: ConfigError for a text and a number, which have no order;
 * FunctionError of a function of the user's.
 */
export function furtherOf(
  { cursorPath, lastValueFunc = 'max' }: CursorConfig,
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
    return order(one, second) * sign >= 0 ? one : second;
  };
}

export function isCursorValue(value: unknown): value is CursorValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}

/** Whether two values are the same: numbers and bigints compare with each other. */
export function isSame(a: CursorValue | null, b: CursorValue | null): boolean {
  if (a === null || b === null || typeof a === typeof b) return a === b;
  return typeof a !== 'string' && typeof b !== 'string' && order(a, b) === 0;
}

function order(a: CursorValue, b: CursorValue): number {
  if (typeof a === 'string' || typeof b === 'string')
    return compareCodePoints(String(a), String(b));
  return a > b ? 1 : a < b ? -1 : 0;
}
