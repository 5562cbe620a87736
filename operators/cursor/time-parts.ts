/** The parts of a date or time that can be written in more than one way, as they are written. */
export interface TimeParts {
  /** `2026-01-31` */
  date: string;
  /** Between date and clock; undefined for a date alone, which has no clock and no zone either. */
  separator?: string;
  /** `12:30`, `12:30:00` or `12:30:00.5` */
  clock?: string;
  /** Digits of a second, with the point or comma in front. */
  fraction?: string;
  /** `Z`, `+02:00` or `+0200` */
  zone?: string;
}

/** The parts of a text that is a date or a time (ISO 8601); null for any other. */
export function timeParts(value: string): TimeParts | null {
  return (TIME.exec(value)?.groups as TimeParts | undefined) ?? null;
}

const TIME =
  /^(?<date>\d{4}-\d\d-\d\d)(?:(?<separator>[T ])(?<clock>\d\d:\d\d(?::\d\d(?<fraction>[.,]\d+)?)?)(?<zone>Z|[+-]\d\d:?\d\d)?)?$/i;
