/** Digits of a decimal that a number always has. */
export const DOUBLE_DIGITS = 15;

/** A decimal as rows have it: a number, or a text where a number would not have all its digits. */
export function decimalValue(integer: bigint, scale: number): number | string {
  const magnitude = integer < 0n ? -integer : integer;
  const digits = String(magnitude).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = `${integer < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
  return magnitude < 10n ** BigInt(DOUBLE_DIGITS) ? Number(text) : text;
}
