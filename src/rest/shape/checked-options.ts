import { givenOptions } from '../../../operators/settings/given-options.js';
import type { RecordShape } from '../../../operators/settings/shape.js';
import { showRedacted } from './show-redacted.js';

/**
 * Checks the options of a function (`givenOptions`). Messages show values, and no secrets.
 *
 * @param where the function as it is called, for example `cursor()`
 */
export function checkedOptions<T extends object>(
  where: string,
  options: T | null | undefined,
  shape: RecordShape<T>,
): T {
  return givenOptions(where, options, shape, showRedacted);
}
