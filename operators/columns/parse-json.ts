import type { Json } from '../types.js';

/**
 * JSON text to JavaScript values, and back, without losing integers beyond 2^53: they become BigInt.
 *
 * JSON.parse alone rounds them, and Node 20 does not yet show a reviver the source text. So where a text holds a long run of
 * digits, such integers are first put in quotes behind a mark that no JSON text can hold unescaped, and taken out after.
 */
export function parseJson(json: Uint8Array | string): Json {
  const text = typeof json === 'string' ? json : decoder.decode(json);
  if (!LONG.test(text)) return JSON.parse(text) as Json;
  const marked = text.replaceAll(TOKENS, (token, digits: string | undefined) =>
    digits === undefined || Number.isSafeInteger(Number(digits)) ? token : `"${MARK}${digits}"`,
  );
  return JSON.parse(marked, (_key, value: Json) => (typeof value === 'string' && value.startsWith(MARK_READ) ? BigInt(value.slice(MARK_READ.length)) : value)) as Json;
}

/** JavaScript values to JSON text; BigInt as digits. Undefined and functions are left out as JSON.stringify does. */
export function printJson(value: unknown): string {
  let bigs = false;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint') return inner;
    bigs = true;
    return `${MARK_READ}${inner}`;
  });
  return bigs ? text.replaceAll(MARKED, '$1') : text;
}

const decoder = new TextDecoder('utf-8');
/** Sixteen digits in a row: the shortest that can be beyond 2^53. */
const LONG = /\d{16}/;
/** Strings (passed over), and integers of 16 digits or more that are no part of a fraction. */
const TOKENS = /"(?:[^"\\]|\\.)*"|(-?\d{16,})(?![\d.eE])|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** A private-use character twice: as an escape where JSON is written, as itself where it is read. */
const MARK = '\\uf8ff\\uf8ffbig:';
const MARK_READ = '\uf8ff\uf8ffbig:';
const MARKED = /"\uf8ff\uf8ffbig:(-?\d+)"/g;
