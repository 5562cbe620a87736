// Ids of rows by all that they hold: dlt's JSON of a row (orjson with sorted keys), hashed. The
// page has been walked, so it is JSON: what is checked here only keeps loops within it. What is
// rare (a name with escapes, half a surrogate pair, a thousand members) is left to JavaScript.

import { allocate, regrow, release } from './memory';
import { blanks, special } from './scan';
import { HASH_ID_LENGTH, writeHashId, writeHashIds } from './shake128';
import { escapeEnd, halfMet, unescape } from './text';

/** Writes dlt's form of the double that the text writes to `to`; returns its length. */
@external("border", "printDouble")
declare function printDouble(p: usize, length: usize, to: usize): usize;

/** Bytes that may be written behind `to` without asking. */
const SLACK: usize = 64;
/** Where the row is printed, how large that is, and how far it is printed. */
let out: usize = 0;
let size: usize = 0;
let to: usize = 0;

/**
 * A member: where it begins in the text, the length of its name, where it ends, and the first eight
 * bytes of the name as a number that sorts as they do.
 */
const MEMBER: usize = 24;
const MOST_MEMBERS: u32 = 1000;
let members: usize = 0;
let count: u32 = 0;
let memberRoom: u32 = 0;
let copy: usize = 0;
let copySize: usize = 0;

/**
 * Writes the ids of the rows of the list at `p` to `ids`, of at most `rows`; returns their number,
 * or -1 where JavaScript must make them. Nulls are no rows, other scalars and lists are rows with a
 * `value`.
 */
export function hashRows(p: usize, rows: i32, ids: usize): i32 {
  if (!out) {
    size = 65536;
    out = allocate(size);
  }
  let made: i32 = 0;
  /** Bytes of a row that waits for the next one: two are hashed at once. */
  let waiting: usize = 0;
  p = blanks(p + 1);
  while (load<u8>(p) != 93) {
    if (load<u32>(p) == 0x6c6c756e) {
      p += 4;
    } else {
      if (made == rows) return -1;
      to = out + waiting;
      count = 0;
      if (load<u8>(p) == 123) {
        p = object(p, true);
      } else {
        // {"value":
        store<u64>(to, 0x2265756c6176227b);
        store<u8>(to, 58, 8);
        to += 9;
        p = value(p);
        put(125);
      }
      if (!p) return -1;
      if (waiting) {
        writeHashIds(out, waiting, out + waiting, to - out - waiting, ids);
        ids += 2 * HASH_ID_LENGTH;
        waiting = 0;
      } else {
        waiting = to - out;
      }
      made++;
    }
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) p = blanks(p + 1);
    else if (c != 93) return -1;
  }
  if (waiting) writeHashId(out, waiting, ids);
  return made;
}

@inline function room(bytes: usize): void {
  if (to + bytes + SLACK > out + size) grow(bytes);
}
function grow(bytes: usize): void {
  const used = to - out;
  let larger = size << 1;
  while (larger < used + bytes + SLACK) larger <<= 1;
  out = regrow(out, used, size, larger);
  size = larger;
  to = out + used;
}
@inline function put(c: u32): void {
  room(1);
  store<u8>(to++, c);
}

/** Copies sixteen bytes at a time, up to fifteen too many. */
@inline function copyText(from: usize, length: usize, into: usize): void {
  for (const end = from + length; from < end; from += 16, into += 16)
    v128.store(into, v128.load(from));
}

/** Prints the value at `p`; returns the place after it, 0 where JavaScript must. */
function value(p: usize): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) return string(p + 1, false);
  if (c == 123) return object(p, false);
  if (c == 91) return list(p);
  if (c - 48 <= 9 || c == 45) return number(p);
  const length: usize = c == 102 ? 5 : 4;
  if (c != 116 && c != 102 && c != 110) return 0;
  room(length);
  store<u64>(to, load<u64>(p));
  to += length;
  return p + length;
}

function number(p: usize): usize {
  let isDouble = false;
  let end = p;
  for (;; end++) {
    const c: u32 = load<u8>(end);
    if (c == 46 || (c | 32) == 101) isDouble = true;
    else if (c - 48 > 9 && c != 45 && c != 43) break;
  }
  const length = end - p;
  room(length);
  if (isDouble && !isShort(p, end)) {
    to += printDouble(p, length, to);
  } else if (!isDouble && length == 2 && load<u16>(p) == 0x302d) {
    store<u8>(to++, 48); // -0
  } else {
    copyText(p, length, to);
    to += length;
  }
  return end;
}

/**
 * Whether a double is written as it is printed: without exponent, with no more digits than every
 * double keeps, not too small, without zeros at its end.
 */
function isShort(p: usize, end: usize): bool {
  if (end - p > 16) return false;
  if (load<u8>(p) == 45) p++;
  if ((load<u64>(p) & 0xffffffffffff) == 0x303030302e30) return false; // 0.0000
  let point: usize = 0;
  for (let at = p; at < end; at++) {
    const c: u32 = load<u8>(at);
    if (c == 46) point = at;
    else if (c - 48 > 9) return false;
  }
  return load<u8>(end - 1) != 48 || point == end - 2;
}

/** Prints the string after the quote before `p`. */
function string(p: usize, isName: bool): usize {
  put(34);
  for (;;) {
    room(32);
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
    if (c == 34) {
      store<u8>(to++, 34);
      return p + 1;
    }
    if (c != 92 || isName) return 0;
    const end = unescape(p + 1, to);
    if (!end || halfMet()) return 0;
    p = escapeEnd();
    const decoded: u32 = load<u8>(to);
    if (decoded < 32 || decoded == 34 || decoded == 92) escape(decoded);
    else to = end;
  }
  return 0;
}

/** Writes the escape that JSON needs, the short one where there is one. */
function escape(c: u32): void {
  let short: u32 = 0;
  if (c == 34 || c == 92) short = c;
  else if (c == 8) short = 98;
  else if (c == 9) short = 116;
  else if (c == 10) short = 110;
  else if (c == 12) short = 102;
  else if (c == 13) short = 114;
  store<u8>(to++, 92);
  if (short) {
    store<u8>(to++, short);
    return;
  }
  store<u32>(to, 0x30303075); // u000
  store<u8>(to, 48 + (c >> 4), 3);
  const low = c & 15;
  store<u8>(to, low < 10 ? 48 + low : 87 + low, 4);
  to += 5;
}

function list(p: usize): usize {
  put(91);
  p = blanks(p + 1);
  if (load<u8>(p) == 93) {
    put(93);
    return p + 1;
  }
  for (;;) {
    p = value(p);
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c != 44 && c != 93) return 0;
    put(c);
    if (c == 93) return p + 1;
    p = blanks(p + 1);
  }
  return 0;
}

/**
 * Prints the object at `p`, its members in the order of their names, of two with one name the last.
 * Of a row those that begin with `_dlt` are left out.
 */
function object(p: usize, isRow: bool): usize {
  put(123);
  const first = count;
  let isSorted = true;
  p = blanks(p + 1);
  while (load<u8>(p) != 125) {
    if (load<u8>(p) != 34) return 0;
    const at = to - out;
    p = string(p + 1, true);
    if (!p) return 0;
    const length = to - out - at - 2;
    p = blanks(p);
    put(58);
    p = value(blanks(p + 1));
    if (!p) return 0;
    if (isRow && length >= 4 && load<u32>(out + at + 1) == 0x746c645f) {
      to = out + at; // _dlt
    } else {
      if (!noteMember(at, length, first)) return 0;
      if (count > first + 1 && !isBefore(member(count - 2), member(count - 1))) isSorted = false;
      put(44);
    }
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) p = blanks(p + 1);
    else if (c != 125) return 0;
  }
  if (!isSorted) sortMembers(first);
  if (count > first) to--; // the last comma
  put(125);
  count = first;
  return p + 1;
}

@inline function member(i: u32): usize {
  return members + (<usize>i) * MEMBER;
}

function noteMember(at: usize, length: usize, first: u32): bool {
  if (count - first == MOST_MEMBERS) return false;
  if (count == memberRoom) {
    const more: u32 = max<u32>(memberRoom << 1, 256);
    const used = (<usize>memberRoom) * MEMBER;
    members = regrow(members, used, used, (<usize>more) * MEMBER);
    memberRoom = more;
  }
  const m = member(count++);
  const bits = bswap<u64>(load<u64>(out + at + 1));
  store<u32>(m, <u32>at);
  store<u32>(m, <u32>length, 4);
  store<u32>(m, <u32>(to - out), 8);
  const missing: usize = length < 8 ? 8 - length : 0;
  store<u64>(m, length == 0 ? 0 : bits & (~(<u64>0) << (missing << 3)), 16);
  return true;
}

/** Whether the name of a member comes before another's; false for equal ones. */
function isBefore(a: usize, b: usize): bool {
  const left = load<u64>(a, 16);
  const right = load<u64>(b, 16);
  if (left != right) return left < right;
  const shorter = min<u32>(load<u32>(a, 4), load<u32>(b, 4));
  const order = memory.compare(out + load<u32>(a) + 1, out + load<u32>(b) + 1, shorter);
  return order == 0 ? load<u32>(a, 4) < load<u32>(b, 4) : order < 0;
}

/** Prints the members from number `first` on again, sorted. */
function sortMembers(first: u32): void {
  const begin = out + load<u32>(member(first));
  const length = to - begin;
  const numbers = allocate((count - first) << 2);
  let sorted: u32 = 0;
  for (let i = first; i < count; i++) {
    // The place behind all that are not after it.
    let low: u32 = 0;
    let high = sorted;
    if (sorted == 0 || !isBefore(member(i), member(load<u32>(numbers + ((sorted - 1) << 2)))))
      low = sorted;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(member(i), member(load<u32>(numbers + (middle << 2))))) high = middle;
      else low = middle + 1;
    }
    // Of two with one name the last stays.
    if (low > 0 && !isBefore(member(load<u32>(numbers + ((low - 1) << 2))), member(i))) {
      store<u32>(numbers + ((low - 1) << 2), i);
      continue;
    }
    for (let at = sorted; at > low; at--)
      store<u32>(numbers + (at << 2), load<u32>(numbers + ((at - 1) << 2)));
    store<u32>(numbers + (low << 2), i);
    sorted++;
  }
  if (copySize < length + SLACK) {
    release(copy, copySize);
    copySize = (length + SLACK) << 1;
    copy = allocate(copySize);
  }
  copyText(begin, length, copy);
  to = begin;
  for (let i: u32 = 0; i < sorted; i++) {
    const m = member(load<u32>(numbers + (i << 2)));
    const bytes = load<u32>(m, 8) - load<u32>(m);
    copyText(copy + (out + load<u32>(m) - begin), bytes, to);
    to += bytes;
    store<u8>(to++, 44);
  }
  release(numbers, (count - first) << 2);
}
