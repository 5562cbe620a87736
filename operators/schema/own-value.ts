import type { ColumnHint, LaneKind } from '../types.js';
import { bytesOfText } from './bytes-of-text.js';
import { coerce } from './coerce.js';
import { isInBits, scaleOf } from './column-type.js';
import { type Decimal, decimalOf, isRounded } from './decimal-text.js';
import { inDomain, integerSent } from './in-domain.js';
import { isoMicros, timeMicros } from './iso-micros.js';
import type { ColumnValue, LaneValue } from './lane-value.js';
import type { Target } from './target.js';

/**
 * Converts a value of one kind to the value of its column; undefined where something would be lost,
 * so that the value belongs in a variant. `digits` gives a number as it was sent. A timestamp comes
 * as the text that it was.
 *
 * Where a hint declares the type, a text may be spelt otherwise than the column prints it: a time
 * without seconds or with an offset, a decimal with fewer digits, digits of a second that the
 * declared precision cuts. Source of the rules: the table in DESIGN §4.
 */
export function ownValue(
  kind: LaneKind,
  value: LaneValue,
  to: Target,
  digits?: () => string,
): ColumnValue | undefined {
  if (to.domain !== undefined) return inDomain(to.domain, kind, value, digits);
  switch (to.dataType) {
    case 'bigint':
      return to.precision === undefined
        ? coerce(kind, value, 'bigint', digits)
        : inBits(integerSent(kind, value, digits), to);
    case 'timestamp':
      return asTimestamp(kind, value, to, digits);
    case 'decimal':
    case 'wei':
      return asDecimal(kind, value, to, digits);
    case 'date':
      return asDate(kind, value);
    case 'time':
      return asTime(kind, value, to.hint);
    case 'binary':
      return kind === 'text' ? asBytes(value as string) : undefined;
    case 'double':
      return coerce(kind, value, 'double', digits) ?? declaredDouble(kind, value, to);
    case 'text':
    case 'bool':
    case 'json':
      return coerce(kind, value, to.dataType, digits);
    default:
      return to.dataType satisfies never;
  }
}

/** Returns the integer where a column of so many bits holds it. */
function inBits(value: bigint | undefined, to: Target): bigint | undefined {
  return value !== undefined && isInBits(value, to) ? value : undefined;
}

/** Returns whether an integer of 128 bits, signed, holds the number. */
export function isHugeint(value: bigint | undefined): value is bigint {
  return value !== undefined && isInBits(value, { precision: 128 });
}

/** Returns the number that a text writes, where a hint makes the column one of doubles. */
function declaredDouble(kind: LaneKind, value: LaneValue, { hint }: Target): number | undefined {
  if (kind !== 'text' || hint === undefined || !PLAIN.test(value as string)) return undefined;
  const number = Number(value);
  const isKept = Number.isFinite(number) && !isRounded(value as string, number);
  return isKept ? number : undefined;
}

const MICROS_IN = { s: 6, ms: 3 };

function asTimestamp(
  kind: LaneKind,
  value: LaneValue,
  to: Target,
  digits?: () => string,
): bigint | undefined {
  const { precision = 6, timezone, hint } = to;
  const text = kind === 'text' || kind === 'timestamp' ? (value as string) : undefined;
  if (hint?.epoch !== undefined) {
    const sent = text ?? digits?.() ?? String(value);
    const moment = kind === 'bool' || kind === 'json' ? undefined : epochNanos(sent, hint.epoch);
    if (moment !== undefined) return inUnits(moment, to);
  }
  if (text === undefined) return undefined;
  const micros = isoMicros(text);
  if (micros === undefined) return undefined;
  if (precision <= 6 && timezone !== false) return micros;
  const beyond = /[.,]\d{6}(\d{1,3})/.exec(text)?.[1] ?? '';
  return inUnits(micros * 1000n + BigInt(beyond.padEnd(3, '0')), to);
}

/** Years 1 to 9999, in nanoseconds since 1970. */
const FIRST = -62_135_596_800_000_000_000n;
const LAST = 253_402_300_800_000_000_000n;

/** Nanoseconds since 1970 of a number of seconds or milliseconds; digits beyond them are cut. */
function epochNanos(text: string, unit: 's' | 'ms'): bigint | undefined {
  const decimal = decimalOf(text);
  if (decimal === undefined || decimal.digits.length > 40) return undefined;
  const { negative, digits, exponent } = decimal;
  const shift = exponent + MICROS_IN[unit] + 3;
  if (digits.length + shift > 40) return undefined;
  const magnitude =
    shift >= 0
      ? BigInt((digits || '0') + '0'.repeat(shift))
      : BigInt(digits.slice(0, shift) || '0');
  const nanos = negative ? -magnitude : magnitude;
  return nanos >= FIRST && nanos < LAST ? nanos : undefined;
}

const INT64 = 2n ** 63n;

/** Returns an instant in the units of its column; undefined beyond what they reach. */
function inUnits(nanos: bigint, { precision = 6, timezone, hint }: Target): bigint | undefined {
  if (precision > 6)
    // DuckDB's infinities are the ends of the range.
    return nanos > -INT64 + 1n && nanos < INT64 - 1n ? nanos : undefined;
  const isPlain = timezone === false;
  const step =
    isPlain && precision === 0 ? 1_000_000_000n : isPlain && precision <= 3 ? 1_000_000n : 1_000n;
  const rest = ((nanos % step) + step) % step;
  if (rest !== 0n && step > 1_000n && hint === undefined) return undefined;
  return (nanos - rest) / 1_000n;
}

/** Returns the number times 10^scale, where the column holds it. */
function asDecimal(
  kind: LaneKind,
  value: LaneValue,
  to: Target,
  digits?: () => string,
): bigint | undefined {
  if (kind === 'bool' || kind === 'json' || kind === 'timestamp') return undefined;
  const { precision = 38, hint } = to;
  const scale = scaleOf(to);
  const sent = kind === 'double' ? (digits?.() ?? String(value)) : String(value);
  const isHex = to.dataType === 'wei' && hint !== undefined && kind === 'text';
  const text = isHex && /^0x[\da-f]{1,64}$/i.test(sent) ? String(BigInt(sent)) : sent;
  const decimal = decimalOf(text);
  if (decimal === undefined || decimal.exponent < -scale) return undefined;
  if (decimal.digits.length + decimal.exponent > precision - scale) return undefined;
  const printed = plainDecimal(decimal, scale);
  const isSpelt = kind !== 'text' || printed === text || (hint !== undefined && PLAIN.test(text));
  return isSpelt ? BigInt(printed.replace('.', '')) : undefined;
}

/** A decimal as people write it: no exponent, no zero in front. */
const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** Returns the number with this many decimals and no exponent. */
function plainDecimal({ negative, digits, exponent }: Decimal, scale: number): string {
  const all = (digits + '0'.repeat(exponent + scale)).padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  const sign = negative && digits !== '' ? '-' : '';
  return `${sign}${whole}${scale === 0 ? '' : `.${all.slice(-scale)}`}`;
}

/** As a DATE is printed: ordinal and week dates name a day too, but would not come back. */
const DAY = /^\d{4}-\d\d-\d\d$/;

function asDate(kind: LaneKind, value: LaneValue): number | undefined {
  if (kind !== 'text' || !DAY.test(value as string)) return undefined;
  const micros = isoMicros(`${value as string}T00:00`);
  return micros === undefined ? undefined : Number(micros / 86_400_000_000n);
}

/** As a TIME is printed. */
const TIME = /^\d\d:\d\d:\d\d(?:\.\d{0,5}[1-9])?$/;

function asTime(
  kind: LaneKind,
  value: LaneValue,
  hint: ColumnHint | undefined,
): bigint | undefined {
  if (kind !== 'text' || (hint === undefined && !TIME.test(value as string))) return undefined;
  return timeMicros(value as string);
}

/** Returns the bytes of a text that gives them back: base64 has several for some. */
function asBytes(text: string): Uint8Array | undefined {
  const bytes = bytesOfText(text);
  if (bytes === undefined || text.startsWith('0x')) return bytes;
  const last = text.slice(-4);
  return btoa(atob(last)) === last ? bytes : undefined;
}
