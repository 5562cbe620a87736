// JSON numbers (RFC 8259 §6). Integers are exact up to 64 bits; fractions are rounded correctly:
// Clinger's fast path, then Lemire, "Number Parsing at a Gigabyte per Second" (2021), and
// JavaScript's own Number for what that leaves undecided and for more than 19 digits. What neither
// type holds keeps its digits as text (HUGEINT).

import { Key, Kind, laneOf, noteSource, noteUnsafe, Table } from './columns';
import { refuse, Refusal } from './memory';
import { POWERS_OF_FIVE } from './power-of-five';
import { copyText } from './text';

/** JavaScript's Number() of the text. */
@external("border", "slowNumber") declare function slowNumber(p: usize, length: usize): f64;
/** Whether the number that the text writes changed when it became this double. */
@external("border", "isRounded")
declare function isRounded(p: usize, length: usize, value: f64): u32;

/** Start of the page: what sources count from. */
let page: usize = 0;

export function beginNumbers(pageAt: usize): void {
  page = pageAt;
}

/** Reads the number at `p` as a text, with the digits that were sent. */
export function readDigits(p: usize, table: Table, key: Key, row: u32): usize {
  const end = numberEnd(p);
  if (end) copyText(p, end - p, table, key, Kind.TEXT, row);
  return end;
}

const TENS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]);
const EXACT: u64 = 0x20000000000000; // 2^53
/** Decimals of so many significant digits all differ as doubles. */
const FIFTEEN_DIGITS: u64 = 999_999_999_999_999;

@inline function digit(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}
@inline function areDigits(v: u64): bool {
  return (
    ((v & 0xf0f0f0f0f0f0f0f0) | (((v + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) ==
    0x3333333333333333
  );
}
@inline function eightDigits(v: u64): u64 {
  v -= 0x3030303030303030;
  v = v * 10 + (v >> 8);
  return (
    ((v & 0x000000ff000000ff) * 0x000f424000000064 +
      ((v >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
    32
  );
}

/** Returns the place after the number at `p`, checked against the grammar only; 0 when refused. */
export function numberEnd(p: usize): usize {
  if (load<u8>(p) == 45) p++;
  if (digit(p) > 9) return refuse(Refusal.NUMBER, p);
  if (load<u8>(p) == 48) {
    p++;
    if (digit(p) <= 9) return refuse(Refusal.NUMBER, p);
  } else {
    while (digit(p) <= 9) p++;
  }
  if (load<u8>(p) == 46) {
    p++;
    if (digit(p) > 9) return refuse(Refusal.NUMBER, p);
    while (digit(p) <= 9) p++;
  }
  if (((<u32>load<u8>(p)) | 32) == 101) {
    p++;
    const sign: u32 = load<u8>(p);
    if (sign == 43 || sign == 45) p++;
    if (digit(p) > 9) return refuse(Refusal.NUMBER, p);
    while (digit(p) <= 9) p++;
  }
  return p;
}

/** Reads the number at `p` as the value of `row`; returns the place after it, 0 when refused. */
export function readNumber(p: usize, table: Table, key: Key, row: u32): usize {
  const start = p;
  const negative = load<u8>(p) == 45;
  if (negative) p++;
  let d = digit(p);
  if (d > 9) return refuse(Refusal.NUMBER, p);
  const first = p;
  let mantissa: u64 = d;
  p++;
  if (d) {
    for (d = digit(p); d <= 9; d = digit(p)) {
      mantissa = mantissa * 10 + d;
      p++;
    }
  } else {
    d = digit(p);
    if (d <= 9) return refuse(Refusal.NUMBER, p);
  }
  const digits = p - first;
  const isFraction = d == <u32>-2; // '.'
  if (!isFraction && d != 53 && d != 21)
    return endInteger(start, p, digits, mantissa, negative, table, key, row);
  return readFraction(start, first, p, digits, mantissa, negative, isFraction, table, key, row);
}

@inline function endInteger(
  start: usize,
  p: usize,
  digits: usize,
  mantissa: u64,
  negative: bool,
  table: Table,
  key: Key,
  row: u32,
): usize {
  if (digits >= 16) {
    if (
      digits >= 19 &&
      (digits > 19 || mantissa > (negative ? 0x8000000000000000 : 0x7fffffffffffffff))
    ) {
      copyText(start, p - start, table, key, Kind.HUGEINT, row);
      return p;
    }
    if (mantissa > EXACT) noteUnsafe(laneOf(table, key, Kind.BIGINT, row), row);
  }
  const lane = laneOf(table, key, Kind.BIGINT, row);
  store<i64>(lane.data + ((<usize>row) << 3), negative ? -(<i64>mantissa) : <i64>mantissa);
  if (negative && !mantissa) noteSource(table, lane, row, <u32>(start - page));
  lane.rows = row + 1;
  return p;
}

function readFraction(
  start: usize,
  first: usize,
  p: usize,
  digits: usize,
  mantissa: u64,
  negative: bool,
  isFraction: bool,
  table: Table,
  key: Key,
  row: u32,
): usize {
  let exponent: i32 = 0;
  if (isFraction) {
    p++;
    const point = p;
    if (mantissa == 0) while (load<u8>(p) == 48) p++;
    const significant = p;
    let v = load<u64>(p);
    if (areDigits(v)) {
      mantissa = mantissa * 100000000 + eightDigits(v);
      p += 8;
      v = load<u64>(p);
      if (areDigits(v)) {
        mantissa = mantissa * 100000000 + eightDigits(v);
        p += 8;
      }
    }
    for (let d = digit(p); d <= 9; d = digit(p)) {
      mantissa = mantissa * 10 + d;
      p++;
    }
    if (p == point) return refuse(Refusal.NUMBER, p);
    exponent = -(<i32>(p - point));
    digits = (load<u8>(first) != 48 ? digits : 0) + (p - significant);
  }
  if (((<u32>load<u8>(p)) | 32) == 101) {
    p++;
    const sign: u32 = load<u8>(p);
    if (sign == 43 || sign == 45) p++;
    const from = p;
    let e: i32 = 0;
    for (let d = digit(p); d <= 9; d = digit(p)) {
      if (e < 100000) e = e * 10 + <i32>d;
      p++;
    }
    if (p == from) return refuse(Refusal.NUMBER, p);
    exponent += sign == 45 ? -e : e;
  }
  let value: f64;
  let rounds = false;
  if (mantissa <= FIFTEEN_DIGITS && digits <= 17 && exponent >= -22 && exponent <= 22) {
    const scale = load<f64>(TENS + ((<usize>abs(exponent)) << 3));
    value = exponent < 0 ? <f64>mantissa / scale : <f64>mantissa * scale;
    if (negative) value = -value;
  } else {
    undecided = digits > 19;
    unsure = undecided;
    maybeRounded = false;
    const bits: u64 = undecided ? 0 : nearest(mantissa, exponent);
    value = undecided
      ? slowNumber(start, p - start)
      : reinterpret<f64>(bits | (negative ? 0x8000000000000000 : 0));
    if (abs(value) == Infinity) {
      copyText(start, p - start, table, key, Kind.HUGEINT, row);
      return p;
    }
    rounds = unsure || undecided || maybeRounded;
  }
  const lane = laneOf(table, key, Kind.DOUBLE, row);
  store<f64>(lane.data + ((<usize>row) << 3), value);
  store<u32>(lane.source + ((<usize>row) << 2), <u32>(start - page));
  if (rounds && !lane.unsafe && isRounded(start, p - start, value)) noteUnsafe(lane, row);
  lane.rows = row + 1;
  return p;
}

let undecided: bool = false;
/** `nearest` does not know whether the number was rounded. */
let unsure: bool = false;
/** `nearest` may have lost digits that were sent. */
let maybeRounded: bool = false;
let productLow: u64 = 0;

/** The high half of a 128-bit product; the low half in `productLow`. */
@inline function multiply(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const p00 = a0 * b0;
  const p01 = a0 * b1;
  const p10 = a1 * b0;
  const middle = (p00 >> 32) + (p01 & 0xffffffff) + (p10 & 0xffffffff);
  productLow = (p00 & 0xffffffff) | (middle << 32);
  return a1 * b1 + (p01 >> 32) + (p10 >> 32) + (middle >> 32);
}

/**
 * Returns the bits of the double nearest to mantissa × 10^exponent (Lemire's algorithm); sets
 * `undecided` where 128 bits do not decide.
 */
function nearest(mantissa: u64, exponent: i32): u64 {
  if (mantissa == 0) return 0;
  if (exponent < -342) {
    unsure = true;
    return 0;
  }
  if (exponent > 308) return 0x7ff0000000000000;
  const zeros = <u32>clz(mantissa);
  const w = mantissa << zeros;
  const power = POWERS_OF_FIVE + ((<usize>(exponent + 342)) << 4);
  let high = multiply(w, load<u64>(power));
  let low = productLow;
  if ((high & 0x1ff) == 0x1ff) {
    const more = multiply(w, load<u64>(power, 8));
    low += more;
    if (more > low) high++;
  }
  if (low == 0xffffffffffffffff && (exponent < -27 || exponent > 55)) {
    undecided = true;
    return 0;
  }
  const upper = <u32>(high >> 63);
  const shift = <u64>(upper + 9);
  let bits = high >> shift;
  let binary = (((152170 + 65536) * exponent) >> 16) + 63 + <i32>upper - <i32>zeros + 1023;
  if (binary <= 0) {
    unsure = true;
    if (1 - binary >= 64) return 0;
    bits >>= <u64>(1 - binary);
    bits += bits & 1;
    return bits >> 1;
  }
  if (mantissa > FIFTEEN_DIGITS) noteRounding(mantissa, high, low, shift, w, power);
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (bits & 3) == 1 && bits << shift == high)
    bits &= ~1;
  bits += bits & 1;
  bits >>= 1;
  if (bits >= EXACT) {
    bits = 0x10000000000000;
    binary++;
  }
  if (binary >= 2047) return 0x7ff0000000000000;
  return (bits & 0xfffffffffffff) | ((<u64>binary) << 52);
}

/** What the first product leaves out, in units of a double's last bit, is less than this. */
const BLUR: f64 = 1.0 / 256.0;
/**
 * The sum below is itself in doubles: `away` is at least 2^-13 and known to 2^-53. A tie, where two
 * decimals are equally near, counts as rounded.
 */
const SLACK: f64 = 1.0 + 1.0 / 274877906944.0;

/**
 * Sets `maybeRounded` when the double, printed with as many digits as the mantissa has, is another
 * number, or lies halfway between two of which one was sent: its distance in units of its last bit,
 * `away`, times the mantissa is at least half its own 53 bits, `kept`. Both come from the product
 * that `nearest` has made, or where that is not enough from a longer one. Zeros at the end of the
 * mantissa are no digits.
 */
function noteRounding(mantissa: u64, high: u64, low: u64, shift: u64, w: u64, power: usize): void {
  const kept = <f64>(high >> (shift + 1));
  let away = awayOf(high, low, shift);
  if ((away + BLUR) * <f64>mantissa < kept * 0.5) return;
  high = multiply(w, load<u64>(power));
  low = productLow;
  const more = multiply(w, load<u64>(power, 8));
  low += more;
  if (more > low) high++;
  away = awayOf(high, low, shift) * SLACK;
  if (away * <f64>mantissa < kept * 0.5) return;
  while (mantissa % 10 == 0) mantissa /= 10;
  if (away * <f64>mantissa >= kept * 0.5) maybeRounded = true;
}

/** How far the product is from its 53 bits, or the next, in units of the last of them. */
@inline function awayOf(high: u64, low: u64, shift: u64): f64 {
  const fraction = <f64>((high << (63 - shift)) | (low >> (shift + 1))) / 18446744073709551616.0;
  return fraction < 0.5 ? fraction : 1.0 - fraction;
}
