import { shake128 } from './shake128.js';

/**
 * Returns one identifier (a dataset, a part of a path) by dlt's `snake_case` convention: lower
 * case, words split at capitals, all but ASCII letters, decimal digits and `_` replaced, `_` in
 * front of a digit, an `x` for each `_` at the end. Text without any character gives `_empty`.
 * Source of the rule and of its order: dlt's naming convention snake_case.
 */
export function normalizeIdentifier(name: string): string {
  const trimmed = name.replaceAll(EDGE_SPACE, '');
  if (trimmed === '') return '_empty';
  const words = trimmed
    .replaceAll(MAPPED, (character) => MAP[character] as string)
    .replaceAll(FOREIGN, '_')
    .replaceAll(/([^_])([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
  return (/^\p{Nd}/u.test(words) ? `_${words}` : words)
    .replace(/_+$/, (tail) => 'x'.repeat(tail.length))
    .replaceAll(/_+/g, '_');
}

/**
 * Returns six characters that stand for a raw name: 4 bytes of SHAKE-128 in base64, lower case, `/`
 * as `a` and `+` as `b` (dlt's tag).
 */
export function nameTag(raw: string): string {
  return btoa(String.fromCharCode(...shake128(raw, 4)))
    .replaceAll('=', '')
    .replaceAll('/', 'a')
    .replaceAll('+', 'b')
    .toLowerCase();
}

/** Python's strip(): Unicode white space without U+FEFF, and U+001C to U+001F, U+0085. */
export const EDGE_SPACE: RegExp =
  /^(?:(?!\ufeff)[\s\x1c-\x1f\x85])+|(?:(?!\ufeff)[\s\x1c-\x1f\x85])+$/g;
const MAP: Record<string, string> = { '+': 'x', '-': '_', '*': 'x', '@': 'a', '|': 'l' };
const MAPPED = /[+\-*@|]/g;
const FOREIGN = /[^A-Za-z\p{Nd}_]+/gu;
