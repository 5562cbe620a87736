import { SEPARATORS } from './convention.js';

const VARIANT = new RegExp(`(?:${SEPARATORS.join('|')})v_[a-z]+(?:_2)*$`);

/**
 * Returns true for the name of a variant column. A database knows no more of a column than its
 * name.
 */
export function isVariantName(name: string): boolean {
  return VARIANT.test(name);
}
