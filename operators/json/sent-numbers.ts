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

/** Keeps the text of a member; null removes what an earlier member of the same key left. */
export function keepSentText(holder: object, key: string, value: Json, text: string | null): void {
  const known = sent.get(holder);
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

/**
 * Gives what a function made of `from` the texts of the members that it took over unchanged, at any
 * depth: `{ ...row, paid: true }` has the row's numbers as they were sent.
 */
export function carrySentTexts(from: object, to: object): void {
  if (from === to) return;
  for (const [key, { value, text }] of sent.get(from) ?? [])
    if (
      Object.hasOwn(to, key) &&
      Object.is((to as Record<string, Json>)[key], value) &&
      sent.get(to)?.has(key) !== true
    )
      keepSentText(to, key, value, text);
  for (const [key, inner] of Object.entries(to)) {
    const before: unknown = Object.hasOwn(from, key) && (from as Record<string, unknown>)[key];
    if (typeof inner === 'object' && inner !== null && typeof before === 'object' && before)
      carrySentTexts(before, inner as object);
  }
}
