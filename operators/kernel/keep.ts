// Any JSON value, checked strictly and written as compact JSON: no blanks, members in their order,
// numbers as they were, escapes only where JSON needs them; of members with one name the last value
// at the place of the first, as JSON.parse has it. Values that are to be skipped are written too,
// every member of them, and the writing forgotten.

import { endText, growText, Key, Kind, Lane, laneOf, noteUnsafe, Table } from './columns';
import { allocateZeroed, refuse, Refusal } from './memory';
import { dropRepeats, forgetMembers, memberCount, noteMember } from './members';
import { numberEnd } from './number';
import { blanks, special } from './scan';
import { escapeEnd, halfMet, spellHalf, unescape } from './text';

let out: Lane = changetype<Lane>(0);
let to: usize = 0;
let depth: i32 = 0;
let maxDepth: i32 = 1000;
let scratch: usize = 0;
/** Whether members that come again are looked for. */
let isKept: bool = false;
/** Nobody reads what is written: the scratch text is begun anew where it is full. */
let isForgotten: bool = false;

export function limitDepth(levels: i32): void {
  maxDepth = levels;
}
export function depthLimit(): i32 {
  return maxDepth;
}

/**
 * Reads the value at `p`, `level` levels deep, as the JSON text of `row`; returns the place after
 * it, 0 when refused.
 */
export function readJson(p: usize, level: i32, table: Table, key: Key, row: u32): usize {
  out = laneOf(table, key, Kind.JSON, row);
  to = out.at;
  depth = level;
  isKept = true;
  isForgotten = false;
  forgetMembers(0);
  p = value(p);
  if (p) endText(out, row, to);
  return p;
}

/**
 * Checks the value at `p` and leaves it as compact JSON in the scratch text; returns the place
 * after it, 0 when refused. A string alone counts as a key.
 */
export function skipJson(p: usize, level: i32): usize {
  writeToScratch(level);
  p = value(p);
  out.at = to;
  return p;
}

/** As `skipJson`, and leaves no text: whatever the value is, it takes no memory. */
export function checkJson(p: usize, level: i32): usize {
  writeToScratch(level);
  isForgotten = true;
  p = value(p);
  out.at = out.data;
  return p;
}

let checked: u32 = 0;
let longest: usize = 0;

/**
 * Checks elements of an array one by one, `level` levels deep, the first of them at `p`, until one
 * ends at or behind `until`, or is the last of the array, or is refused. Returns the place of the
 * comma or bracket behind the last one that is good, 0 where there is none; `elementsChecked` is
 * how many are, `longestElement` the bytes of the longest. They leave no text.
 */
export function checkElements(p: usize, until: usize, level: i32): usize {
  return checkEach(p, until, level, 93);
}
/** The same for the members of an object, each with its key. */
export function checkMembers(p: usize, until: usize, level: i32): usize {
  return checkEach(p, until, level, 125);
}

function checkEach(p: usize, until: usize, level: i32, close: u32): usize {
  writeToScratch(level);
  isForgotten = true;
  checked = 0;
  longest = 0;
  let last: usize = 0;
  for (;;) {
    const start = p;
    to = out.data;
    if (close == 125) {
      p = keyEnd(p);
      if (!p) break;
    }
    p = value(p);
    if (!p) break;
    longest = max(longest, p - start);
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c != 44 && c != close) {
      refuse(Refusal.STRUCTURE, p);
      break;
    }
    checked++;
    last = p;
    if (c == close || p >= until) break;
    p = blanks(p + 1);
  }
  out.at = out.data;
  return last;
}
/** The place of the value behind the key at `p`; 0 when refused. */
function keyEnd(p: usize): usize {
  if (load<u8>(p) != 34) return refuse(Refusal.STRUCTURE, p);
  p = value(p);
  if (!p) return 0;
  p = blanks(p);
  if (load<u8>(p) != 58) return refuse(Refusal.STRUCTURE, p);
  to = out.data;
  return blanks(p + 1);
}
export function elementsChecked(): u32 {
  return checked;
}
export function longestElement(): usize {
  return longest;
}

function writeToScratch(level: i32): void {
  if (!scratch) {
    scratch = allocateZeroed(offsetof<Lane>());
    const lane = changetype<Lane>(scratch);
    lane.size = 65536;
    lane.data = allocateZeroed(lane.size);
    lane.limit = lane.data + lane.size - 64;
  }
  out = changetype<Lane>(scratch);
  to = out.data;
  depth = level;
  isKept = false;
  isForgotten = false;
}
export function scratchText(): usize {
  return changetype<Lane>(scratch).data;
}
export function scratchLength(): usize {
  return changetype<Lane>(scratch).at - changetype<Lane>(scratch).data;
}

@inline function room(bytes: usize): void {
  if (to + bytes > out.limit) makeRoom(bytes);
}
function makeRoom(bytes: usize): void {
  if (isForgotten) to = out.data;
  if (to + bytes > out.limit) to = growText(out, to, bytes);
}
@inline function put(c: u32): void {
  room(1);
  store<u8>(to++, c);
}

function value(p: usize): usize {
  const c: u32 = load<u8>(p);
  if (c == 34) return string(p + 1, !isKept);
  if (c == 123) return members(p);
  if (c == 91) return elements(p);
  let end: usize;
  const word = load<u32>(p);
  if (c - 48 <= 9 || c == 45) end = numberEnd(p);
  else if (word == 0x6c6c756e || word == 0x65757274) end = p + 4;
  else if (word == 0x736c6166 && load<u8>(p, 4) == 101) end = p + 5;
  else return refuse(Refusal.LITERAL, p);
  if (!end) return 0;
  room(end - p);
  memory.copy(to, p, end - p);
  to += end - p;
  return end;
}

function members(p: usize): usize {
  if (++depth > maxDepth) return refuse(Refusal.DEPTH, p);
  put(123);
  p = blanks(p + 1);
  if (load<u8>(p) == 125) {
    put(125);
    depth--;
    return p + 1;
  }
  const first = memberCount();
  for (;;) {
    if (load<u8>(p) != 34) return refuse(Refusal.STRUCTURE, p);
    const at = to - out.data;
    p = string(p + 1, true);
    if (!p) return 0;
    const name = to - out.data - at;
    p = blanks(p);
    if (load<u8>(p) != 58) return refuse(Refusal.STRUCTURE, p);
    put(58);
    p = value(blanks(p + 1));
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c != 44 && c != 125) return refuse(Refusal.STRUCTURE, p);
    if (isKept) noteMember(out.data, at, name, to - out.data);
    if (c == 125 && isKept) {
      to = dropRepeats(out.data, first, to);
      forgetMembers(first);
    }
    put(c);
    if (c == 125) {
      depth--;
      return p + 1;
    }
    p = blanks(p + 1);
  }
  return 0;
}

function elements(p: usize): usize {
  if (++depth > maxDepth) return refuse(Refusal.DEPTH, p);
  put(91);
  p = blanks(p + 1);
  if (load<u8>(p) == 93) {
    put(93);
    depth--;
    return p + 1;
  }
  for (;;) {
    p = value(p);
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c != 44 && c != 93) return refuse(Refusal.STRUCTURE, p);
    put(c);
    if (c == 93) {
      depth--;
      return p + 1;
    }
    p = blanks(p + 1);
  }
  return 0;
}

/** Writes the string after the quote before `p`, with its quotes. */
function string(p: usize, isKey: bool): usize {
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
      put(34);
      return p + 1;
    }
    if (c != 92) return refuse(Refusal.CONTROL, p);
    const end = unescape(p + 1, to);
    if (!end) return 0;
    const half = halfMet();
    if (half) noteUnsafe(out, out.rows);
    if (half && isKey) {
      store<u8>(to, 92);
      to = spellHalf(p + 1, to + 1);
      p = escapeEnd();
      continue;
    }
    p = escapeEnd();
    const decoded: u32 = load<u8>(to);
    if (decoded < 32 || decoded == 34 || decoded == 92) escape(decoded);
    else to = end;
  }
  return 0;
}

/**
 * Writes the escape that JSON needs for a control character, a quote or a backslash: the short one
 * where there is one.
 */
function escape(c: u32): void {
  let short: u32 = 0;
  switch (c) {
    case 34:
    case 92:
      short = c;
      break;
    case 8:
      short = 98;
      break;
    case 12:
      short = 102;
      break;
    case 10:
      short = 110;
      break;
    case 13:
      short = 114;
      break;
    case 9:
      short = 116;
      break;
  }
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
