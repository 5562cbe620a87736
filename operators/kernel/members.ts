// Members of the objects that are being kept as JSON, to find those that come again. Objects within
// objects lie behind the one that they are in, and are forgotten at its end.

import { allocate, allocateZeroed, regrow, release } from './memory';

/** Four words: where the name begins in the text, its length with quotes, the end, the hash. */
const MEMBER: usize = 16;
/** Objects of up to so many members are searched pair by pair. */
const FEW: u32 = 16;

let members: usize = 0;
let count: u32 = 0;
let room: u32 = 0;

@inline export function memberCount(): u32 {
  return count;
}
@inline export function forgetMembers(from: u32): void {
  count = from;
}
@inline function member(i: u32): usize {
  return members + (<usize>i) * MEMBER;
}

/** Notes the member at `at` of the text at `data`: bytes of its name, and where it ends. */
export function noteMember(data: usize, at: usize, length: usize, end: usize): void {
  if (count == room) {
    const more: u32 = max<u32>(room << 1, 256);
    const used = (<usize>room) * MEMBER;
    members = regrow(members, used, used, (<usize>more) * MEMBER);
    room = more;
  }
  const m = member(count++);
  store<u32>(m, <u32>at);
  store<u32>(m, <u32>length, 4);
  store<u32>(m, <u32>end, 8);
  store<u32>(m, hashOf(data + at, length), 12);
}

/**
 * Hashes the bytes of a name, eight at a time; the last eight overlap where they are no multiple.
 */
function hashOf(name: usize, length: usize): u32 {
  let hash: u64 = length;
  const last = name + length - 8;
  if (length < 8) {
    hash = (hash ^ (load<u64>(name) << ((8 - length) << 3))) * 0x9e3779b97f4a7c15;
  } else {
    for (; name < last; name += 8) hash = mix(hash ^ load<u64>(name));
    hash = (hash ^ load<u64>(last)) * 0x9e3779b97f4a7c15;
  }
  return <u32>(hash >> 32);
}
@inline function mix(hash: u64): u64 {
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

@inline function isSame(data: usize, a: usize, b: usize): bool {
  const length = load<u32>(a, 4);
  return (
    load<u32>(a, 12) == load<u32>(b, 12) &&
    length == load<u32>(b, 4) &&
    memory.compare(data + load<u32>(a), data + load<u32>(b), length) == 0
  );
}

/**
 * Ends an object whose members, from number `first` on, are written up to `to` in the text at
 * `data`; returns the new end.
 */
export function dropRepeats(data: usize, first: u32, to: usize): usize {
  const own = count - first;
  if (own < 2) return to;
  if (own > FEW) return rewrite(data, first, to);
  for (let i = first + 1; i < count; i++) {
    const hash = load<u32>(member(i), 12);
    for (let j = first; j < i; j++) {
      if (load<u32>(member(j), 12) == hash && isSame(data, member(i), member(j)))
        return rewrite(data, first, to);
    }
  }
  return to;
}

/** Finds repeats by their hashes; where there are any, the object's members are written anew. */
function rewrite(data: usize, first: u32, to: usize): usize {
  const own = count - first;
  const slots: u32 = 2 << (32 - clz<u32>(own));
  const size = (<usize>slots + own) << 2;
  // Behind the slots: for each member that is the first of its name, the number of the last.
  const table = allocateZeroed(size);
  const last = table + ((<usize>slots) << 2);
  let repeats = false;
  for (let i: u32 = 0; i < own; i++) {
    const m = member(first + i);
    let slot = load<u32>(m, 12) & (slots - 1);
    let found = load<u32>(table + ((<usize>slot) << 2));
    while (found && !isSame(data, m, member(first + found - 1))) {
      slot = (slot + 1) & (slots - 1);
      found = load<u32>(table + ((<usize>slot) << 2));
    }
    if (found) repeats = true;
    else store<u32>(table + ((<usize>slot) << 2), i + 1);
    store<u32>(last + ((<usize>(found ? found - 1 : i)) << 2), i + 1);
  }
  if (repeats) to = writeAnew(data, first, last, to);
  release(table, size);
  return to;
}

function writeAnew(data: usize, first: u32, last: usize, to: usize): usize {
  const begin = data + load<u32>(member(first));
  const length = to - begin;
  const copy = allocate(length);
  memory.copy(copy, begin, length);
  to = begin;
  for (let i: u32 = 0; i < count - first; i++) {
    const kept = load<u32>(last + ((<usize>i) << 2));
    if (!kept) continue;
    const m = member(first + kept - 1);
    const bytes = load<u32>(m, 8) - load<u32>(m);
    if (to > begin) store<u8>(to++, 44);
    memory.copy(to, copy + (data + load<u32>(m) - begin), bytes);
    to += bytes;
  }
  release(copy, length);
  return to;
}
