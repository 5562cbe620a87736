import { shortened } from '../../../operators/settings/shortened.js';
import type { ShowValue } from '../../../operators/settings/value-text.js';
import { redactor } from '../secrets/redact.js';
import { isSecretName } from '../secrets/secret-names.js';

/** What takes an object with secrets in it; a text in its place may be the same in other words. */
const CARRIERS: ReadonlySet<string> = new Set(['json', 'data', 'headers', 'params']);

/** Characters of a text that are shown. */
const LONGEST = 60;

/**
 * Shows texts and numbers, but none that could be a secret: its shape says so, or its name, or it
 * stands in the place of a part of a request that may hold some.
 */
export const showRedacted: ShowValue = (value, path, isSecret) => {
  const kind = typeof value === 'string' ? 'text' : 'number';
  if (isSecret || isSecretPath(path)) return `${kind} (not shown)`;
  if (typeof value !== 'string') return `number ${value.toString()}`;
  return value === ''
    ? 'an empty text'
    : `text ${JSON.stringify(shortened(cleaned(value), LONGEST))}`;
};

function isSecretPath(path: string): boolean {
  const keys = path.split(/[.[\]"]+/).filter((key) => key !== '');
  return CARRIERS.has(keys.at(-1) ?? '') || keys.some(isSecretName);
}

function cleaned(text: string): string {
  const known = redactor([]);
  return URL.canParse(text) ? known.url(text) : known.text(text);
}
