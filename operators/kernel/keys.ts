// Keys of objects: predicted from the last object's order by comparing bytes, else found by their
// decoded name.

import { Key, newKey, Node } from './columns';
import { allocate, allocateZeroed, refuse, Refusal, release } from './memory';
import { blanks, special } from './scan';
import { escapeEnd, halfMet, spellHalf, unescape } from './text';

@inline export function matches(key: Key, p: usize): bool {
  const mask = key.mask;
  if ((i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(key.spelling))) & mask) != mask) return false;
  return key.length <= 16 || matchesLong(key, p);
}

function matchesLong(key: Key, p: usize): bool {
  const spelling = key.spelling;
  const length: usize = key.length;
  let i: usize = 16;
  for (; i + 16 <= length; i += 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(p + i), v128.load(spelling + i))) != 0xffff) return false;
  }
  if (i == length) return true;
  const mask = (1 << (<u32>(length - i))) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(p + i), v128.load(spelling + i))) & mask) == mask;
}

let afterKey: usize = 0;

/** Where reading goes on after the key that `findKey` found: past its colon. */
@inline export function keyEnd(): usize {
  return afterKey;
}

let scratch: usize = 0;
let scratchSize: usize = 0;

/**
 * Finds the key at the quote `p`, new where the node has not met it; `keyEnd` is past its colon.
 * `previous` is the key before it in this object, behind which a new one takes its place. Its
 * identity is the decoded name.
 */
export function findKey(node: Node, previous: usize, p: usize): usize {
  if (load<u8>(p) != 34) return refuse(Refusal.STRUCTURE, p);
  let ahead = previous ? changetype<Key>(previous).next : node.first;
  for (let i = 0; ahead && i < 3; i++) {
    if (matches(changetype<Key>(ahead), p)) {
      afterKey = p + changetype<Key>(ahead).length;
      return ahead;
    }
    ahead = changetype<Key>(ahead).next;
  }
  let q = p + 1;
  let escaped = false;
  for (;;) {
    const stops = special(v128.load(q));
    if (!stops) {
      q += 16;
      continue;
    }
    q += ctz(stops);
    const c: u32 = load<u8>(q);
    if (c == 34) break;
    if (c != 92) return refuse(Refusal.CONTROL, q);
    escaped = true;
    if (load<u8>(q, 1) < 32) return refuse(Refusal.ESCAPE, q);
    q += 2;
  }
  let name = p + 1;
  let length = q - name;
  if (escaped) {
    length = decodeName(name, q);
    if (length == <usize>-1) return 0;
    name = scratch;
  }
  let hash: u32 = 0x811c9dc5; // FNV-1a
  for (let i: usize = 0; i < length; i++) hash = (hash ^ (<u32>load<u8>(name + i))) * 16777619;
  hash ^= hash >> 15;
  const colon = blanks(q + 1);
  if (load<u8>(colon) != 58) return refuse(Refusal.STRUCTURE, colon);
  afterKey = colon + 1;
  for (let at = load<usize>(bucketOf(node, hash)); at; at = changetype<Key>(at).chain) {
    const key = changetype<Key>(at);
    if (
      key.hash == hash &&
      key.nameLength == <u32>length &&
      memory.compare(key.name, name, length) == 0
    )
      return at;
  }
  const at = newKey(node, p, q - p + 2, name, length, hash);
  if (at) insertKey(node, changetype<Key>(at), previous);
  return at;
}

@inline function bucketOf(node: Node, hash: u32): usize {
  return node.buckets + ((<usize>(hash & (node.bucketCount - 1))) << 2);
}

function insertKey(node: Node, key: Key, previous: usize): void {
  if (node.count >= node.bucketCount * 2) {
    const old = node.buckets;
    const count = node.bucketCount;
    node.bucketCount = count << 2;
    node.buckets = allocateZeroed((<usize>node.bucketCount) << 2);
    for (let i: u32 = 0; i < count; i++) {
      for (let at = load<usize>(old + ((<usize>i) << 2)); at;) {
        const moved = changetype<Key>(at);
        const rest = moved.chain;
        const bucket = bucketOf(node, moved.hash);
        moved.chain = load<usize>(bucket);
        store<usize>(bucket, at);
        at = rest;
      }
    }
    release(old, (<usize>count) << 2);
  }
  const bucket = bucketOf(node, key.hash);
  key.chain = load<usize>(bucket);
  store<usize>(bucket, changetype<usize>(key));
  node.count++;
  if (previous) {
    key.next = changetype<Key>(previous).next;
    changetype<Key>(previous).next = changetype<usize>(key);
  } else {
    key.next = node.first;
    node.first = changetype<usize>(key);
  }
}

/** Decodes the escaped name in [from, end) to `scratch`; returns its length, or -1 when refused. */
function decodeName(from: usize, end: usize): usize {
  const most = end - from + 16;
  if (most > scratchSize) {
    release(scratch, scratchSize);
    scratchSize = most << 1;
    scratch = allocate(scratchSize);
  }
  let to = scratch;
  while (from < end) {
    const c: u32 = load<u8>(from);
    if (c == 92) {
      const end = unescape(from + 1, to);
      if (!end) return -1;
      to = halfMet() ? spellHalf(from + 1, to) : end;
      from = escapeEnd();
    } else {
      store<u8>(to++, c);
      from++;
    }
  }
  return to - scratch;
}
