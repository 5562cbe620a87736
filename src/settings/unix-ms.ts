/**
 * Returns milliseconds since 1970 of an ISO 8601 date or time; a time without a zone is UTC
 * (Date.parse would take it as local). NaN for other text.
 */
export function unixMs(text: string): number {
  const [, date, time, zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text,
    ) ?? [];
  if (date === undefined) return Number.NaN;
  return Date.parse(time === undefined ? date : `${date}T${time}${zone}`);
}

/**
 * Returns seconds since 1970 of digits, which are seconds already, or of an ISO 8601 text; else
 * NaN.
 */
export function unixSeconds(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Math.floor(unixMs(text) / 1000);
}
