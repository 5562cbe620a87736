import { SluiceError } from '../errors.js';
import { didYouMean } from './nearest.js';

/**
 * Checks that the options of a function are an object (undefined counts as none), and have no key
 * that the function does not know: one that is misspelt would be ignored without a word.
 *
 * Errors: `ERR_SLUICE_CONFIG` that names the function, the key, and those that there are.
 *
 * @param keys every key of the options; one that is forgotten here is an error of the compiler
 */
export function requireKeys<T extends object>(
  where: string,
  options: T | undefined,
  keys: Readonly<Record<keyof T & string, true>>,
): void {
  if (options === undefined) return;
  const known = Object.keys(keys);
  if (typeof options !== 'object' || options === null)
    throw new SluiceError(
      'ERR_SLUICE_CONFIG',
      `${where} takes an object with ${known.join(', ')}; found ${options === null ? 'null' : `a ${typeof options}`}.`,
    );
  const strange = Object.keys(options).find(
    (key) => !Object.hasOwn(keys, key) && options[key as keyof T] !== undefined,
  );
  if (strange === undefined) return;
  throw new SluiceError(
    'ERR_SLUICE_CONFIG',
    `${where} has no option \`${strange.slice(0, 60)}\`.${didYouMean(strange, known)} It takes ${known.length === 0 ? 'none' : known.join(', ')}.`,
  );
}
