import { SentNumber } from '../../../../operators/json/sent-number.js';
import type { Json } from '../../../../operators/types.js';
import { pythonRepr, pythonText } from './python-values.js';

/** `[[fill]align][sign][0][width][grouping][.precision][type]` of Python's format specs. */
const SPEC = /^(?:(.)?([<>^=]))?([+\- ]?)(0?)(\d*)([,_]?)(?:\.(\d+))?([sdxXobfFeE%]?)$/su;

interface Spec {
  fill: string;
  align: string;
  sign: string;
  width: number;
  grouping: string;
  precision: number | null;
  type: string;
}

/** True for what `pythonFormat` can apply: `!r`, `!s`, `!a`, a spec, or both. */
export function isPythonFormat(format: string): boolean {
  const [, , spec = ''] = /^(![rsa])?(?::(.*))?$/s.exec(format) ?? [];
  return /^(![rsa])?(:|$)/.test(format) && SPEC.test(spec);
}

/**
 * Writes a value as `str.format` of Python does with `{x!r:>8}`; `format` is what follows the name.
 * Null where Python refuses the value: a text as a number, a number with `s`, a fraction with `d`.
 * Source: Python's "Format Specification Mini-Language", without `#`, `c`, `g` and `n`.
 */
export function pythonFormat(given: Json, format: string): string | null {
  const [, conversion, text = ''] = /^(?:!([rsa]))?(?::(.*))?$/s.exec(format) ?? [];
  const value = conversion === undefined ? given : converted(given, conversion);
  if (text === '') return pythonText(value);
  const [
    ,
    fill,
    align = '',
    sign = '',
    zero = '',
    width = '',
    grouping = '',
    precision,
    type = '',
  ] = SPEC.exec(text) ?? [];
  const spec: Spec = {
    fill: fill ?? (zero === '' ? ' ' : '0'),
    align: align === '' && zero !== '' ? '=' : align,
    sign,
    width: Number(width),
    grouping,
    precision: precision === undefined ? null : Number(precision),
    type,
  };
  return typeof value === 'string' ? formattedText(value, spec) : formattedNumber(value, spec);
}

function converted(value: Json, conversion: string): string {
  const text = conversion === 's' ? pythonText(value) : pythonRepr(value);
  return conversion === 'a' ? text.replaceAll(/[^\0-\x7f]/gu, escaped) : text;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

function formattedText(text: string, spec: Spec): string | null {
  const { type, sign, grouping, precision, align } = spec;
  if (!/^s?$/.test(type) || sign !== '' || grouping !== '' || align === '=') return null;
  const characters = Array.from(text);
  return padded('', characters.slice(0, precision ?? characters.length).join(''), spec, '<');
}

function formattedNumber(value: Json, spec: Spec): string | null {
  const { sign, type, precision } = spec;
  const number = numberOf(value);
  if (number === null || type === 's') return null;
  const isWhole = typeof number === 'bigint';
  if (/[dxXob]/.test(type) && (!isWhole || precision !== null)) return null;
  if (type === '' && precision !== null) return null;
  const isNegative = number < 0 || Object.is(number, -0);
  const digits = digitsOf(isNegative ? -number : number, spec);
  const mark = isNegative ? '-' : sign === '-' ? '' : sign;
  return padded(mark, digits, spec, '>');
}

function numberOf(value: Json): number | bigint | null {
  if (typeof value === 'boolean') return BigInt(value);
  if (value instanceof SentNumber)
    return /[.eE]/.test(value.text) ? Number(value.text) : BigInt(value.text);
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'number') return null;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

const BASES: Readonly<Record<string, number>> = { x: 16, X: 16, o: 8, b: 2 };

/** The digits of a number that is not negative. */
function digitsOf(number: number | bigint, { type, precision, grouping }: Spec): string {
  const base = BASES[type];
  if (base !== undefined) {
    const digits = number.toString(base);
    return grouped(type === 'X' ? digits.toUpperCase() : digits, grouping, 4);
  }
  if (type === 'd' || (type === '' && typeof number === 'bigint'))
    return grouped(String(number), grouping, 3);
  if (type === '') return grouped(pythonText(Number(number)), grouping, 3);
  const places = precision ?? 6;
  if (type === 'e' || type === 'E') {
    const digits = Number(number)
      .toExponential(places)
      .replace(/e([+-])(\d)$/, 'e$10$2');
    return type === 'E' ? digits.toUpperCase() : digits;
  }
  const isShare = type === '%';
  const digits = rounded(Number(number) * (isShare ? 100 : 1), places);
  return `${grouped(digits, grouping, 3)}${isShare ? '%' : ''}`;
}

/** Python rounds what lies exactly between two to the even one, `toFixed` to the larger one. */
function rounded(number: number, places: number): string {
  const text = number.toFixed(places);
  const exact = number.toFixed(Math.min(100, places + 40));
  const isTie = exact.slice(text.length + (places === 0 ? 1 : 0)).replace(/0+$/, '') === '5';
  if (!isTie) return text;
  const below = exact.slice(0, text.length);
  return /[02468]$/.test(below) ? below : text;
}

function grouped(digits: string, grouping: string, size: number): string {
  if (grouping === '') return digits;
  const [whole = '', ...rest] = digits.split('.');
  const parts = whole.replaceAll(new RegExp(`(?<=.)(?=(.{${size}})+$)`, 'g'), grouping);
  return [parts, ...rest].join('.');
}

function padded(mark: string, text: string, { fill, align, width }: Spec, usual: string): string {
  const missing = width - Array.from(mark + text).length;
  if (missing <= 0) return mark + text;
  const side = align === '' ? usual : align;
  if (side === '=') return mark + fill.repeat(missing) + text;
  if (side === '<') return mark + text + fill.repeat(missing);
  const before = side === '^' ? Math.floor(missing / 2) : missing;
  return fill.repeat(before) + mark + text + fill.repeat(missing - before);
}
