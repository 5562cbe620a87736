import { SelectError } from '../errors.js';
import type { Json } from '../types.js';
import type { LocateOptions } from './locate.js';
import { segments } from './paths.js';
import { mapRows } from './row-objects.js';

/**
 * All values at a path with wildcards (`data[*].items`, `*.rows`), in document order. A wildcard
 * stands for every element or member. Lists at the end of the path are opened, and maps where
 * `rows` says that they may stand there; nulls are passed over. So one list or map gives the same
 * rows as several.
 *
 * Errors: SelectError when the way to the first wildcard is not there, or leads to something else
 * than `rows` says. Behind it, an element may lack what others have.
 */
export function selectAll(
  document: Json,
  path: string,
  { rows = 'array', key }: Pick<LocateOptions, 'rows' | 'key'> = {},
): Json[] {
  const keys = segments(path);
  let values: Json[] = [document];
  for (const [i, key] of keys.entries()) {
    const next = values.flatMap((value) => (key === '*' ? inner(value) : at(value, key)));
    if (next.length === 0 && values[0] !== null && i < keys.indexOf('*'))
      throw new SelectError(`Nothing is at \`${path}\`. The keys there are: ${keysOf(values[0])}.`);
    values = next;
  }
  const open = (value: Json): Json[] => {
    if (value === null || rows === 'array')
      return Array.isArray(value) && keys.at(-1) !== '*' ? value : [value];
    // PHP writes an empty map as an empty array.
    if (Array.isArray(value) && (rows === 'array-or-map' || value.length === 0)) return value;
    if (typeof value === 'object' && !Array.isArray(value)) return mapRows(value, key);
    throw new SelectError(
      `Selector \`${path}\` was to find a map of rows and found ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}. Use rows: "array" for it.`,
    );
  };
  return values.flatMap(open).filter((value) => value !== null);
}

function keysOf(value: Json | undefined): string {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 0
    ? 'none'
    : keys
        .slice(0, 20)
        .map((key) => `\`${key.slice(0, 60)}\``)
        .join(', ');
}

function inner(value: Json): Json[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function at(value: Json, key: string): Json[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return [(value as Record<string, Json>)[key] as Json];
}
