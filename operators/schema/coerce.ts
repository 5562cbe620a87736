import type { DataType, LaneKind } from '../types.js';
import { isoMicros } from './iso-micros.js';
import type { LaneValue } from './lane-value.js';

/**
 * The type that a column has when its first value is of this kind. Digits beyond 64 bits stay text,
 * so that none is lost.
 */
export const TYPE_OF: Readonly<Record<LaneKind, DataType>> = {
  bigint: 'bigint',
  double: 'double',
  text: 'text',
  bool: 'bool',
  timestamp: 'timestamp',
  hugeint: 'text',
  json: 'json',
};

/**
 * The type in the name of the variant column for values of this kind; a timestamp arrives as text,
 * as in dlt.
 */
export const VARIANT_OF: Readonly<Record<LaneKind, DataType>> = { ...TYPE_OF, timestamp: 'text' };

/** Largest magnitude up to which every integer is exact as a double. */
const EXACT = 2n ** 53n;
const INT64 = 2n ** 63n;

/** Whether an integer, and every smaller one, is exact as a double. */
export function isExact(value: bigint): boolean {
  return value >= -EXACT && value <= EXACT;
}

/**
 * A value of one kind as the value of a column of another type; undefined where it does not fit and
 * belongs in a variant. A timestamp comes as the text it was, and goes as microseconds since 1970
 * UTC. Source of the rules: dlt's coercion of values (common/data_types/type_helpers.py), but an
 * integer goes into a double column only where it stays exact, and what is infinite or no number
 * goes nowhere.
 */
export function coerce(kind: LaneKind, value: LaneValue, to: DataType): LaneValue | undefined {
  switch (to) {
    case 'text':
      return asText(kind, value);
    case 'bigint':
      return asBigint(kind, value);
    case 'double':
      return asDouble(kind, value);
    case 'bool':
      return asBool(kind, value);
    case 'timestamp':
      return asTimestamp(kind, value);
    case 'json':
      return kind === 'json' || (kind === 'text' && isJson(value as string)) ? value : undefined;
    default:
      return to satisfies never;
  }
}

function asText(kind: LaneKind, value: LaneValue): string {
  if (kind === 'double') return pythonRepr(value as number);
  if (kind === 'bool') return value === true ? 'True' : 'False';
  return String(value);
}

/** A double as Python's repr writes it: `1.0`, `1e+22`, `1e-05`. */
function pythonRepr(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e');
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function asBigint(kind: LaneKind, value: LaneValue): bigint | undefined {
  if (kind === 'bigint') return value as bigint;
  if (kind === 'double') return Number.isInteger(value) ? inInt64(BigInt(value)) : undefined;
  return kind === 'text' ? inInt64(integerIn(value as string)) : undefined;
}

function inInt64(value: bigint | undefined): bigint | undefined {
  return value !== undefined && value >= -INT64 && value < INT64 ? value : undefined;
}

/** The integer that a text is, as Python's int() reads it, or in hexadecimal. */
function integerIn(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (/^0x[\da-fA-F]+$/.test(trimmed)) return BigInt(trimmed);
  return /^[+-]?\d+(_\d+)*$/.test(trimmed)
    ? BigInt(trimmed.replaceAll('_', '').replace('+', ''))
    : undefined;
}

function asDouble(kind: LaneKind, value: LaneValue): number | undefined {
  if (kind === 'double') return value as number;
  if (kind === 'bigint') return exactDouble(value as bigint);
  if (kind !== 'text') return undefined;
  const integer = integerIn(value as string);
  if (integer !== undefined) return exactDouble(integer);
  const text = (value as string).trim();
  if (!/^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

function exactDouble(value: bigint): number | undefined {
  return isExact(value) ? Number(value) : undefined;
}

const TRUE = new Set(['yes', 'true', 't', 'y', '1']);
const FALSE = new Set(['no', 'false', 'f', 'n', '0']);

function asBool(kind: LaneKind, value: LaneValue): boolean | undefined {
  if (kind === 'bool') return value as boolean;
  if (kind === 'bigint' || kind === 'double') return Number(value) !== 0;
  if (kind !== 'text') return undefined;
  const word = (value as string).toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : undefined;
}

/** Year 1 and year 10000 in microseconds since 1970: what dlt's timestamps can hold. */
const FIRST = -62_135_596_800_000_000n;
const LAST = 253_402_300_800_000_000n;

function asTimestamp(kind: LaneKind, value: LaneValue): bigint | undefined {
  if (kind === 'bigint') return inTime((value as bigint) * 1_000_000n);
  if (kind === 'double') return secondsToMicros(value as number);
  if (kind !== 'text' && kind !== 'timestamp') return undefined;
  const text = (value as string).trim();
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? secondsToMicros(Number(text)) : inTime(isoMicros(text));
}

function secondsToMicros(seconds: number): bigint | undefined {
  const micros = Math.round(seconds * 1e6);
  return Number.isFinite(micros) ? inTime(BigInt(micros)) : undefined;
}

function inTime(micros: bigint | undefined): bigint | undefined {
  return micros !== undefined && micros >= FIRST && micros < LAST ? micros : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
