import { JsonError } from '../errors.js';
import type { Json } from '../types.js';

/**
 * JSON text to JavaScript values, and back, without losing a number: integers beyond 2^53 become
 * BigInt, other numbers beyond what a double holds (`1e400`) the text of their digits.
 *
 * JSON.parse alone rounds them, and Node 20 does not yet show a reviver the source text. So where a
 * text holds a long run of digits or an exponent, such numbers are first put in quotes, integers
 * behind a mark that each process draws anew, so that no data can hold it.
 *
 * Errors: JsonError for text that is not JSON or not UTF-8; its offset is 0, since JSON.parse tells
 * none.
 */
export function parseJson(json: Uint8Array | string): Json {
  try {
    return parsed(typeof json === 'string' ? json : decoder.decode(json));
  } catch (error) {
    throw new JsonError(`Not JSON: ${(error as Error).message}`, 0, false, { cause: error });
  }
}

function parsed(text: string): Json {
  if (!LARGE.test(text)) return JSON.parse(text) as Json;
  const marked = text.replaceAll(
    TOKENS,
    (token, digits: string | undefined, number: string | undefined) => {
      if (digits !== undefined && !Number.isSafeInteger(Number(digits)))
        return `"${MARK}${digits}"`;
      return number !== undefined && !Number.isFinite(Number(number)) ? `"${number}"` : token;
    },
  );
  return JSON.parse(marked, (_key, value: Json) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  ) as Json;
}

/**
 * JavaScript values to JSON text; BigInt as digits. Undefined and functions are left out as
 * JSON.stringify does.
 *
 * Errors: a TypeError for NaN and infinite numbers, which JSON.stringify would make null of, with
 * the place; and for cycles.
 */
export function printJson(value: unknown): string {
  let bigs = false;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isFinite(inner))
      throw new TypeError(
        `${placeOf(inner, value)} is ${inner}, which JSON cannot hold. Give null for it, or leave it out.`,
      );
    if (typeof inner !== 'bigint') return inner;
    bigs = true;
    return `${MARK}${inner}`;
  });
  return bigs ? text.replaceAll(MARKED, '$1') : text;
}

/** Where in a value the number stands that was found: its keys, list places in brackets. */
function placeOf(number: number, value: unknown): string {
  const seen = new Set<unknown>();
  const search = (at: unknown, path: string): string | undefined => {
    if (Object.is(at, number)) return path;
    if (typeof at !== 'object' || at === null || seen.has(at)) return undefined;
    seen.add(at);
    for (const [key, inner] of Object.entries(at)) {
      const found = search(
        inner,
        Array.isArray(at) ? `${path}[${key}]` : `${path}${path === '' ? '' : '.'}${key}`,
      );
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const path = search(value, '') ?? '';
  return path === '' ? 'A value' : `\`${path}\``;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
/**
 * Sixteen digits in a row, the shortest that can be beyond 2^53; or an exponent of three, the
 * shortest that can be beyond a double.
 */
const LARGE = /\d{16}|\d[eE]\+?0*[1-9]\d\d/;
/**
 * Strings (passed over, without a step back for each character: they may be long), and integers of
 * 16 digits or more that are no part of a fraction.
 */
const TOKENS =
  /"[^"\\]*(?:\\.[^"\\]*)*"|(-?[1-9]\d{15,})(?![\d.eE])|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
const MARK = `${globalThis.crypto.randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');
