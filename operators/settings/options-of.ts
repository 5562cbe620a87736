import { requireKeys } from './require-keys.js';

/**
 * The options of a function, those that are null or undefined left out: null means "not given", as
 * in dlt's configs. Errors: `ERR_SLUICE_CONFIG` for a key that the function does not know.
 */
export function optionsOf<T extends object>(
  where: string,
  options: T,
  keys: Readonly<Record<keyof T & string, true>>,
): T {
  requireKeys(where, options, keys);
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== null && value !== undefined),
  ) as T;
}
