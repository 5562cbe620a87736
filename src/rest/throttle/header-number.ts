/** A header's value as a number that is not negative; null for all else. */
export function headerNumber(text: string | null | undefined): number | null {
  return typeof text === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
