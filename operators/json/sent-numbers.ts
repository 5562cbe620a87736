import type { Json } from '../types.js';

/** A number as JavaScript has it, and the text that was sent for it. */
interface Sent {
  value: Json;
  text: string;
}

/** Numbers of an object whose text does not follow from their value, by key. */
type Texts = Map<string, Sent>;

/** As a base class, it lets a class add its private field to an object that exists. */
function Itself(object: object): object {
  return object;
}

/**
 * The texts of the numbers in an object or list (`1.0`, `1e2`, `-0.0`, long fractions), in a
 * private field of it that nothing else sees and no copy has. A WeakMap does the same, but each of
 * its entries costs time at every garbage collection.
 */
class Noted extends (Itself as unknown as new (object: object) => object) {
  #texts: Texts | null = null;

  /** Returns the texts; null where only objects in it have some, undefined where none has. */
  static texts(object: object): Texts | null | undefined {
    return #texts in object ? object.#texts : closed.get(object);
  }

  static note(object: object, texts: Texts | null): void {
    if (#texts in object) object.#texts = texts;
    else if (Object.isExtensible(object)) new Noted(object).#texts = texts;
    else closed.set(object, texts);
  }
}

/** The same for objects that take no field: a function may freeze what it makes. */
const closed = new WeakMap<object, Texts | null>();

/** Keeps the text of a member; null removes what an earlier member of the same key left. */
export function keepSentText(holder: object, key: string, value: Json, text: string | null): void {
  const known = Noted.texts(holder);
  if (text !== null && known) known.set(key, { value, text });
  else if (text !== null) Noted.note(holder, new Map([[key, { value, text }]]));
  else if (known) known.delete(key);
  else Noted.note(holder, null);
}

/** Returns whether any member of an object or list has a text of its own. */
export function hasSentTexts(holder: object): boolean {
  return (Noted.texts(holder) ?? null) !== null;
}

/**
 * Returns the text that was sent for a member; undefined where its value gives the same text, or
 * was changed since.
 */
export function sentText(holder: object, key: string): string | undefined {
  const kept = Noted.texts(holder)?.get(key);
  if (kept === undefined || !Object.hasOwn(holder, key)) return undefined;
  return Object.is((holder as Record<string, Json>)[key], kept.value) ? kept.text : undefined;
}

/** Notes that an object has a kept text in it, at any depth. */
export function markHolder(holder: object): void {
  if (!isHolder(holder)) Noted.note(holder, null);
}

/** Returns whether an object or list has a kept text in it, at any depth. */
export function isHolder(holder: object): boolean {
  return Noted.texts(holder) !== undefined;
}

/** Keeps the texts of an object for a copy of its members. */
export function copySentTexts(from: object, to: object): void {
  const known = Noted.texts(from);
  if (known) Noted.note(to, new Map(known));
}
