import { isRounded } from '../schema/decimal-text.js';
import type { Json } from '../types.js';

/** A number as JavaScript has it, and the text that was sent for it. */
interface Sent {
  value: Json;
  text: string;
}

/**
 * Numbers whose text cannot be had back from their value (`1.0`, `1e2`, `-0.0`, long fractions), by
 * the object or list that holds them and their key. Nothing keeps an object alive for it.
 */
const sent = new WeakMap<object, Map<string, Sent>>();

/** Objects that have such a number in them, at any depth. */
const holders = new WeakSet<object>();

/** Keeps the text of a member; null removes what an earlier member of the same key left. */
export function keepSentText(holder: object, key: string, value: Json, text: string | null): void {
  const known = sent.get(holder);
  holders.add(holder);
  if (text === null) known?.delete(key);
  else if (known === undefined) sent.set(holder, new Map([[key, { value, text }]]));
  else known.set(key, { value, text });
}

/** Whether any member of an object or list has a text of its own. */
export function hasSentTexts(holder: object): boolean {
  return sent.has(holder);
}

/**
 * The text that was sent for a member; undefined where its value gives the same text, or was
 * changed since.
 */
export function sentText(holder: object, key: string): string | undefined {
  const kept = sent.get(holder)?.get(key);
  if (kept === undefined || !Object.hasOwn(holder, key)) return undefined;
  return Object.is((holder as Record<string, Json>)[key], kept.value) ? kept.text : undefined;
}

/** Notes that an object has a kept text in it, at any depth. */
export function markHolder(holder: object): void {
  holders.add(holder);
}

/**
 * Texts by key and value; null where the row has that key and value in several spellings. Under the
 * key null those with more digits than a double has, whatever their key.
 */
type Spellings = ReadonlyMap<string | null, ReadonlyMap<number | string, string | null>>;

type Row = Record<string, unknown>;

const spellings = new WeakMap<object, Spellings>();

/**
 * Gives what a function made of `from` the texts of the numbers that it took over unchanged: under
 * the key that they had, from wherever in `from` they were. So `{ ...row, paid: true }`, `{ price:
 * row.item.price }` and `{ ...row.items[0] }` have the numbers as they were sent. Under another key
 * a number keeps digits that its value has lost; else it prints as one that the function made.
 */
export function carrySentTexts(from: object, to: object): void {
  if (from === to || !holders.has(from)) return;
  let known = spellings.get(from);
  if (known === undefined) spellings.set(from, (known = spellingsIn(from)));
  carry(known, from, to);
}

/** `from`: what stands in the same place of the row; null where nothing does. */
function carry(known: Spellings, from: object | null, to: object): void {
  // What was taken over as a whole has its texts. Marked first, so a cycle ends.
  if (from === to || holders.has(to)) return;
  holders.add(to);
  for (const [key, value] of Object.entries(to as Row)) {
    const before = from !== null && Object.hasOwn(from, key) ? (from as Row)[key] : undefined;
    if (typeof value === 'object' && value !== null)
      carry(known, typeof before === 'object' ? before : null, value);
    if (typeof value !== 'number' && typeof value !== 'string') continue;
    const text =
      from !== null && Object.is(before, value)
        ? sentText(from, key)
        : (known.get(Array.isArray(to) ? '' : key)?.get(value) ?? known.get(null)?.get(value));
    // A number beyond double is text in JavaScript; 0 and -0 are one key of a map.
    const saysMore =
      typeof value === 'string' || (Object.is(Number(text), value) && text !== String(value));
    if (text && saysMore) keepSentText(to, key, value, text);
  }
}

/** Every number in a row, as it prints; elements of lists have no key. */
function spellingsIn(row: object): Spellings {
  const found = new Map<string | null, Map<number | string, string | null>>();
  const note = (key: string | null, value: number | string, text: string): void => {
    const texts = found.get(key) ?? new Map<number | string, string | null>();
    found.set(key, texts);
    texts.set(value, texts.has(value) && texts.get(value) !== text ? null : text);
  };
  const seen = new Set<object>();
  const walk = (holder: object): void => {
    if (seen.has(holder)) return;
    seen.add(holder);
    for (const [key, value] of Object.entries(holder as Row)) {
      if (typeof value === 'object' && value !== null) walk(value);
      const own = sentText(holder, key);
      if (typeof value !== 'number' && (typeof value !== 'string' || own === undefined)) continue;
      const text = own ?? String(value);
      note(Array.isArray(holder) ? '' : key, value, text);
      if (typeof value === 'number' && isRounded(text, value)) note(null, value, text);
    }
  };
  walk(row);
  return found;
}
