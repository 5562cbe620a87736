import { SelectError } from '../errors.js';
import { shortened } from '../settings/shortened.js';
import type { Json } from '../types.js';
import type { LocateOptions } from './locate.js';
import { stretches } from './paths.js';
import { mapRows } from './row-objects.js';
import { valueAt } from './value-at.js';

/** A value by the object or list that holds it, which knows how its numbers were sent. */
export interface Member {
  holder: object;
  key: string;
}

/** The values that were found at a path with wildcards. */
export interface Selected {
  members: Member[];
  /** The lists of rows that a key behind the last wildcard leads to. */
  lists: Member[];
  /**
   * Paths of members of what the wildcards led to, where none of it had the rest of the path: so
   * that is misspelt, or every element lacks it. Null where something was found, or nothing could
   * be.
   */
  beside: readonly string[] | null;
  /** Wildcards of the path behind which something had what follows. */
  reached: number;
}

/**
 * Finds all values at a path with wildcards (`data[*].items`, `*.rows`), in document order. A
 * wildcard stands for every element or member. Between wildcards, keys with dots in them come
 * before nested keys. Lists at the end of the path are opened, and maps where `rows` says that they
 * may stand there. So one list or map gives the same rows as several. Members that are null are
 * skipped; nulls in lists stay, since the reader of the rows skips and counts them.
 *
 * Errors: SelectError when the way to the first wildcard is not there, or leads to something else
 * than `rows` says. Behind it, an element may lack what others have.
 */
export function selectAll(
  document: Json,
  path: string,
  { rows = 'array', key }: Pick<LocateOptions, 'rows' | 'key'> = {},
): Selected {
  const [head = [], ...tails] = stretches(path);
  let members: Member[] = [{ holder: [document], key: '0' }];
  let beside: readonly string[] | null = null;
  let reached = 0;
  let last = head;
  const first = at(document, head);
  if (head[0]?.length !== 0) {
    const met = deepest(document, head.at(-1) ?? []);
    if (first === undefined && met !== null)
      throw new SelectError(`Nothing is at \`${path}\`. The keys there are: ${keysOf(met)}.`);
    members = first === undefined ? [] : [first];
  }
  for (const [i, readings] of tails.entries()) {
    const elements = members.flatMap((member) => membersOf(valueOf(member)));
    last = readings;
    members =
      readings[0]?.length === 0
        ? elements
        : elements.flatMap((element) => at(valueOf(element), readings) ?? []);
    if (members.length > 0) reached = i + 1;
    const [full] = elements.filter((element) => isFilled(valueOf(element)));
    if (members.length === 0 && full !== undefined)
      beside ??= Object.keys(valueOf(full) as object).map(
        (name) => `${wildcardPath(path, i)}.${name}`,
      );
  }
  const isOpen = last[0]?.length === 0;
  const open = (member: Member): Member[] => {
    const value = valueOf(member);
    if (value === null || rows === 'array')
      return Array.isArray(value) && !isOpen ? membersOf(value) : [member];
    // PHP writes an empty map as an empty array.
    if (Array.isArray(value) && (rows === 'array-or-map' || value.length === 0))
      return membersOf(value);
    if (typeof value === 'object' && !Array.isArray(value)) return membersOf(mapRows(value, key));
    throw new SelectError(
      `Selector \`${path}\` must lead to a map of rows and leads to ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}. Set rows: "array" for it.`,
    );
  };
  return {
    lists: isOpen ? [] : members.filter((member) => Array.isArray(valueOf(member))),
    members: members
      .flatMap(open)
      .filter((member) => valueOf(member) !== null || Array.isArray(member.holder)),
    beside,
    reached,
  };
}

/** Returns the path up to one of its wildcards, by its number from 0. */
function wildcardPath(path: string, number: number): string {
  const parts = path.split('*');
  const before = parts.slice(0, number + 1).join('*');
  return `${before}*${before.endsWith('[') ? ']' : ''}`;
}

/** Returns true for an object with members, or a list in its place. */
function isFilled(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Returns the value furthest down the way of these keys. */
function deepest(value: Json, keys: readonly string[]): Json {
  let inner = value;
  for (const key of keys) {
    const next = valueAt(inner, [key]);
    if (next === undefined) break;
    inner = next;
  }
  return inner;
}

function keysOf(value: Json | undefined): string {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length === 0
    ? 'none'
    : keys
        .slice(0, 20)
        .map((key) => `\`${shortened(key, 60)}\``)
        .join(', ');
}

function valueOf({ holder, key }: Member): Json {
  return (holder as Record<string, Json>)[key] as Json;
}

function membersOf(value: Json): Member[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).map((key) => ({ holder: value, key }));
}

/** Returns the member at the first reading that leads anywhere. */
function at(value: Json, readings: readonly (readonly string[])[]): Member | undefined {
  for (const keys of readings) {
    const key = keys.at(-1);
    const holder = valueAt(value, keys.slice(0, -1));
    if (key !== undefined && valueAt(holder, [key]) !== undefined)
      return { holder: holder as object, key };
  }
  return undefined;
}
