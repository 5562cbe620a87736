import { isRounded } from '../schema/decimal-text.js';
import { copySentTexts, isHolder, keepSentText, markHolder, sentText } from './sent-numbers.js';

/** Gives what a function made of a row the texts of the numbers that it took over unchanged. */
export type CarrySentTexts = (made: object) => void;

type Row = Record<string, unknown>;
type Value = number | string;

/** By value, how it was sent; null where it was sent in several spellings. */
type Texts = Map<Value, string | null>;

/**
 * A row before a function had it. Both are made when they are needed: most functions leave the
 * numbers of a row where they are.
 */
interface Known {
  objects: () => ReadonlySet<object>;
  numbers: () => Numbers;
}

interface Numbers {
  /** Every number by its key; elements of lists have none. */
  byKey: ReadonlyMap<string, Texts>;
  /** Numbers with more digits than a double has. */
  rounded: Texts;
}

/** A number of a made row that the row had neither there nor under this key. */
interface Place {
  holder: object;
  key: string;
  value: Value;
}

/**
 * Remembers a row before a function gets it; call the result with all that the function made of it,
 * the row itself, changed in place, among it.
 *
 * A number keeps its text under the key that it had, from wherever in the row it was: `{ ...row,
 * paid: true }`, `{ price: row.item.price }`, `{ ...row.items[0] }`. Under another key it keeps it
 * when it is no longer where it was (a rename), and when its value has lost digits.
 *
 * JavaScript does not know where a number comes from. So a copy beside the original prints as its
 * value (`1`), as does one that was moved in place within a nested object; and a number that the
 * function computed prints like one of the same value that it left out (`1.0`).
 */
export function sentTextsOf(row: object): CarrySentTexts {
  if (!isHolder(row)) return () => undefined;
  const before = { ...row };
  copySentTexts(row, before);
  let objects: Set<object> | undefined;
  let numbers: Numbers | undefined;
  const known: Known = {
    objects: () => (objects ??= objectsIn(before)),
    numbers: () => (numbers ??= numbersOf(before)),
  };
  return (made) => carry(before, known, row, made);
}

function carry(before: object, known: Known, live: object, made: object): void {
  const reached = new Set<object>();
  const carried: Place[] = [];
  const moved: Place[] = [];
  const place = (from: object | null, to: object): void => {
    // Noted first, so a cycle ends.
    if (reached.has(to)) return;
    reached.add(to);
    // What was taken over as a whole has its texts.
    if (to !== live && known.objects().has(to)) return;
    markHolder(to);
    for (const [key, value] of Object.entries(to as Row)) {
      const had = from !== null && Object.hasOwn(from, key) ? (from as Row)[key] : undefined;
      if (typeof value === 'object' && value !== null && value !== had)
        place(typeof had === 'object' ? had : null, value);
      if (!mayBeNumber(value)) continue;
      const one = { holder: to, key, value };
      const isThere = from !== null && Object.is(had, value);
      const texts = isThere ? undefined : known.numbers().byKey.get(keyOf(to, key));
      if (!isThere && texts?.has(value) !== true) {
        moved.push(one);
        continue;
      }
      keep(one, isThere ? sentText(from, key) : texts?.get(value));
      carried.push(one);
    }
  };
  place(before, made);
  if (moved.length === 0) return;
  const isCarried = new Set(carried.map(placeKey));
  const left: Texts = new Map();
  eachNumber(before, made, new Set(reached), (key, value, text) => {
    if (!isCarried.has(`${key} ${value}`)) note(left, value, text);
  });
  for (const one of moved) keep(one, left.get(one.value) ?? known.numbers().rounded.get(one.value));
}

function placeKey({ holder, key, value }: Place): string {
  return `${keyOf(holder, key)} ${value}`;
}

/** Returns true for a number, and for a text that a number beyond double may be. */
function mayBeNumber(value: unknown): value is Value {
  return typeof value === 'number' || (typeof value === 'string' && /^-?\d/.test(value));
}

/** Keeps a text that says more than the value. */
function keep({ holder, key, value }: Place, text: string | null | undefined): void {
  // A number beyond double is text in JavaScript; 0 and -0 are one key of a map.
  const saysMore =
    typeof value === 'string' || (Object.is(Number(text), value) && text !== String(value));
  if (text && saysMore) keepSentText(holder, key, value, text);
}

function numbersOf(row: object): Numbers {
  const byKey = new Map<string, Texts>();
  const rounded: Texts = new Map();
  eachNumber(row, null, new Set(), (key, value, text) => {
    const texts = byKey.get(key) ?? new Map<Value, string | null>();
    byKey.set(key, texts);
    note(texts, value, text);
    if (typeof value === 'number' && isRounded(text, value)) note(rounded, value, text);
  });
  return { byKey, rounded };
}

function objectsIn(holder: object, found: Set<object> = new Set()): Set<object> {
  if (found.has(holder)) return found;
  found.add(holder);
  for (const value of Object.values(holder as Row))
    if (typeof value === 'object' && value !== null) objectsIn(value, found);
  return found;
}

function note(texts: Texts, value: Value, text: string): void {
  texts.set(value, texts.has(value) && texts.get(value) !== text ? null : text);
}

/**
 * Calls `then` with every number in `holder`, with its key and how it was sent, but those that
 * `other` has in the same place. Objects in `seen` are skipped; those met are added to it.
 */
function eachNumber(
  holder: object,
  other: object | null,
  seen: Set<object>,
  then: (key: string, value: Value, text: string) => void,
): void {
  if (seen.has(holder)) return;
  seen.add(holder);
  for (const [key, value] of Object.entries(holder as Row)) {
    const now = other !== null && Object.hasOwn(other, key) ? (other as Row)[key] : undefined;
    if (typeof value === 'object' && value !== null)
      eachNumber(value, typeof now === 'object' ? now : null, seen, then);
    if (Object.is(now, value)) continue;
    const own = sentText(holder, key);
    if (typeof value === 'number' || (typeof value === 'string' && own !== undefined))
      then(keyOf(holder, key), value, own ?? String(value));
  }
}

function keyOf(holder: object, key: string): string {
  return Array.isArray(holder) ? '' : key;
}
