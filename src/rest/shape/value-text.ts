import { kindOf } from '../../../operators/settings/user-function.js';
import { redactor } from '../secrets/redact.js';
import { isSecretName } from '../secrets/secret-names.js';

const LONGEST = 60;
/** What takes an object with secrets in it; a text in its place may be the same in other words. */
const CARRIERS: ReadonlySet<string> = new Set(['json', 'data', 'headers', 'params']);

/**
 * A value in a few words. Never one that could be a secret: `isSecret` says so, or its name, or it
 * stands in the place of a part of a request that may hold some.
 */
export function valueText(value: unknown, path: string, isSecret: boolean): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object')
    return kindOf(value) === 'an object' ? objectText(Object.keys(value)) : kindOf(value);
  const kind = typeof value === 'string' ? 'text' : 'number';
  if (isSecret || isSecretPath(path)) return `${kind} (not shown)`;
  return typeof value === 'string'
    ? value === ''
      ? 'an empty text'
      : `text ${JSON.stringify(cut(cleaned(value)))}`
    : `number ${(value as number | bigint).toString()}`;
}

function objectText(keys: readonly string[]): string {
  if (keys.length === 0) return 'an empty object';
  return `an object with ${keys.slice(0, 5).map(cut).join(', ')}${keys.length > 5 ? ', …' : ''}`;
}

function isSecretPath(path: string): boolean {
  const keys = path.split(/[.[\]"]+/).filter((key) => key !== '');
  return CARRIERS.has(keys.at(-1) ?? '') || keys.some(isSecretName);
}

function cleaned(text: string): string {
  const known = redactor([]);
  return URL.canParse(text) ? known.url(text) : known.text(text);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
