// Timestamps as text: YYYY-MM-DD, then T or a blank, then HH:MM[:SS[.fraction]], then Z, ±HH, ±HHMM
// or ±HH:MM, or nothing (which is UTC). ISO 8601 in the form that RFC 3339 and PostgreSQL write;
// fractions of up to 9 digits are cut to microseconds.

/** Microseconds of the text of a datetime in any form that dlt recognises; NONE for others. */
@external("border", "readTimestamp")
declare function readTimestamp(p: usize, length: usize): i64;

const NONE: i64 = i64.MIN_VALUE;
/** Characters of `2024001T10`, and of the longest form with escapes. */
const SHORTEST: usize = 10;
const LONGEST: usize = 240;
/** Seconds since 1970 at the begin of the years 1 and 10000. */
const FIRST: i64 = -62135596800;
const LAST: i64 = 253402300800;

let micros: i64 = 0;
let cut: u32 = 0;

/** Microseconds since 1970 UTC of the timestamp that `timestampEnd` found. */
@inline export function timestampMicros(): i64 {
  return micros;
}

/** 1 when that timestamp has, or may have, digits that microseconds do not hold. */
@inline export function timestampCut(): u32 {
  return cut;
}

/**
 * Does what `timestampEnd` does for the forms that are rarely sent, and for those with escapes:
 * JavaScript reads them.
 */
export function rareTimestampEnd(p: usize): usize {
  let end = p;
  while (load<u8>(end) != 34) {
    if (!load<u8>(end) || end - p > LONGEST) return 0;
    end++;
  }
  if (end - p < SHORTEST) return 0;
  micros = readTimestamp(p, end - p);
  if (micros == NONE) return 0;
  cut = 1;
  return end;
}

@inline function digit(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}

/**
 * Returns the closing quote of the timestamp that begins at `p`; 0 when the string is something
 * else.
 */
export function timestampEnd(p: usize): usize {
  const v = v128.load(p);
  const d = i8x16.sub(v, i8x16.splat(48));
  // Digits at 0-3, 5, 6, 8, 9, 11, 12, 14, 15 and nowhere else.
  if (i8x16.bitmask(i8x16.lt_u(d, i8x16.splat(10))) != 0xdb6f) return 0;
  if (
    i8x16.extract_lane_u(v, 4) != 45 ||
    i8x16.extract_lane_u(v, 7) != 45 ||
    i8x16.extract_lane_u(v, 13) != 58
  )
    return 0;
  const separator: u32 = i8x16.extract_lane_u(v, 10);
  if (separator != 84 && separator != 32) return 0;
  const tens = i8x16.swizzle(d, i8x16(0, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const ones = i8x16.swizzle(d, i8x16(1, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const twice = i8x16.add(tens, tens);
  const eight = i8x16.add(i8x16.add(twice, twice), i8x16.add(twice, twice));
  const pairs = i64x2.extract_lane(i8x16.add(i8x16.add(eight, twice), ones), 0);
  const year = <i32>(pairs & 255) * 100 + <i32>((pairs >> 8) & 255);
  const month = <i32>((pairs >> 16) & 255);
  const day = <i32>((pairs >> 24) & 255);
  const hour = <i32>((pairs >> 32) & 255);
  const minute = <i32>((pairs >> 40) & 255);
  if (year < 1 || <u32>(month - 1) > 11 || <u32>(day - 1) > 30 || hour > 23 || minute > 59)
    return 0;
  if (day > 28 && day > daysIn(year, month)) return 0;
  p += 16;
  let seconds = 0;
  let fraction = 0;
  cut = 0;
  if (load<u8>(p) == 58) {
    if (digit(p + 1) > 5 || digit(p + 2) > 9) return 0;
    seconds = <i32>(digit(p + 1) * 10 + digit(p + 2));
    p += 3;
    const point: u32 = load<u8>(p);
    if (point == 46 || point == 44) {
      let digits = 0;
      for (p++; digit(p) <= 9; p++) {
        if (digits < 6) fraction = fraction * 10 + <i32>digit(p);
        else cut |= digit(p);
        digits++;
      }
      if (digits == 0 || digits > 9) return 0;
      for (; digits < 6; digits++) fraction *= 10;
    }
  }
  let offset = 0;
  const zone: u32 = load<u8>(p);
  if (zone == 90) {
    p++;
  } else if (zone == 43 || zone == 45) {
    if (digit(p + 1) > 2 || digit(p + 2) > 9) return 0;
    const hours = digit(p + 1) * 10 + digit(p + 2);
    let minutes: u32 = 0;
    p += 3;
    if (load<u8>(p) == 58) {
      p++;
      if (digit(p) > 9) return 0;
    }
    if (digit(p) <= 9) {
      if (digit(p) > 5 || digit(p + 1) > 9) return 0;
      minutes = digit(p) * 10 + digit(p + 1);
      p += 2;
    }
    if (hours > 23) return 0;
    offset = <i32>(hours * 60 + minutes);
    if (zone == 45) offset = -offset;
  }
  if (load<u8>(p) != 34) return 0;
  const second = hour * 3600 + minute * 60 + seconds - offset * 60;
  const since = <i64>daysSince1970(year, month, day) * 86400 + <i64>second;
  if (since < FIRST || since >= LAST) return 0;
  micros = since * 1000000 + <i64>fraction;
  return p;
}

@inline function daysIn(year: i32, month: i32): i32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/**
 * Proleptic Gregorian calendar; the method of H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms". Years above 0.
 */
@inline function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const y = year - <i32>(month <= 2);
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}
