import { shortened } from './shortened.js';
import { kindOf } from './user-function.js';

/** The words for a text or number; `isSecret` where its shape says that it is one. */
export type ShowValue = (
  value: string | number | bigint,
  path: string,
  isSecret: boolean,
) => string;

/** Shows no text: it may be a secret in the wrong place. */
export const hideTexts: ShowValue = (value, _, isSecret) => {
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'text (not shown)';
  return isSecret ? 'number (not shown)' : `number ${value.toString()}`;
};

/** A value in a few words, for a message. */
export function valueText(
  value: unknown,
  show: ShowValue = hideTexts,
  path: string = '',
  isSecret: boolean = false,
): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object')
    return kindOf(value) === 'an object' ? objectText(Object.keys(value)) : kindOf(value);
  return typeof value === 'symbol'
    ? 'a symbol'
    : show(value as string | number | bigint, path, isSecret);
}

/** Characters of a text that are shown. */
const LONGEST = 60;

function objectText(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys
    .slice(0, 5)
    .map((key) => shortened(key, LONGEST))
    .join(', ')}${keys.length > 5 ? ', …' : ''}`;
}
