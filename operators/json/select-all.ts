import { SelectError } from '../errors.js';
import type { Json } from '../types.js';
import type { LocateOptions } from './locate.js';
import { segments } from './paths.js';
import { mapRows } from './row-objects.js';

/** A value by the object or list that holds it, which knows how its numbers were sent. */
export interface Member {
  holder: object;
  key: string;
}

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
): Member[] {
  const keys = segments(path);
  let members: Member[] = [{ holder: [document], key: '0' }];
  for (const [i, key] of keys.entries()) {
    const next = members.flatMap((member) => {
      const value = valueOf(member);
      return key === '*' ? membersOf(value) : at(value, key);
    });
    const first = members[0] === undefined ? null : valueOf(members[0]);
    if (next.length === 0 && first !== null && i < keys.indexOf('*'))
      throw new SelectError(`Nothing is at \`${path}\`. The keys there are: ${keysOf(first)}.`);
    members = next;
  }
  const open = (member: Member): Member[] => {
    const value = valueOf(member);
    if (value === null || rows === 'array')
      return Array.isArray(value) && keys.at(-1) !== '*' ? membersOf(value) : [member];
    // PHP writes an empty map as an empty array.
    if (Array.isArray(value) && (rows === 'array-or-map' || value.length === 0))
      return membersOf(value);
    if (typeof value === 'object' && !Array.isArray(value)) return membersOf(mapRows(value, key));
    throw new SelectError(
      `Selector \`${path}\` was to find a map of rows and found ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}. Use rows: "array" for it.`,
    );
  };
  return members.flatMap(open).filter((member) => valueOf(member) !== null);
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

function valueOf({ holder, key }: Member): Json {
  return (holder as Record<string, Json>)[key] as Json;
}

function membersOf(value: Json): Member[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).map((key) => ({ holder: value, key }));
}

function at(value: Json, key: string): Member[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  return [{ holder: value, key }];
}
