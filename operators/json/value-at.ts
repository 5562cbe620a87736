import type { Json, JsonObject } from '../types.js';

/**
 * The value at the keys (those of `segments`), one level each; undefined where there is none. Only
 * what is a document's own counts, not what objects inherit.
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
