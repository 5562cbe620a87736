import { type Decimal, decimalOf } from '../decimal-text.js';
import { EDGE_SPACE } from '../naming.js';

const DIGITS = '\\d+(?:_\\d+)*';
const INTEGER = new RegExp(`^[+-]?${DIGITS}$`);
const HEX = /^[+-]?(?:0[xX]_?)?[\da-f]+(?:_[\da-f]+)*$/i;
const FLOAT = new RegExp(
  `^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`,
  'i',
);
const DIGIT = /^\p{Nd}$/u;
const OTHER_DIGIT = /(?![0-9])\p{Nd}/gu;
const NOT_FINITE = /^[+-]?(?:inf|infinity|nan)$/i;

/**
 * Reads a text as dlt reads the integer of a `bigint` column: Python's `int()`, or hexadecimal
 * behind `0x`. Undefined for anything else.
 */
export function dltInt(text: string): bigint | undefined {
  const trimmed = strip(text);
  return trimmed.startsWith('0x') ? hexInt(trimmed.slice(2)) : pythonInt(trimmed);
}

/** Reads a text as Python's `int()` does; undefined for what it refuses. */
export function pythonInt(text: string): bigint | undefined {
  const trimmed = strip(text);
  return INTEGER.test(trimmed) ? BigInt(plain(trimmed).replace(/^\+/, '')) : undefined;
}

/**
 * Reads a text as dlt reads the number of a `double` column: Python's `float()`, or hexadecimal
 * behind `0x`. Undefined for anything else.
 */
export function dltFloat(text: string): number | undefined {
  const trimmed = strip(text);
  if (!trimmed.startsWith('0x')) return pythonFloat(trimmed);
  const integer = hexInt(trimmed.slice(2));
  return integer === undefined ? undefined : Number(integer);
}

/** Reads a text as Python's `float()` does; undefined for what it refuses. */
export function pythonFloat(text: string): number | undefined {
  const trimmed = strip(text);
  if (FLOAT.test(trimmed)) return Number(plain(trimmed));
  if (!NOT_FINITE.test(trimmed)) return undefined;
  if (/nan$/i.test(trimmed)) return Number.NaN;
  return trimmed.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Reads a text as dlt reads the number of a `decimal` column: Python's `Decimal()`, or hexadecimal
 * behind `0x`; null for one that is not finite, undefined for anything else.
 */
export function pythonDecimal(text: string): Decimal | null | undefined {
  const trimmed = strip(text);
  if (trimmed.startsWith('0x')) {
    const integer = hexInt(trimmed.slice(2));
    return integer === undefined ? undefined : decimalOf(String(integer));
  }
  // Decimal() takes `_` anywhere.
  if (FLOAT.test(plain(trimmed)))
    return decimalOf(
      plain(trimmed)
        .replace(/(^|[+-])\./, '$10.')
        .replace(/\.(e|$)/i, '$1'),
    );
  return NOT_FINITE.test(trimmed) ? null : undefined;
}

function hexInt(text: string): bigint | undefined {
  if (!HEX.test(text)) return undefined;
  const magnitude = BigInt(`0x${plain(text).replace(/^[+-]?(0[xX])?/, '')}`);
  return text.startsWith('-') ? -magnitude : magnitude;
}

/**
 * Takes the blanks around a number away; digits of every script are those of ASCII, as in Python.
 */
function strip(text: string): string {
  return text.replaceAll(EDGE_SPACE, '').replaceAll(OTHER_DIGIT, asciiDigit);
}

/** Digits of a script follow each other in Unicode, from 0 to 9. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) as number;
  let before = 0;
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function plain(digits: string): string {
  return digits.replaceAll('_', '');
}
