import { isoMicros } from '../iso-micros.js';
import { pythonFloat } from './python-numbers.js';

const DAY = 86_400_000_000n;
/** Seconds since 1970 at the begin of the years 1 and 10000. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_800;

/**
 * Reads a text as dlt reads the value of a `timestamp` column: a datetime or date of ISO 8601, a
 * year, a month, or a number of seconds since 1970. Microseconds since 1970 UTC.
 */
export function dltTimestamp(text: string): bigint | undefined {
  const moment = isoMicros(text) ?? midnightOf(text);
  if (moment !== undefined) return moment;
  const seconds = pythonFloat(text);
  return seconds === undefined ? undefined : microsOfSeconds(seconds);
}

/** Returns the day of microseconds since 1970, as days since 1970; undefined for none. */
export function dayOf(micros: bigint | undefined): number | undefined {
  if (micros === undefined) return undefined;
  const day = micros / DAY;
  return Number(micros % DAY < 0n ? day - 1n : day);
}

/**
 * Returns microseconds since 1970 for seconds since 1970, rounded half to even as Python does;
 * undefined beyond the years 1 to 9999.
 */
export function microsOfSeconds(seconds: number): bigint | undefined {
  if (!(seconds >= FIRST && seconds < LAST)) return undefined;
  const whole = Math.trunc(seconds);
  const micros = BigInt(whole) * 1_000_000n + BigInt(roundHalfEven((seconds - whole) * 1e6));
  return micros < BigInt(LAST) * 1_000_000n ? micros : undefined;
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** Reads a date alone, a year or a month, as the first microsecond of it. */
function midnightOf(text: string): bigint | undefined {
  if (/^\d{4}$/.test(text)) return isoMicros(`${text}-01-01T00`);
  const [, year, month] = /^(\d{4})[-/:](\d\d)$/.exec(text) ?? [];
  if (year !== undefined) return isoMicros(`${year}-${month}-01T00`);
  return /[T ]/.test(text) ? undefined : (isoMicros(`${text}T00`) ?? isoMicros(`${text} 0:00`));
}
