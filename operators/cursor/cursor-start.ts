import { ConfigError } from '../errors.js';
import type { CursorRules, CursorValue } from './cursor-config.js';
import { furtherOf } from './further.js';
import { type TimeParts, timeParts } from './time-parts.js';

/**
 * Where a run begins, `last` being the value that earlier runs kept: `lag` before it, but never
 * before `initialValue`. Null: at the first row. Source: dlt/extract/incremental/lag.py.
 *
 * `isDouble`: `last` is one, also where it is whole, so its start may have a fraction.
 *
 * Errors: ConfigError for a lag of texts that are no times.
 */
export function cursorStart(
  config: CursorRules,
  last: CursorValue | null,
  isDouble = false,
): CursorValue | null {
  const { initialValue = null, endValue, lag = 0, lastValueFunc = 'max' } = config;
  if (endValue !== undefined) return initialValue;
  if (last === null || lag === 0 || typeof lastValueFunc === 'function')
    return last ?? initialValue;
  const by = lastValueFunc === 'max' ? -lag : lag;
  const back =
    isDouble && typeof last === 'number'
      ? last + by
      : shifted(last, by, typeof initialValue === 'string' && isDate(initialValue));
  return initialValue === null ? back : furtherOf(config)([initialValue, back]);
}

/**
 * A value moved by so many seconds, days or units, written as it was: texts in one form keep their
 * order. `byDays`: times too are moved by days, to the beginning of a day (to its end where they
 * are moved forward).
 */
function shifted(value: CursorValue, by: number, byDays: boolean): CursorValue {
  if (typeof value === 'number')
    return Number.isInteger(value) ? Math.trunc(value + by) : value + by;
  if (typeof value === 'bigint') return value + BigInt(Math.trunc(by));
  const parts: Partial<TimeParts> = timeParts(value) ?? {};
  const { date, separator, clock = '', fraction = '', zone = '' } = parts;
  const compact = COMPACT.exec(value)?.slice(1).join('-');
  const time = Date.parse(
    compact ?? (clock === '' ? value : `${date}T${clock.replace(',', '.')}${zone || 'Z'}`),
  );
  if ((date === undefined && compact === undefined) || Number.isNaN(time))
    throw new ConfigError(
      `incremental.lag needs numbers, dates or times (ISO 8601); the last value is \`${value}\`.`,
    );
  if (separator === undefined) {
    const day = iso(time + Math.trunc(by) * DAY).slice(0, 10);
    return compact === undefined ? day : day.replaceAll('-', '');
  }
  const begin = Math.floor(time / DAY) * DAY + (by > 0 ? DAY - 1 : 0);
  const to = byDays ? begin + Math.trunc(by) * DAY : time + by * 1_000;
  const moved = iso(to + offsetMs(zone));
  const shown = moved.slice(11, clock.length > 5 ? 19 : 16);
  // Digits beyond milliseconds stay as they are.
  const digits = `${moved.slice(20, 23)}${fraction.slice(4)}`.slice(
    0,
    Math.max(0, fraction.length - 1),
  );
  return `${moved.slice(0, 10)}${separator}${shown}${digits && fraction.slice(0, 1) + digits}${zone}`;
}

const DAY = 86_400_000;
const COMPACT = /^(\d{4})(\d\d)(\d\d)$/;

function isDate(value: string): boolean {
  return COMPACT.test(value) || /^\d{4}-\d\d-\d\d$/.test(value);
}

function offsetMs(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
