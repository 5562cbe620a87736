import { parseJson } from '../../json/parse-json.js';
import { printJson } from '../../json/print-json.js';
import type { ColumnType, Json, LaneKind } from '../../types.js';
import { bytesOfText } from '../bytes-of-text.js';
import { pythonRepr } from '../coerce.js';
import { bitsOf, isInBits, scaleOf } from '../column-type.js';
import { type Decimal, decimalOf } from '../decimal-text.js';
import { timeMicros } from '../iso-micros.js';
import type { ColumnValue, LaneValue } from '../lane-value.js';
import { dltJson } from './as-dlt-stores.js';
import { dltBool } from './dlt-bool.js';
import { dayOf, dltTimestamp, microsOfSeconds } from './dlt-moments.js';
import { dltFloat, dltInt, pythonDecimal } from './python-numbers.js';

/** Is called with the reason why dlt's load fails by a value. */
export type Fail = (reason: string) => void;

/**
 * Converts a value of one kind to the value that dlt stores in a column of this type; null where
 * dlt stores none, undefined where it makes a variant column. A timestamp comes as the text that it
 * was: dlt has no other texts. Source of the rules: dlt 1.31, common/data_types/type_helpers.py;
 * what DuckDB does with the literals that dlt writes.
 *
 * @param fail is called for a value by which dlt's extract, normalize or load step fails
 */
export function coerceAsDlt(
  kind: LaneKind,
  value: LaneValue,
  to: ColumnType,
  fail: Fail,
): ColumnValue | null | undefined {
  switch (kind) {
    case 'text':
    case 'timestamp':
      return ofText(value as string, to, fail);
    case 'bigint':
      return ofInteger(value as bigint, to, fail);
    case 'hugeint':
      return ofDigits(value as string, to, fail);
    case 'double':
      return ofDouble(value as number, to, fail);
    case 'bool':
      if (to.dataType === 'text') return value === true ? 'True' : 'False';
      return to.dataType === 'bool' ? value : undefined;
    case 'json':
      if (to.dataType === 'text') return dltJson(value as string);
      return to.dataType === 'json' ? value : undefined;
    default:
      return kind satisfies never;
  }
}

function ofText(text: string, to: ColumnType, fail: Fail): ColumnValue | null | undefined {
  switch (to.dataType) {
    case 'text':
      return text;
    case 'bigint':
      return integer(dltInt(text), to, fail);
    case 'double': {
      const number = dltFloat(text);
      if (number !== undefined && !Number.isFinite(number))
        fail(`a column of numbers cannot hold it`);
      return number;
    }
    case 'bool':
      return dltBool(text);
    case 'timestamp':
      return inPrecision(dltTimestamp(text), to);
    case 'date':
      return dayOf(dltTimestamp(text));
    case 'time':
      return timeMicros(text);
    case 'decimal':
    case 'wei':
      return scaled(pythonDecimal(text), to, fail);
    case 'json':
      return jsonOf(text, fail);
    case 'binary':
      return bytesOfText(text);
    default:
      return to.dataType satisfies never;
  }
}

function ofInteger(value: bigint, to: ColumnType, fail: Fail): ColumnValue | undefined {
  switch (to.dataType) {
    case 'text':
      return String(value);
    case 'bigint':
      return integer(value, to, fail);
    case 'double':
      return Number(value);
    case 'bool':
      return value !== 0n;
    case 'timestamp':
      return inPrecision(microsOfSeconds(Number(value)), to);
    case 'date':
      return dayOf(microsOfSeconds(Number(value)));
    case 'decimal':
    case 'wei':
      return scaled(decimalOf(String(value)), to, fail);
    case 'binary':
      return littleEndian(value);
    case 'time':
    case 'json':
      return undefined;
    default:
      return to.dataType satisfies never;
  }
}

const UINT64 = 2n ** 64n;

/** Takes an integer beyond 64 bits, or a number beyond a double, by its digits. */
function ofDigits(digits: string, to: ColumnType, fail: Fail): ColumnValue | undefined {
  if (!/^-?\d{1,20}$/.test(digits)) {
    fail('dlt reads no number of this size');
    return undefined;
  }
  const value = BigInt(digits);
  if (value >= UINT64 || value < -UINT64 / 2n) {
    fail('dlt reads no integer beyond 64 bits');
    return undefined;
  }
  return ofInteger(value, to, fail);
}

function ofDouble(value: number, to: ColumnType, fail: Fail): ColumnValue | undefined {
  switch (to.dataType) {
    case 'text':
      return pythonRepr(value);
    case 'bigint':
      return Number.isInteger(value) ? integer(BigInt(value), to, fail) : undefined;
    case 'double':
      return value;
    case 'bool':
      return value !== 0;
    case 'timestamp':
      return inPrecision(microsOfSeconds(value), to);
    case 'date':
      return dayOf(microsOfSeconds(value));
    case 'decimal':
    case 'wei':
      return scaled(decimalOf(pythonRepr(value)), to, fail);
    case 'time':
    case 'json':
    case 'binary':
      return undefined;
    default:
      return to.dataType satisfies never;
  }
}

/** Checks that the column holds the integer: dlt's load fails where it does not. */
function integer(value: bigint | undefined, to: ColumnType, fail: Fail): bigint | undefined {
  if (value === undefined) return undefined;
  if (isInBits(value, to)) return value;
  fail(`an integer of ${bitsOf(to)} bits cannot hold it`);
  return undefined;
}

/** Rounds to the column's digits behind the point, half away from zero, as DuckDB does. */
function scaled(
  decimal: Decimal | null | undefined,
  to: ColumnType,
  fail: Fail,
): bigint | undefined {
  if (decimal === undefined) return undefined;
  const { precision = 38 } = to;
  const value = decimal === null ? undefined : rounded(decimal, scaleOf(to));
  if (
    value !== undefined &&
    value < 10n ** BigInt(precision) &&
    value > -(10n ** BigInt(precision))
  )
    return value;
  fail(`DECIMAL(${precision},${scaleOf(to)}) cannot hold it`);
  return undefined;
}

/** Digits of a number that no decimal column holds. */
const TOO_LONG = 100;

function rounded({ negative, digits, exponent }: Decimal, scale: number): bigint | undefined {
  if (digits.length + exponent + scale > TOO_LONG) return undefined;
  const shift = exponent + scale;
  if (shift < -digits.length) return 0n;
  const magnitude =
    shift >= 0
      ? BigInt(digits + '0'.repeat(shift))
      : BigInt(digits.slice(0, shift) || '0') + (Number(digits.at(shift)) >= 5 ? 1n : 0n);
  return negative ? -magnitude : magnitude;
}

/**
 * Returns the value of a timestamp column: a column of seconds or milliseconds rounds, as DuckDB
 * does with the text that dlt writes; one of nanoseconds gets dlt's microseconds.
 */
function inPrecision(micros: bigint | undefined, to: ColumnType): bigint | undefined {
  if (micros === undefined || to.timezone !== false) return micros;
  const { precision = 6 } = to;
  if (precision > 6) return micros * 1000n;
  const step = precision === 0 ? 1_000_000n : precision <= 3 ? 1_000n : 1n;
  const rest = ((micros % step) + step) % step;
  return micros - rest + (rest * 2n >= step && step > 1n ? step : 0n);
}

function littleEndian(value: bigint): Uint8Array | undefined {
  if (value < 0n) return undefined;
  const hex = value.toString(16);
  const bytes =
    value === 0n ? [] : (hex.padStart(hex.length + (hex.length % 2), '0').match(/../g) ?? []);
  return Uint8Array.from(bytes.reverse(), (byte) => Number.parseInt(byte, 16));
}

/**
 * Returns the JSON that a text is, as dlt prints it: compact, of two members with one name the
 * last. Null where it is `null`. A text within the text is written as it is, for the column to
 * read.
 */
function jsonOf(text: string, fail: Fail): string | null | undefined {
  const value = parsed(text);
  if (value === undefined || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? text.trim() : undefined;
  if (typeof value !== 'string') return printJson(parseJson(text));
  if (parsed(value) !== undefined) return value;
  fail('a JSON column cannot hold it');
  return undefined;
}

/** Returns undefined for what is no JSON. */
function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
