/** The number that a text writes in decimal, whatever its spelling: digits × 10^exponent. */
export interface Decimal {
  negative: boolean;
  /** Without zeros in front or behind; empty for zero. */
  digits: string;
  exponent: number;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Reads a JSON number, or what JavaScript prints for one. Undefined for any other text. */
export function decimalOf(text: string): Decimal | undefined {
  const [, sign, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const all = whole + fraction;
  const kept = all.replace(/0+$/, '');
  return {
    negative: sign === '-',
    digits: kept.replace(/^0+/, ''),
    exponent: kept === '' ? 0 : Number(exponent) - fraction.length + all.length - kept.length,
  };
}

/** Digits that an exact integer may have here; no column takes more. */
const LONGEST_INTEGER = 64;

/**
 * Returns the integer that the text writes, `1.0` and `1e2` among them; undefined where it is none.
 */
export function integerOf(text: string): bigint | undefined {
  const decimal = decimalOf(text);
  if (decimal === undefined || decimal.exponent < 0) return undefined;
  const { negative, digits, exponent } = decimal;
  if (digits.length + exponent > LONGEST_INTEGER) return undefined;
  const magnitude = BigInt(digits + '0'.repeat(digits === '' ? 0 : exponent));
  return negative ? -magnitude : magnitude;
}

/** Digits that `toPrecision` prints at most. */
const MOST_PRECISE = 100;

/**
 * Returns whether a number changed when it became this double: the double, printed with as many
 * significant digits as the text has, is another number.
 */
export function isRounded(text: string, value: number): boolean {
  if (String(value) === text) return false;
  const sent = decimalOf(text);
  if (sent === undefined || sent.digits === '') return false;
  if (value === 0 || sent.digits.length > MOST_PRECISE) return true;
  // Of two decimals that are equally near, each of these prints one.
  return [String(value), value.toPrecision(sent.digits.length)].every((printed) => {
    const kept = decimalOf(printed);
    return kept?.digits !== sent.digits || kept.exponent !== sent.exponent;
  });
}
