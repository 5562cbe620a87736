import type { Json } from '../types.js';
import { compareCodePoints } from './compare-code-points.js';
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
  const keys = Object.keys(value).sort(compareCodePoints);
  return `{${keys.map((name) => `${JSON.stringify(name)}:${member(value, name)}`).join(',')}}`;
}
