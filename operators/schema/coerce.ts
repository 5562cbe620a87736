import type { DataType, LaneKind } from '../types.js';
import { integerOf } from './decimal-text.js';
import { isoMicros } from './iso-micros.js';
import type { LaneValue } from './lane-value.js';

/** The types that values have without a hint. */
export type InferredType = DataType & LaneKind;

/**
 * The type that a column has when its first value is of this kind. Digits beyond 64 bits stay text,
 * so that none is lost.
 */
export const TYPE_OF: Readonly<Record<LaneKind, InferredType>> = {
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
export const VARIANT_OF: Readonly<Record<LaneKind, InferredType>> = {
  ...TYPE_OF,
  timestamp: 'text',
};

/** Largest magnitude up to which every integer is exact as a double. */
const EXACT = 2n ** 53n;
const INT64 = 2n ** 63n;

/** Returns whether an integer, and every smaller one, is exact as a double. */
export function isExact(value: bigint): boolean {
  return value >= -EXACT && value <= EXACT;
}

/**
 * Converts a value of one kind to the value of a column of another type; undefined where something
 * would be lost, so that the value belongs in a variant. `digits` gives a number as it was sent,
 * where that is known. A timestamp comes as the text it was, and goes as microseconds since 1970
 * UTC.
 *
 * A text is taken where printing the stored value gives the same text back, a number where the
 * column holds the same number, a timestamp where it is the same instant. Source of the rules: the
 * table in DESIGN §4; dlt's coercions (common/data_types/type_helpers.py) lose more.
 */
export function coerce(
  kind: LaneKind,
  value: LaneValue,
  to: DataType,
  digits?: () => string,
): LaneValue | undefined {
  switch (to) {
    case 'text':
      return asText(kind, value, digits);
    case 'bigint':
      return asBigint(kind, value, digits);
    case 'double':
      return asDouble(kind, value);
    case 'bool':
      return asBool(kind, value);
    case 'timestamp':
      return kind === 'text' || kind === 'timestamp' ? isoMicros(value as string) : undefined;
    case 'json':
      return kind === 'json' ? value : undefined;
    case 'decimal':
    case 'wei':
    case 'date':
    case 'time':
    case 'binary':
      return undefined;
    default:
      return to satisfies never;
  }
}

function asText(kind: LaneKind, value: LaneValue, digits?: () => string): string | undefined {
  if (kind === 'json') return undefined;
  if (digits !== undefined) return digits();
  return kind === 'double' ? pythonRepr(value as number) : String(value);
}

/** Returns a double as Python's repr and DuckDB write it: `1.0`, `1e+22`, `1e-05`. */
export function pythonRepr(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [mantissa = '', exponent = ''] = value.toExponential().split('e');
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function asBigint(kind: LaneKind, value: LaneValue, digits?: () => string): bigint | undefined {
  if (kind === 'bigint') return value as bigint;
  // A double may be whole where what was sent is not, or is another integer.
  if (kind === 'double')
    return Number.isInteger(value)
      ? inInt64(digits === undefined ? BigInt(value) : integerOf(digits()))
      : undefined;
  return kind === 'text' && /^(0|-?[1-9]\d{0,18})$/.test(value as string)
    ? inInt64(BigInt(value))
    : undefined;
}

function inInt64(value: bigint | undefined): bigint | undefined {
  return value !== undefined && value >= -INT64 && value < INT64 ? value : undefined;
}

function asDouble(kind: LaneKind, value: LaneValue): number | undefined {
  if (kind === 'double') return value as number;
  if (kind === 'bigint') return isExact(value as bigint) ? Number(value) : undefined;
  if (kind !== 'text') return undefined;
  const number = Number(value);
  // JavaScript and DuckDB print some doubles differently: only what both print as it was sent.
  return Number.isFinite(number) && String(number) === value && pythonRepr(number) === value
    ? number
    : undefined;
}

function asBool(kind: LaneKind, value: LaneValue): boolean | undefined {
  if (kind === 'bool') return value as boolean;
  if (kind !== 'text') return undefined;
  if (value === 'true') return true;
  return value === 'false' ? false : undefined;
}
