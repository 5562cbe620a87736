import type { Json } from '../../../operators/types.js';

/**
 * Whether a value in the place of a next page's cursor or address says that there is none: null,
 * false, empty text, and an empty list or object, as PHP prints an empty array.
 */
export function isNothing(value: Json): boolean {
  if (typeof value !== 'object') return value === false || value === '';
  return value === null || Object.keys(value).length === 0;
}
