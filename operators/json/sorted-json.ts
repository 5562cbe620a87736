import type { Json } from '../types.js';
import { printMember } from './print-json.js';

/**
 * Prints JSON without blanks and with the keys of every object in the order of their code points,
 * as dlt prints what it hashes (orjson with sorted keys).
 */
export function sortedJson(value: Json): string {
  return member({ value }, 'value');
}

function member(holder: object, key: string): string {
  const value = (holder as Record<string, Json>)[key];
  if (Array.isArray(value)) return `[${value.map((_, i) => member(value, String(i))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return printMember(holder, key);
  const keys = Object.keys(value).sort(byCodePoints);
  return `{${keys.map((name) => `${JSON.stringify(name)}:${member(value, name)}`).join(',')}}`;
}

/** JavaScript compares UTF-16, in which characters beyond U+FFFF come before U+E000. */
function byCodePoints(a: string, b: string): number {
  const [one, other] = [Array.from(a), Array.from(b)];
  const differs = one.findIndex((character, i) => character !== other[i]);
  if (differs < 0) return one.length - other.length;
  return (one[differs]?.codePointAt(0) ?? 0) - (other[differs]?.codePointAt(0) ?? 0);
}
