import { nameTag } from './naming.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Returns a name within this many bytes of UTF-8: a longer one keeps its beginning and its end, and
 * between them has the tag of `raw`, the text that tells it from other names. No character is cut.
 * Source of the rule: dlt's naming conventions where a destination has `max_identifier_length`.
 * These count characters, so names beyond ASCII that dlt leaves too long are shortened here.
 */
export function fitName(name: string, raw: string, maxBytes: number): string {
  // A character of JavaScript has three bytes at most.
  if (name.length * 3 <= maxBytes) return name;
  const bytes = encoder.encode(name);
  if (bytes.length <= maxBytes) return name;
  const tag = nameTag(raw);
  const rest = maxBytes - tag.length;
  let head = Math.ceil(rest / 2);
  while (isInside(bytes[head])) head -= 1;
  let tail = bytes.length - Math.floor(rest / 2);
  while (isInside(bytes[tail])) tail += 1;
  return decoder.decode(bytes.subarray(0, head)) + tag + decoder.decode(bytes.subarray(tail));
}

/** Whether a byte of UTF-8 goes on with a character. */
function isInside(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
