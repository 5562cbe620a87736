import { compareCodePoints } from '../json/compare-code-points.js';
import { pythonDouble } from '../json/python-json.js';
import { isWholeDouble } from '../json/sent-number.js';
import { shake128 } from '../schema/shake128.js';
import type { Json } from '../types.js';

/** Bytes of a hash, and of one that dlt wrote before 1.29. */
const BYTES = 9;
const LEGACY_BYTES = 15;

/**
 * The hash that dlt 1.31 keeps of a row at the border of two runs, or of its key
 * (`digest_dedup_value` of dlt/extract/utils.py): the first 9 bytes of SHAKE-128 of the JSON with
 * sorted keys, in base64 (12 characters). `isLegacy`: 15 bytes (20 characters), as dlt wrote them
 * before 1.29.
 */
export function dedupHash(value: Json, isLegacy: boolean): string {
  const bytes = shake128(printed({ value }, 'value'), isLegacy ? LEGACY_BYTES : BYTES);
  return btoa(String.fromCharCode(...bytes));
}

/** Whether hashes were written before dlt 1.29. */
export function hasLegacyHashes(hashes: Iterable<string>): boolean {
  for (const hash of hashes) if (hash.length === 20) return true;
  return false;
}

/** JSON as orjson prints it with sorted keys: no blanks, doubles in their shortest form. */
function printed(holder: object, key: string): string {
  const value = (holder as Record<string, Json>)[key] as Json;
  if (typeof value === 'number') return printedNumber(value, isWholeDouble(holder, key));
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((_, i) => printed(value, String(i))).join(',')}]`;
  const keys = Object.keys(value).sort(compareCodePoints);
  return `{${keys.map((name) => `${JSON.stringify(name)}:${printed(value, name)}`).join(',')}}`;
}

function printedNumber(value: number, isDouble: boolean): string {
  return isDouble || !Number.isInteger(value) ? pythonDouble(value) : String(value);
}
