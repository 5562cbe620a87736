import type { Json, JsonObject } from '../types.js';
import { readings } from './paths.js';

/**
 * Returns the value at the keys (those of a reading of a path), one level each; undefined where
 * there is none. Only what is a document's own counts, not what objects inherit.
 */
export function valueAt(value: Json | undefined, keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as JsonObject)[key]
        : undefined,
    value,
  );
}

/**
 * Returns the value at a path; undefined where there is none. Keys with dots in them come before
 * nested keys.
 */
export function valueAtPath(value: Json | undefined, path: string): Json | undefined {
  for (const keys of readings(path)) {
    const found = valueAt(value, keys);
    if (found !== undefined) return found;
  }
  return undefined;
}
