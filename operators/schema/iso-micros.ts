const ZONE = '(?<zone>Z|[+-]\\d\\d(?::?\\d\\d)?)?';
const FRACTION = '(?:[.,](?<fraction>\\d+))?';
const EXTENDED_TIME = `(?<hour>\\d\\d)(?::(?<minute>\\d\\d)(?::(?<second>\\d\\d)${FRACTION})?)?`;
const BASIC_TIME = `(?<hour>\\d\\d)(?:(?<minute>\\d\\d)(?:(?<second>\\d\\d)${FRACTION})?)?`;

/** Each form that has a date and a time; basic and extended forms are never mixed. */
const FORMS = [
  `(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)[T ]${EXTENDED_TIME}${ZONE}`,
  `(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)[T ]${BASIC_TIME}${ZONE}`,
  // dlt takes this mix alone.
  `(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T${EXTENDED_TIME}${ZONE}`,
  `(?<year>\\d{4})-(?<yearDay>\\d{3})[T ]${EXTENDED_TIME}${ZONE}`,
  `(?<year>\\d{4})(?<yearDay>\\d{3})[T ]${BASIC_TIME}${ZONE}`,
  `(?<year>\\d{4})-W(?<week>\\d\\d)(?:-(?<weekday>\\d))?[T ]${EXTENDED_TIME}${ZONE}`,
  `(?<year>\\d{4})W(?<week>\\d\\d)(?<weekday>\\d)?[T ]${BASIC_TIME}${ZONE}`,
  `(?<year>\\d{4})(?:[/:]?(?<month>\\d\\d)[/:]?(?<day>\\d\\d))? (?<hour>\\d{1,2}):(?<minute>\\d{1,2})` +
    `(?::(?<second>\\d{1,2})${FRACTION})?`,
].map((form) => new RegExp(`^${form}$`));

const DAY = 86_400;
/** Begin of the year 10000, in seconds since 1970: what dlt's timestamps can hold ends there. */
const LAST = 253_402_300_800;
const FIRST = -62_135_596_800;

/**
 * Parses microseconds since 1970 UTC of a text that dlt recognises as a datetime: ISO 8601 with a
 * calendar, ordinal or week date and a time behind `T` or a blank, or `YYYY/MM/DD H:MM[:SS]` (with
 * `/`, `:` or nothing between, as in dlt's iso_timestamp detector). No zone is UTC; digits of a
 * second beyond six are cut. Undefined for anything else (dates alone and digits alone too), and
 * for what no calendar has.
 */
export function isoMicros(text: string): bigint | undefined {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts !== undefined) return microsOf(parts);
  }
  return undefined;
}

/**
 * Returns whether the text of a datetime or time has more digits of a second than `precision`, not
 * all of them zeros.
 */
export function isCut(text: string, precision = 6): boolean {
  const fraction = /[.,](\d+)/.exec(text)?.[1] ?? '';
  return /[1-9]/.test(fraction.slice(precision));
}

const MICROS = 86_400_000_000n;
const TIME =
  /^(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?|T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)(Z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * Parses a time of ISO 8601 in the forms that dlt takes for a `time` column, as microseconds since
 * midnight in UTC. Digits of a second beyond six are cut. Undefined for anything else.
 */
export function timeMicros(text: string): bigint | undefined {
  const parts = TIME.exec(text);
  if (parts === null) return undefined;
  const [hour, minute, second = '00', fraction = ''] =
    parts[1] === undefined ? parts.slice(5, 9) : parts.slice(1, 5);
  const at = isoMicros(
    `1970-01-01T${(hour as string).padStart(2, '0')}:${minute}:${second}${fraction && `.${fraction}`}${parts[9] ?? ''}`,
  );
  return at === undefined ? undefined : ((at % MICROS) + MICROS) % MICROS;
}

function microsOf(parts: Record<string, string | undefined>): bigint | undefined {
  const { hour, minute = '0', second = '0', fraction = '', zone = 'Z' } = parts;
  const day = daySeconds(parts);
  const offset = zoneMinutes(zone);
  if (day === undefined || offset === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = day + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second);
  if (seconds < FIRST || seconds >= LAST) return undefined;
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Returns seconds since 1970 of the date's midnight. */
function daySeconds(parts: Record<string, string | undefined>): number | undefined {
  const year = Number(parts['year']);
  if (year < 1) return undefined;
  if (parts['yearDay'] !== undefined) {
    const day = Number(parts['yearDay']);
    const first = midnight(year, 1, 1) as number;
    const days = ((midnight(year + 1, 1, 1) as number) - first) / DAY;
    return day < 1 || day > days ? undefined : first + (day - 1) * DAY;
  }
  if (parts['week'] === undefined)
    return midnight(year, Number(parts['month'] ?? 1), Number(parts['day'] ?? 1));
  const week = Number(parts['week']);
  const weekday = Number(parts['weekday'] ?? '1');
  const first = firstMonday(year);
  const weeks = (firstMonday(year + 1) - first) / (7 * DAY);
  return week < 1 || week > weeks || weekday < 1 || weekday > 7
    ? undefined
    : first + ((week - 1) * 7 + weekday - 1) * DAY;
}

function midnight(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() / 1000
    : undefined;
}

/** Returns the Monday of a year's first ISO week, which is the week of 4 January. */
function firstMonday(year: number): number {
  const fourth = midnight(year, 1, 4) as number;
  return fourth - ((new Date(fourth * 1000).getUTCDay() + 6) % 7) * DAY;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
}
