import { unexpected } from '../../../../operators/columns/kernel.js';
import { JsonError } from '../../../../operators/errors.js';

/**
 * Lines with one JSON value each as the elements of one array. A byte order mark in front is
 * skipped; blank lines and lines with `null` are no rows.
 *
 * Errors: JsonError, naming the line, for one that begins as no JSON does, or has more or less than
 * one value. A last line that is only half there is left open, so that whoever looks at the whole
 * sees that it was cut.
 */
export function jsonLines(body: Uint8Array): Uint8Array {
  const array = new Uint8Array(body.length + 2);
  let size = 0;
  let isOpen = false;
  for (
    let from = BOM.every((byte, i) => body[i] === byte) ? BOM.length : 0, line = 1;
    from < body.length;
    line += 1
  ) {
    const newline = body.indexOf(NEWLINE, from);
    const end = newline < 0 ? body.length : newline;
    const start = pastBlanks(body, from, end);
    from = end + 1;
    if (start === end) continue;
    const past = BEGINNINGS.has(body[start] as number) ? endOfValue(body, start, end) : start;
    // A value that has no end in the last line may have been cut; in others it goes on in the next
    // line.
    const wrong = past === null ? end : pastBlanks(body, past, end);
    if (wrong < end || (past === null && newline >= 0)) throw atLine(line, unexpected(body, wrong));
    const value = body.subarray(start, past ?? end);
    if (isNull(value)) continue;
    isOpen = newline < 0 && (past === null || isHalf(value));
    array[size] = size === 0 ? OPEN_LIST : COMMA;
    array.set(value, size + 1);
    size += value.length + 1;
  }
  if (size === 0) return new TextEncoder().encode('[]');
  if (!isOpen) array[size] = CLOSE_LIST;
  return array.subarray(0, isOpen ? size : size + 1);
}

/**
 * Where a value ends, by brackets and quotes alone: what is between them is checked when it is
 * read. Null: not in this line.
 */
function endOfValue(body: Uint8Array, start: number, end: number): number | null {
  const isWord = !VALUES_WITH_END.has(body[start] as number);
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const byte = body[at] as number;
    if (isWord && (isBlank(byte) || STRUCTURE.has(byte))) return at;
    if (byte === QUOTE) at = endOfString(body, at, end);
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    if (!isWord && depth === 0 && at < end) return at + 1;
  }
  return isWord ? end : null;
}

/** Where the quote that ends a string is; the line's end where there is none. */
function endOfString(body: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, end);
}

/** Numbers and words have no end that could be missed: only reading them tells. */
function isHalf(value: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(value));
    return false;
  } catch {
    return true;
  }
}

function isNull(value: Uint8Array): boolean {
  return value.length === 4 && new TextDecoder().decode(value) === 'null';
}

function pastBlanks(body: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(body[at] as number)) at += 1;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function atLine(line: number, error: JsonError): JsonError {
  return new JsonError(
    `${error.message}. Line ${line} is not one JSON value.`,
    error.offset,
    error.incomplete,
  );
}

const BOM = [0xef, 0xbb, 0xbf];
/** What JSON values begin with (RFC 8259 §3). */
const BEGINNINGS: ReadonlySet<number> = new Set(Buffer.from('{["-0123456789tfn'));
const STRUCTURE: ReadonlySet<number> = new Set(Buffer.from('{}[]",:'));
const VALUES_WITH_END: ReadonlySet<number> = new Set(Buffer.from('{["'));
const [NEWLINE, COMMA, QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [
  0x0a, 0x2c, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d,
] as const;
