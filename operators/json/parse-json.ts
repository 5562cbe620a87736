import { JsonError } from '../errors.js';
import type { Json } from '../types.js';
import { nonFiniteHint } from './non-finite-hint.js';
import { keepSentText, markHolder } from './sent-numbers.js';

/**
 * Parses JSON text to JavaScript values without losing a number: integers beyond 2^53 become
 * BigInt, other numbers beyond what a double holds (`1e400`) the text of their digits. A number
 * whose value does not give its text back (`1.0`, `1e2`, twenty digits of a fraction) keeps the
 * text beside it, and `printJson` writes that.
 *
 * JSON.parse alone rounds them, and Node 20 does not yet show a reviver the source text. So a text
 * that may hold such numbers is read here, all others by JSON.parse. Of a key that comes twice in
 * an object the last counts.
 *
 * Errors: JsonError for text that is not JSON or not UTF-8; its offset is 0, since JSON.parse gives
 * none.
 */
export function parseJson(json: Uint8Array | string): Json {
  let text = '';
  try {
    text = typeof json === 'string' ? json : decoder.decode(json);
    return SPECIAL.test(text) ? read(text) : (JSON.parse(text) as Json);
  } catch (error) {
    const hint = nonFiniteHint(text.replaceAll(/"[^"\\]*(?:\\.[^"\\]*)*"/gs, '""'));
    throw new JsonError(`Not JSON: ${(error as Error).message}${hint}`, 0, false, { cause: error });
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Matches every number whose text does not follow from its value, and some other text too: 16
 * digits, an exponent, a fraction that ends in 0 or begins with six of them, a negative zero.
 */
const SPECIAL = /[\d.]{16}|\d[eE][+-]?\d|\.\d*0(?!\d)|\.0{6}|-0(?![.\d])/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^-?\d+$/;
/** Strings that hold none of these are their own value. */
// eslint-disable-next-line no-control-regex
const ESCAPED = /[\\\u0000-\u001f]/;

/**
 * Returns the document, each number with its text where that says more. SyntaxError as JSON.parse
 * has it.
 */
function read(text: string): Json {
  let at = 0;
  let numberText: string | null = null;
  /** Texts kept so far. */
  let kept = 0;

  function refuse(): never {
    JSON.parse(text);
    throw new SyntaxError(`Unexpected token at position ${at}`);
  }
  /** Passes blanks; the code of the character behind them. */
  function next(): number {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      at += 1;
    }
  }
  function value(): Json {
    numberText = null;
    const code = next();
    if (code === 0x22) return string();
    if (code === 0x7b) return object();
    if (code === 0x5b) return list();
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return number();
    for (const [word, meaning] of WORDS)
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    return refuse();
  }
  function string(): string {
    const start = at;
    let end = at;
    do {
      end = text.indexOf('"', end + 1);
      if (end < 0) refuse();
    } while (isEscaped(end));
    at = end + 1;
    const inner = text.slice(start + 1, end);
    return ESCAPED.test(inner) ? (JSON.parse(text.slice(start, at)) as string) : inner;
  }
  /** Returns whether an odd number of backslashes stands before a quote. */
  function isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    return backslashes % 2 === 1;
  }
  function number(): Json {
    NUMBER.lastIndex = at;
    const [digits] = NUMBER.exec(text) ?? refuse();
    at += digits.length;
    const double = Number(digits);
    if (INTEGER.test(digits) && !Number.isSafeInteger(double)) return BigInt(digits);
    const result = Number.isFinite(double) ? double : digits;
    numberText = typeof result === 'number' && String(result) === digits ? null : digits;
    return result;
  }
  function object(): Json {
    const result: Record<string, Json> = {};
    const before = kept;
    let isKept = false;
    at += 1;
    if (next() === 0x7d) {
      at += 1;
      return result;
    }
    for (;;) {
      if (next() !== 0x22) refuse();
      const key = string();
      if (next() !== 0x3a) refuse();
      at += 1;
      const member = value();
      if (key === '__proto__')
        Object.defineProperty(result, key, {
          value: member,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      else result[key] = member;
      if (numberText !== null || isKept) {
        keepSentText(result, key, member, numberText);
        isKept = true;
        kept += 1;
      }
      if (isEnd(0x7d)) {
        if (kept > before) markHolder(result);
        return result;
      }
    }
  }
  function list(): Json {
    const result: Json[] = [];
    at += 1;
    if (next() === 0x5d) {
      at += 1;
      return result;
    }
    for (;;) {
      const element = value();
      if (numberText !== null) {
        keepSentText(result, String(result.length), element, numberText);
        kept += 1;
      }
      result.push(element);
      if (isEnd(0x5d)) return result;
    }
  }
  /** Passes a comma, or the end of what is read. */
  function isEnd(close: number): boolean {
    numberText = null;
    const code = next();
    if (code !== close && code !== 0x2c) refuse();
    at += 1;
    return code === close;
  }

  const document = value();
  if (!Number.isNaN(next())) refuse();
  return document;
}

const WORDS: readonly (readonly [string, Json])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
