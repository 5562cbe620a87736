import type { Json, JsonObject } from '../types.js';
import { sentText } from './sent-numbers.js';

/**
 * A number in the place of a JSON value, as it was sent (`1.0`, `1e2`, twenty digits): what its
 * double does not give back. It prints as its text, also in URLs.
 */
export class SentNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): number {
    return Number(this.text);
  }
}

/** Whether a member is a whole number that was sent as a double (`2.0`, `1e2`). */
export function isWholeDouble(holder: object, key: string): boolean {
  return isDoubleText(sentText(holder, key) ?? '');
}

/** Whether the text of a number says that it is a double, as Python's JSON reader tells them. */
function isDoubleText(text: string): boolean {
  return /[.eE]/.test(text);
}

/**
 * Returns a member of a parsed document; a SentNumber where its value alone would lose the text.
 */
export function sentMember(holder: object, key: string): Json {
  const text = sentText(holder, key);
  return text === undefined
    ? ((holder as JsonObject)[key] as Json)
    : (new SentNumber(text) as unknown as Json);
}
