import { nameBelow } from '../../../operators/schema/convention.js';

/** Bytes of a name that a tag takes, and those that one more character of UTF-8 may take. */
const TAG = 6;
const CHARACTER = 3;

/**
 * Whether rows of a table may lie below those of another one, by their names. A table whose name
 * was shortened to `maxBytes` has of those above it a beginning alone.
 */
export function mayBeBelow(table: string, above: string, maxBytes: number = Infinity): boolean {
  if (nameBelow(table, above) !== null) return true;
  const name = Buffer.from(table);
  if (name.length < maxBytes - 2 * CHARACTER || table === above) return false;
  const kept = name.subarray(0, Math.ceil((maxBytes - TAG) / 2) - CHARACTER);
  const root = Buffer.from(above).subarray(0, kept.length);
  return root.equals(kept.subarray(0, root.length));
}
