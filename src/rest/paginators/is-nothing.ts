import type { Json } from '../../../operators/types.js';

/**
 * Whether a value in the place of a next page's cursor or address says that there is none: null,
 * false, an empty text or one that spells null, a number below 0, and an empty list or object, as
 * PHP prints an empty array.
 */
export function isNothing(value: Json): boolean {
  if (typeof value === 'string') return NOTHING.test(value);
  if (typeof value === 'number' || typeof value === 'bigint') return value < 0;
  if (typeof value === 'boolean') return !value;
  return value === null || Object.keys(value).length === 0;
}

const NOTHING = /^\s*(null|none|nil|undefined|false|-1)?\s*$/i;
