/**
 * An HTTP date in milliseconds since 1970: any of the three forms of RFC 9110 §5.6.7, and ISO 8601,
 * which some send; null for all else, of which Date.parse would make strange dates. All are UTC,
 * said or not.
 */
export function httpDate(text: string): number | null {
  const iso = /^\d{4}-\d\d-\d\dT/.test(text);
  if (!iso && !/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s/.test(text)) return null;
  const zoned = /(GMT|UTC|Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}${iso ? 'Z' : ' GMT'}`;
  const date = Date.parse(zoned);
  return Number.isNaN(date) ? null : date;
}
