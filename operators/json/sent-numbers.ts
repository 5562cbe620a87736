import type { Json } from '../types.js';

/** A number as JavaScript has it, and the text that was sent for it. */
interface Sent {
  value: Json;
  text: string;
}

/**
 * Numbers whose text does not follow from their value (`1.0`, `1e2`, `-0.0`, long fractions), by
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

/** Returns whether any member of an object or list has a text of its own. */
export function hasSentTexts(holder: object): boolean {
  return sent.has(holder);
}

/**
 * Returns the text that was sent for a member; undefined where its value gives the same text, or
 * was changed since.
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

/** Returns whether an object or list has a kept text in it, at any depth. */
export function isHolder(holder: object): boolean {
  return holders.has(holder);
}

/** Keeps the texts of an object for a copy of its members. */
export function copySentTexts(from: object, to: object): void {
  const known = sent.get(from);
  if (known !== undefined) sent.set(to, new Map(known));
}
