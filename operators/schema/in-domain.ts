import type { ColumnDomain, LaneKind } from '../types.js';
import { coerce } from './coerce.js';
import { integerOf, isRounded } from './decimal-text.js';
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
      const integer = integerSent(kind, value, digits);
      if (integer === undefined || integer < domain.min || integer > domain.max) return undefined;
      return domain.asText ? String(integer) : integer;
    }
    case 'float': {
      const number = coerce(kind, value, 'double') as number | undefined;
      if (number === undefined || Math.fround(number) !== number) return undefined;
      return digits !== undefined && isRounded(digits(), number) ? undefined : number;
    }
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

/** Returns the integer that was sent; a text only where it is written as the integer is printed. */
export function integerSent(
  kind: LaneKind,
  value: LaneValue,
  digits?: () => string,
): bigint | undefined {
  if (kind === 'bigint') return value as bigint;
  if (kind === 'hugeint') return integerOf(value as string);
  if (kind === 'double') return integerOf(digits?.() ?? String(value));
  return kind === 'text' && /^(0|-?[1-9]\d*)$/.test(value as string)
    ? integerOf(value as string)
    : undefined;
}
