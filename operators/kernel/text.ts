// JSON strings: escapes (RFC 8259 §7) and copying into text lanes.

import { endText, growText, Key, Kind, Lane, laneOf, noteUnsafe, Table } from './columns';
import { refuse, Refusal } from './memory';
import { special } from './scan';

let afterEscape: usize = 0;

/** Where reading goes on after the escape that `unescape` decoded. */
@inline export function escapeEnd(): usize {
  return afterEscape;
}

let isHalf: bool = false;

/** Whether an escape since the last call was half a surrogate pair, for which UTF-8 has no form. */
@inline export function halfMet(): bool {
  const met = isHalf;
  isHalf = false;
  return met;
}

/**
 * Writes half a surrogate pair in a key (escaped behind the backslash before `p`) as the six
 * characters of its escape at `to`, so that two such keys stay two; returns the end of what it
 * wrote.
 */
export function spellHalf(p: usize, to: usize): usize {
  store<u8>(to, 92);
  for (let i: usize = 0; i < 5; i++) store<u8>(to + i, load<u8>(p + i) | 32, 1);
  return to + 6;
}

@inline function hexDigit(c: u32): u32 {
  const digit = c - 48;
  if (digit <= 9) return digit;
  const letter = (c | 32) - 97;
  return letter <= 5 ? letter + 10 : 0x10000;
}

/** Four hex digits; 0x10000 or more where one of them is none. */
@inline function hex4(p: usize): u32 {
  return (
    (hexDigit(load<u8>(p)) << 12) |
    (hexDigit(load<u8>(p, 1)) << 8) |
    (hexDigit(load<u8>(p, 2)) << 4) |
    hexDigit(load<u8>(p, 3))
  );
}

/**
 * Decodes the escape after the backslash before `p` to `to` (room for 4); returns the end of what
 * it wrote, 0 when refused.
 */
export function unescape(p: usize, to: usize): usize {
  let c: u32 = load<u8>(p);
  afterEscape = p + 1;
  switch (c) {
    case 34:
    case 92:
    case 47:
      break;
    case 98:
      c = 8;
      break;
    case 102:
      c = 12;
      break;
    case 110:
      c = 10;
      break;
    case 114:
      c = 13;
      break;
    case 116:
      c = 9;
      break;
    case 117:
      return unescapeUnicode(p, to);
    default:
      return refuse(Refusal.ESCAPE, p);
  }
  store<u8>(to, c);
  return to + 1;
}

function unescapeUnicode(p: usize, to: usize): usize {
  let code = hex4(p + 1);
  if (code > 0xffff) return refuse(Refusal.ESCAPE, p);
  afterEscape = p + 5;
  if ((code & 0xf800) == 0xd800) {
    let low: u32 = 0;
    if (code < 0xdc00 && load<u16>(p + 5) == 0x755c) {
      low = hex4(p + 7);
      if (low > 0xffff) return refuse(Refusal.ESCAPE, p + 6);
    }
    if ((low & 0xfc00) == 0xdc00) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      afterEscape = p + 11;
    } else {
      code = 0xfffd;
      isHalf = true;
    }
  }
  return encode(code, to);
}

function encode(code: u32, to: usize): usize {
  if (code < 0x80) {
    store<u8>(to, code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, 0xc0 | (code >> 6));
    store<u8>(to, 0x80 | (code & 63), 1);
    return to + 2;
  }
  if (code < 0x10000) {
    store<u8>(to, 0xe0 | (code >> 12));
    store<u8>(to, 0x80 | ((code >> 6) & 63), 1);
    store<u8>(to, 0x80 | (code & 63), 2);
    return to + 3;
  }
  store<u8>(to, 0xf0 | (code >> 18));
  store<u8>(to, 0x80 | ((code >> 12) & 63), 1);
  store<u8>(to, 0x80 | ((code >> 6) & 63), 2);
  store<u8>(to, 0x80 | (code & 63), 3);
  return to + 4;
}

let isKey: bool = false;

/**
 * Reads as `readText` does, for a key that becomes a value: half a surrogate pair is spelt as in
 * keys.
 */
export function readKey(p: usize, table: Table, key: Key, row: u32): usize {
  isKey = true;
  p = readText(p, table, key, row);
  isKey = false;
  return p;
}

/**
 * Reads the string after the quote before `p` as the text of `row`; returns the place after its
 * closing quote, 0 when refused.
 */
export function readText(p: usize, table: Table, key: Key, row: u32): usize {
  const lane = laneOf(table, key, Kind.TEXT, row);
  let to = lane.at;
  let limit = lane.limit;
  for (;;) {
    if (to > limit) {
      to = growText(lane, to, 64);
      limit = lane.limit;
    }
    const v = v128.load(p);
    v128.store(to, v);
    const stops = special(v);
    if (!stops) {
      p += 16;
      to += 16;
      continue;
    }
    const run: usize = ctz(stops);
    p += run;
    to += run;
    const c: u32 = load<u8>(p);
    if (c == 34) break;
    if (c != 92) return refuse(Refusal.CONTROL, p);
    const start = to;
    to = unescape(p + 1, to);
    if (!to) return 0;
    if (halfMet()) {
      noteUnsafe(lane, row);
      if (isKey) to = spellHalf(p + 1, start);
    }
    p = afterEscape;
  }
  endText(lane, row, to);
  return p + 1;
}

/** Copies `length` bytes as they are, as the value of `row` in a text-like lane. */
export function copyText(
  from: usize,
  length: usize,
  table: Table,
  key: Key,
  kind: u32,
  row: u32,
): void {
  const lane: Lane = laneOf(table, key, kind, row);
  let to = lane.at;
  if (to + length > lane.limit) to = growText(lane, to, length);
  memory.copy(to, from, length);
  endText(lane, row, to + length);
}
