import { printJson } from '../../../operators/json/print-json.js';
import { userFunction } from '../../../operators/settings/user-function.js';
import type { Json } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { unixMs } from '../../settings/unix-ms.js';

/** Values that a cursor can have. */
export type CursorValue = string | number | bigint;

/**
 * Requests only what is new: where the last run ended, the next one begins. In dlt's
 * words.
 */
export interface IncrementalConfig {
  /** Dotted path in each row to the value that grows: a time, a number, an id. */
  cursorPath: string;
  /** Where the first run begins. @default none: everything */
  initialValue?: CursorValue;
  /**
   * Where the run ends: a run with an end is a backfill, and what it saw is not kept. @default none
   */
  endValue?: CursorValue;
  /** Query parameter that takes the start value; left out while there is none. */
  startParam?: string;
  /** Query parameter that takes the end value; left out while there is none. */
  endParam?: string;
  /**
   * The form that the API wants values in; applied to start, initial, last and end value alike.
   * @default as they are
   */
  convert?: (value: CursorValue) => Json;
  /**
   * The run begins so much before the last value, never before `initialValue`: seconds where values
   * are times, days where they are dates, else the number itself. Rows come again then: merge them
   * by key. @default 0
   */
  lag?: number;
  /** `min` where values fall: newest first. @default 'max' */
  lastValueFunc?: 'max' | 'min';
}

/** The values that requests of a run are made with, by the names that placeholders use. */
export interface IncrementalValues {
  startValue: Json;
  initialValue: Json;
  lastValue: Json;
  endValue: Json;
}

/**
 * What requests are made with, `last` being what earlier runs kept; null where there is no value.
 */
export function incrementalValues(
  config: IncrementalConfig,
  last: CursorValue | null,
  resource: string,
): IncrementalValues {
  const { initialValue = null, endValue = null, convert } = config;
  const shown = (value: CursorValue | null): Json =>
    value === null || convert === undefined
      ? value
      : userFunction({ name: 'incremental.convert', resource }).call(
          () => convert(value),
          (made) => valueFault(made) ?? queryFault(config, made),
        );
  const start = endValue === null ? startOf(config, last) : initialValue;
  return {
    startValue: shown(start),
    initialValue: shown(initialValue),
    lastValue: shown(start),
    endValue: shown(endValue),
  };
}

/** Null for what JSON holds; a date is none, since nobody knows in which form it is wanted. */
function valueFault(value: unknown): string | null {
  const wanted = 'return the value as the API wants it, a text or number.';
  if (value === undefined || value instanceof Date) return wanted;
  try {
    printJson(value);
    return null;
  } catch {
    return wanted;
  }
}

/** What is wrong with a value that goes into a query; null for one that does not. */
function queryFault({ startParam, endParam }: IncrementalConfig, value: unknown): string | null {
  const isObject = [value].flat().some((one) => typeof one === 'object' && one !== null);
  return isObject && (startParam ?? endParam) !== undefined
    ? 'a query parameter holds a text or number. Put an object into `json` with {incremental.startValue}.'
    : null;
}

/**
 * The further of two values: `last` where a row has none. ConfigError for values that cannot be
 * ordered.
 */
export function further(
  { cursorPath, lastValueFunc = 'max' }: IncrementalConfig,
  last: CursorValue | null,
  value: Json | undefined,
): CursorValue | null {
  if (value === undefined || value === null) return last;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint')
    throw new ConfigError(
      `incremental.cursorPath \`${cursorPath}\` leads to ${typeof value === 'boolean' ? 'true or false' : 'an object or list'}; it must lead to a text or number that grows.`,
    );
  if (last === null) return value;
  if ((typeof value === 'string') !== (typeof last === 'string'))
    throw new ConfigError(
      `incremental.cursorPath \`${cursorPath}\` leads to a ${typeof value} in some rows and a ${typeof last} in others, which have no order. Convert them with a processing step, or name another field.`,
    );
  // Numbers and bigints compare with each other; texts by code unit, which is the order of times.
  return (lastValueFunc === 'max' ? value > last : value < last) ? value : last;
}

function startOf(config: IncrementalConfig, last: CursorValue | null): CursorValue | null {
  const { initialValue = null, lag = 0, lastValueFunc = 'max' } = config;
  if (last === null || lag === 0) return last ?? initialValue;
  const back = shifted(last, lastValueFunc === 'max' ? -lag : lag);
  return initialValue === null ? back : further(config, initialValue, back);
}

/**
 * A value moved by so many seconds, days or units, written as it was: texts in one form keep their
 * order.
 */
function shifted(value: CursorValue, by: number): CursorValue {
  if (typeof value === 'number') return value + by;
  if (typeof value === 'bigint') return value + BigInt(Math.round(by));
  const time = unixMs(value);
  if (Number.isNaN(time))
    throw new ConfigError(
      `incremental.lag needs numbers, dates or times (ISO 8601); the last value is \`${value}\`.`,
    );
  const { separator, seconds, fraction = '', zone = '' } = TIME.exec(value)?.groups ?? {};
  if (separator === undefined) return iso(time + by * 86_400_000).slice(0, 10);
  const moved = iso(time + by * 1_000 + offsetMs(zone));
  const shown = seconds === undefined ? moved.slice(11, 16) : moved.slice(11, 19);
  // Digits beyond milliseconds stay as they are.
  const digits = `${moved.slice(20, 23)}${fraction.slice(4)}`.slice(
    0,
    Math.max(0, fraction.length - 1),
  );
  return `${moved.slice(0, 10)}${separator}${shown}${digits && `.${digits}`}${zone}`;
}

/** The parts of a time that can be written in more than one way. */
const TIME =
  /(?<separator>[T ])\d\d:\d\d(?<seconds>:\d\d)?(?<fraction>\.\d+)?(?<zone>Z|[+-]\d\d:?\d\d)?$/i;

function offsetMs(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
