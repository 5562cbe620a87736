import { JsonError } from '../errors.js';
import type { Json } from '../types.js';

/**
 * JSON text to JavaScript values, and back, without losing integers beyond 2^53: they become BigInt.
 *
 * JSON.parse alone rounds them, and Node 20 does not yet show a reviver the source text. So where a text holds a long run of
 * digits, such integers are first put in quotes behind a mark that each process draws anew, so that no data can hold it.
 *
 * Errors: JsonError for text that is not JSON or not UTF-8; its offset is 0, since JSON.parse tells none.
 */
export function parseJson(json: Uint8Array | string): Json {
  try {
    return parsed(typeof json === 'string' ? json : decoder.decode(json));
  } catch (error) {
    throw new JsonError(`Not JSON: ${(error as Error).message}`, 0, false, { cause: error });
  }
}

function parsed(text: string): Json {
  if (!LONG.test(text)) return JSON.parse(text) as Json;
  const marked = text.replaceAll(TOKENS, (token, digits: string | undefined) =>
    digits === undefined || Number.isSafeInteger(Number(digits)) ? token : `"${MARK}${digits}"`,
  );
  return JSON.parse(marked, (_key, value: Json) => (typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value)) as Json;
}

/** JavaScript values to JSON text; BigInt as digits. Undefined and functions are left out as JSON.stringify does. */
export function printJson(value: unknown): string {
  let bigs = false;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint') return inner;
    bigs = true;
    return `${MARK}${inner}`;
  });
  return bigs ? text.replaceAll(MARKED, '$1') : text;
}

const decoder = new TextDecoder('utf-8', { fatal: true });
/** Sixteen digits in a row: the shortest that can be beyond 2^53. */
const LONG = /\d{16}/;
/** Strings (passed over, without a step back for each character: they may be long), and integers of 16 digits or more that are no part of a fraction. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|(-?[1-9]\d{15,})(?![\d.eE])|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = `${globalThis.crypto.randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');
