import { sentMember, SentNumber } from '../../../../operators/json/sent-number.js';
import { pythonRepr as doubleRepr } from '../../../../operators/schema/coerce.js';
import { dltBool } from '../../../../operators/schema/dlt/dlt-bool.js';
import { pythonInt } from '../../../../operators/schema/dlt/python-numbers.js';
import type { Json } from '../../../../operators/types.js';

/** Whether Python takes a value for true: not null, false, 0, and no empty text, object or list. */
export function isTruthy(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  return Object.keys(value).length > 0;
}

/** A value as Python's `int()` reads it; null where that fails. */
export function intOf(value: Json | undefined): number | null {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  const read = typeof value === 'string' ? pythonInt(value) : undefined;
  return read === undefined ? null : Number(read);
}

/** A flag as dlt reads it: a boolean, or one of its words; null for anything else. */
export function flagOf(value: Json | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  return (typeof value === 'string' ? dltBool(value) : undefined) ?? null;
}

/**
 * A value as Python writes it into a text: `True`, `None`, `1000.0` for `1e3`; texts as they are,
 * lists and objects as `pythonRepr`.
 */
export function pythonText(value: Json): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** A value as Python's `repr` writes it: `'a'`, `[1, None]`, `{'a': 1.5}`. */
export function pythonRepr(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || value instanceof SentNumber) return numeral(String(value));
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return `[${value.map((_, i) => pythonRepr(sentMember(value, String(i)))).join(', ')}]`;
  const members = Object.keys(value).map(
    (key) => `${quoted(key)}: ${pythonRepr(sentMember(value, key))}`,
  );
  return `{${members.join(', ')}}`;
}

/** A number as it was sent: whole ones keep their digits, others are doubles. */
function numeral(text: string): string {
  if (/^-?\d+$/.test(text)) return text === '-0' ? '0' : text;
  if (!Number.isFinite(Number(text))) return text.startsWith('-') ? '-inf' : 'inf';
  return doubleRepr(Number(text));
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replaceAll(/[\\'\0-\x1f\x7f-\xa0\xad]/g, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : character;
    if (character === '\\') return '\\\\';
    const short = ESCAPES[character];
    return short ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${quote}${inner}${quote}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
