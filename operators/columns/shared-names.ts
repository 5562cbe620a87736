import { isObject } from '../json/is-object.js';
import { printMember } from '../json/print-json.js';
import type { Json, JsonObject } from '../types.js';
import type { KeyMode } from './kernel.js';

type Path = readonly string[];

/** Keys of one object that have one name, such as `userId` and `userID`. */
export interface SharedNames {
  /** Whether there were any among the keys that were met. */
  readonly isMet: boolean;
  /** Takes note of a key of a table's rows. */
  meet(table: readonly Path[], path: Path): void;
  /** Returns rows, as JSON texts, with one member for each name. */
  merged(rows: readonly JsonObject[]): string[];
}

/** A member: its key, and its value as JSON. */
interface Member {
  key: string;
  text: string;
}

/**
 * Merges what rows have under keys of one name: of values the last counts, null as well; of lists
 * the last, whatever it holds; of objects each member, with those of the first one last. Keys of
 * one name have the first of them that was met, so that they are one column or table.
 *
 * Source of the rule: dlt's relational normalizer writes the values of a row into one dict by their
 * names, and its lists into another.
 *
 * @param modeOf what is done with a key of a table's rows
 * @param nameOf the name of a key
 */
export function sharedNames(
  modeOf: (table: readonly Path[], path: Path, isElement: boolean) => KeyMode,
  nameOf: (key: string) => string,
): SharedNames {
  /** By place and name, the keys that were met. */
  const met = new Map<string, string[]>();
  const owners = new Map<string, string>();
  let isMet = false;

  function objectText(table: readonly Path[], path: Path, objects: readonly JsonObject[]): string {
    const values = new Map<string, Member>();
    const lists = new Map<string, Member>();
    const below = new Map<string, { key: string; objects: JsonObject[] }>();
    const taken = new Set<string>();
    const keyOf = (kind: string, name: string, key: string): string => {
      const place = placeOf(table, path, name);
      const keys = met.get(place) ?? [key];
      const owner = owners.get(`${kind} ${place}`) ?? keys[0] ?? key;
      // A value, a list and an object of one name need a key each.
      const free = [owner, ...keys].find((one) => !taken.has(one)) ?? key;
      if (!owners.has(`${kind} ${place}`)) owners.set(`${kind} ${place}`, free);
      taken.add(free);
      return free;
    };
    for (const object of objects)
      for (const [key, value] of Object.entries(object)) {
        const name = nameOf(key);
        const isFlat = modeOf(table, [...path, key], false) === 'flatten';
        if (isFlat && isObject(value)) {
          const own = below.get(name) ?? { key: keyOf('object', name, key), objects: [] };
          below.set(name, { ...own, objects: [value, ...own.objects] });
        } else if (isFlat && Array.isArray(value)) {
          const own = lists.get(name)?.key ?? keyOf('list', name, key);
          lists.set(name, { key: own, text: listText([...table, [...path, own]], value) });
        } else {
          const own = values.get(name)?.key ?? keyOf('value', name, key);
          values.set(name, { key: own, text: printMember(object, key) });
        }
      }
    const members = [
      ...values.values(),
      ...lists.values(),
      ...[...below.values()].map((own) => ({
        key: own.key,
        text: objectText(table, [...path, own.key], own.objects),
      })),
    ];
    return `{${members.map(({ key, text }) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
  }
  function listText(table: readonly Path[], list: readonly Json[]): string {
    const isFlat = modeOf(table, ['value'], true) === 'flatten';
    const texts = list.map((element, i) => {
      if (isObject(element)) return objectText(table, [], [element]);
      return isFlat && Array.isArray(element)
        ? listText([...table, []], element)
        : printMember(list, String(i));
    });
    return `[${texts.join(',')}]`;
  }
  return {
    get isMet() {
      return isMet;
    },
    meet(table, path) {
      const key = path.at(-1) as string;
      const place = placeOf(table, path.slice(0, -1), nameOf(key));
      const keys = met.get(place) ?? [];
      if (!keys.includes(key)) met.set(place, [...keys, key]);
      isMet ||= (met.get(place) as string[]).length > 1;
    },
    merged: (rows) => rows.map((row) => objectText([], [], [row])),
  };
}

function placeOf(table: readonly Path[], path: Path, name: string): string {
  return JSON.stringify([table, path, name]);
}
