import { SelectError } from '../errors.js';
import type { Json } from '../types.js';
import { segments } from './locate.js';

/** All values at a path with wildcards (`data[*].items`, `*.rows`), in document order. A wildcard stands for every element or member. */
export function selectAll(document: Json, path: string): Json[] {
  const keys = segments(path.replaceAll('[*]', '.*').replace(/^\./, ''));
  let values: Json[] = [document];
  for (const [i, key] of keys.entries()) {
    const next = values.flatMap((value) => (key === '*' ? inner(value) : at(value, key)));
    if (next.length === 0 && key !== '*' && values.length > 0 && i === 0)
      throw new SelectError(`Nothing is at \`${path}\`. The keys there are: ${Object.keys(values[0] ?? {}).slice(0, 20).join(', ')}.`);
    values = next;
  }
  return values.length === 1 && Array.isArray(values[0]) ? values[0] : values;
}

function inner(value: Json): Json[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function at(value: Json, key: string): Json[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return [(value as Record<string, Json>)[key] as Json];
}
