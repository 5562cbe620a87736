import type { DataType, LaneKind } from '../types.js';
import type { LaneValue } from './lane-value.js';

/** The type that a column has when its first value is of this kind. Digits beyond 64 bits stay text, so that none is lost. */
export const TYPE_OF: Readonly<Record<LaneKind, DataType>> = {
  bigint: 'bigint',
  double: 'double',
  text: 'text',
  bool: 'bool',
  timestamp: 'timestamp',
  hugeint: 'text',
  json: 'json',
};

/** The type in the name of the variant column for values of this kind; a timestamp arrives as text, as in dlt. */
export const VARIANT_OF: Readonly<Record<LaneKind, DataType>> = { ...TYPE_OF, timestamp: 'text' };

/** Largest magnitude up to which every integer is exact as a double. */
const EXACT = 2n ** 53n;
const INT64 = 2n ** 63n;

/**
 * A value of one kind as the value of a column of another type; undefined where it does not fit and belongs in a variant.
 * Timestamps are microseconds since 1970 UTC. Source of the rules: dlt's coercion of values (schema/typing), but an integer
 * goes into a double column only where it stays exact.
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
  if (kind !== 'text') return undefined;
  const text = (value as string).trim();
  if (/^[+-]?\d+(_\d+)*$/.test(text)) return inInt64(BigInt(text.replaceAll('_', '').replace('+', '')));
  return /^0x[\da-f]+$/i.test(text) ? inInt64(BigInt(text)) : undefined;
}

function inInt64(value: bigint): bigint | undefined {
  return value >= -INT64 && value < INT64 ? value : undefined;
}

function asDouble(kind: LaneKind, value: LaneValue): number | undefined {
  if (kind === 'double') return value as number;
  if (kind === 'bigint') return (value as bigint) >= -EXACT && (value as bigint) <= EXACT ? Number(value) : undefined;
  if (kind !== 'text') return undefined;
  const text = (value as string).trim();
  if (!/^[+-]?(\d+(_\d+)*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && !/^0x[\da-f]+$/i.test(text)) return undefined;
  const number = Number(text.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
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
  if (kind === 'double') return inTime(BigInt(Math.round((value as number) * 1e6)));
  if (kind !== 'text' && kind !== 'timestamp') return undefined;
  const text = (value as string).trim();
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return inTime(BigInt(Math.round(Number(text) * 1e6)));
  return isoMicros(text);
}

function inTime(micros: bigint): bigint | undefined {
  return micros >= FIRST && micros < LAST ? micros : undefined;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** ISO date or time to microseconds; what names no day of the calendar is undefined. No zone is UTC. */
function isoMicros(text: string): bigint | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = ISO.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zone === 'Z' ? 0 : (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '')));
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  return inTime(BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
