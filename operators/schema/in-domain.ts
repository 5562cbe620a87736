import type { ColumnDomain, LaneKind } from '../types.js';
import { coerce } from './coerce.js';
import { type Decimal, decimalOf, integerOf, isRounded } from './decimal-text.js';
import { isCut, isoMicros } from './iso-micros.js';
import type { LaneValue } from './lane-value.js';

/**
 * Returns a value as a column with a domain of its own holds it: as its data type has it, which for
 * most domains is the text that the database reads. Undefined where the column does not hold it
 * exactly, so that it belongs in a variant. A timestamp comes as the text it was; `digits` gives a
 * double as it was sent.
 */
export function inDomain(
  domain: ColumnDomain,
  kind: LaneKind,
  value: LaneValue,
  digits?: () => string,
): LaneValue | undefined {
  const isText = kind === 'text' || kind === 'timestamp';
  switch (domain.kind) {
    case 'integer': {
      const integer = integerFor(kind, value, digits);
      if (integer === undefined || integer < domain.min || integer > domain.max) return undefined;
      return domain.asText ? String(integer) : integer;
    }
    case 'decimal':
      return inDecimal(domain, kind, value, digits);
    case 'float': {
      const number = coerce(kind, value, 'double') as number | undefined;
      if (number === undefined || Math.fround(number) !== number) return undefined;
      return digits !== undefined && isRounded(digits(), number) ? undefined : number;
    }
    case 'timestamp': {
      const micros = isText && !isCut(value as string) ? isoMicros(value as string) : undefined;
      return micros === undefined || micros % domain.step !== 0n ? undefined : micros;
    }
    case 'nanoseconds':
      return isText ? inNanoseconds(value as string) : undefined;
    case 'date':
      return isText &&
        DAY.test(value as string) &&
        isoMicros(`${value as string}T00:00`) !== undefined
        ? value
        : undefined;
    case 'pattern':
      return isText && new RegExp(`^(?:${domain.pattern})$`).test(value as string)
        ? value
        : undefined;
    case 'words':
      return isText && domain.words.includes(value as string) ? value : undefined;
    case 'none':
      return undefined;
    default:
      return domain satisfies never;
  }
}

/** As a DATE is printed: ordinal and week dates name a day too, but would not come back. */
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Returns the integer that was sent; a text only where it is written as the integer is printed. */
function integerFor(kind: LaneKind, value: LaneValue, digits?: () => string): bigint | undefined {
  if (kind === 'bigint') return value as bigint;
  if (kind === 'hugeint') return integerOf(value as string);
  if (kind === 'double') return integerOf(digits?.() ?? String(value));
  return kind === 'text' && /^(0|-?[1-9]\d*)$/.test(value as string)
    ? integerOf(value as string)
    : undefined;
}

/** Returns a number that the DECIMAL holds; a text only with as many decimals as DuckDB prints. */
function inDecimal(
  { precision, scale }: { precision: number; scale: number },
  kind: LaneKind,
  value: LaneValue,
  digits?: () => string,
): string | undefined {
  if (kind === 'bool' || kind === 'json' || kind === 'timestamp') return undefined;
  const text = kind === 'double' ? (digits?.() ?? String(value)) : String(value);
  const decimal = decimalOf(text);
  if (decimal === undefined || decimal.exponent < -scale) return undefined;
  if (decimal.digits.length + decimal.exponent > precision - scale) return undefined;
  const printed = plainDecimal(decimal, scale);
  return kind === 'text' && printed !== text ? undefined : printed;
}

/** Returns the number with this many decimals and no exponent. */
function plainDecimal({ negative, digits, exponent }: Decimal, scale: number): string {
  const all = (digits + '0'.repeat(exponent + scale)).padStart(scale + 1, '0');
  const whole = all.slice(0, all.length - scale);
  const sign = negative && digits !== '' ? '-' : '';
  return `${sign}${whole}${scale === 0 ? '' : `.${all.slice(-scale)}`}`;
}

const INT64 = 2n ** 63n;

/** Returns the instant in UTC with nine digits of a second, where 64 bits of nanoseconds reach. */
function inNanoseconds(text: string): string | undefined {
  const micros = isoMicros(text);
  if (micros === undefined) return undefined;
  const beyond = /[.,]\d{6}(\d{1,3})/.exec(text)?.[1] ?? '';
  const nanos = micros * 1000n + BigInt(beyond.padEnd(3, '0'));
  // DuckDB's infinities are the ends of the range.
  if (nanos <= -INT64 + 1n || nanos >= INT64 - 1n) return undefined;
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((nanos - rest) / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds.replace('T', ' ')}.${String(rest).padStart(9, '0')}`;
}
