import { SelectError } from '../errors.js';
import type { Json } from '../types.js';
import { segments } from './locate.js';

/**
 * All values at a path with wildcards (`data[*].items`, `*.rows`), in document order. A wildcard stands for every element or
 * member. Lists at the end of the path are opened, nulls there passed over; so one list gives the same rows as several.
 *
 * Errors: SelectError when the way to the first wildcard is not there. Behind it, an element may lack what others have.
 */
export function selectAll(document: Json, path: string): Json[] {
  const keys = segments(path.replaceAll('[*]', '.*').replace(/^\./, ''));
  let values: Json[] = [document];
  for (const [i, key] of keys.entries()) {
    const next = values.flatMap((value) => (key === '*' ? inner(value) : at(value, key)));
    if (next.length === 0 && values[0] !== null && i < keys.indexOf('*'))
      throw new SelectError(`Nothing is at \`${path}\`. The keys there are: ${keysOf(values[0])}.`);
    values = next;
  }
  return values.flatMap((value) => (Array.isArray(value) && keys.at(-1) !== '*' ? value : [value])).filter((value) => value !== null);
}

function keysOf(value: Json | undefined): string {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 0 ? 'none' : keys.slice(0, 20).map((key) => `\`${key.slice(0, 60)}\``).join(', ');
}

function inner(value: Json): Json[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function at(value: Json, key: string): Json[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return [(value as Record<string, Json>)[key] as Json];
}
