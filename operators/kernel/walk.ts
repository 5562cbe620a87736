// The walk over the rows: one pass, each value straight into its lane.

import { addRow, Key, Kind, laneOf, Mode, newKey, newNode, newTable, Node, Shape, Table } from "./columns";
import { takeBack } from "./duplicates";
import { depthLimit, readJson, skipJson } from "./keep";
import { allocate, allocateZeroed, refuse, Refusal, release } from "./memory";
import { readNumber } from "./number";
import { blanks, special } from "./scan";
import { escapeEnd, readText, unescape } from "./text";
import { timestampEnd, timestampMicros } from "./timestamp";

let depth: i32 = 0;
/** Start of the page: what TIMESTAMP sources count from. */
let page: usize = 0;

// ---- keys

@inline function matches(key: Key, p: usize): bool {
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
  const mask = (1 << <u32>(length - i)) - 1;
  return (i8x16.bitmask(i8x16.eq(v128.load(p + i), v128.load(spelling + i))) & mask) == mask;
}

let afterKey: usize = 0;
let scratch: usize = 0;
let scratchSize: usize = 0;

/**
 * The key that is spelt at the quote `p`, new where the node has not met it; sets `afterKey` past the colon. `previous` is
 * the key before it in this object, behind which a new one takes its place. Its identity is the decoded name.
 */
function findKey(node: Node, previous: usize, p: usize): usize {
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
  for (let i: usize = 0; i < length; i++) hash = (hash ^ <u32>load<u8>(name + i)) * 16777619;
  hash ^= hash >> 15;
  const colon = blanks(q + 1);
  if (load<u8>(colon) != 58) return refuse(Refusal.STRUCTURE, colon);
  afterKey = colon + 1;
  for (let at = load<usize>(bucketOf(node, hash)); at; at = changetype<Key>(at).chain) {
    const key = changetype<Key>(at);
    if (key.hash == hash && key.nameLength == <u32>length && memory.compare(key.name, name, length) == 0) return at;
  }
  const at = newKey(node, p, q - p + 2, name, length, hash);
  if (at) insertKey(node, changetype<Key>(at), previous);
  return at;
}

@inline function bucketOf(node: Node, hash: u32): usize {
  return node.buckets + (<usize>(hash & (node.bucketCount - 1)) << 2);
}

function insertKey(node: Node, key: Key, previous: usize): void {
  if (node.count >= node.bucketCount * 2) {
    const old = node.buckets;
    const count = node.bucketCount;
    node.bucketCount = count << 2;
    node.buckets = allocateZeroed(<usize>node.bucketCount << 2);
    for (let i: u32 = 0; i < count; i++) {
      for (let at = load<usize>(old + (<usize>i << 2)); at; ) {
        const moved = changetype<Key>(at);
        const rest = moved.chain;
        const bucket = bucketOf(node, moved.hash);
        moved.chain = load<usize>(bucket);
        store<usize>(bucket, at);
        at = rest;
      }
    }
    release(old, <usize>count << 2);
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

/** Decodes the escaped name in [from, end) to `scratch`; its length, or -1 when refused. */
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
      to = unescape(from + 1, to);
      if (!to) return -1;
      from = escapeEnd();
    } else {
      store<u8>(to++, c);
      from++;
    }
  }
  return to - scratch;
}

// ---- values

/** The value at `p` under `key`; answers the place after it, 0 when refused. */
function value(p: usize, table: Table, key: Key, row: u32): usize {
  const mark = table.base + row + 1;
  if (key.seen == mark) takeBack(table, key, row);
  const c: u32 = load<u8>(p);
  if (key.mode == Mode.SKIP) return skipJson(p, depth);
  if (load<u32>(p) == 0x6c6c756e) return p + 4;
  key.seen = mark;
  if (c == 34) return string(p + 1, table, key, row);
  if (c - 48 <= 9 || c == 45) return readNumber(p, table, key, row);
  if (c == 123) {
    if (key.mode == Mode.JSON) return readJson(p, depth, table, key, row);
    if (!key.sub) key.sub = newNode(changetype<usize>(table), changetype<usize>(key));
    return object(p, table, changetype<Node>(key.sub), row, 0);
  }
  if (c == 91) return key.mode == Mode.JSON ? readJson(p, depth, table, key, row) : list(p, table, key, row);
  let truth: u32 = 0;
  if (load<u32>(p) == 0x65757274) {
    truth = 1;
    p += 4;
  } else if (load<u32>(p) == 0x736c6166 && load<u8>(p, 4) == 101) {
    p += 5;
  } else {
    return refuse(Refusal.LITERAL, p);
  }
  const lane = laneOf(table, key, Kind.BOOL, row);
  store<u8>(lane.data + row, truth);
  lane.rows = row + 1;
  return p;
}

@inline function string(p: usize, table: Table, key: Key, row: u32): usize {
  if (!key.plain && key.mode != Mode.TEXT && <u32>load<u8>(p) - 48 <= 9) {
    const end = timestampEnd(p);
    if (end) {
      const lane = laneOf(table, key, Kind.TIMESTAMP, row);
      store<i64>(lane.data + (<usize>row << 3), timestampMicros());
      store<u32>(lane.source + (<usize>row << 2), <u32>(p - page));
      lane.rows = row + 1;
      return end + 1;
    }
  }
  // A key whose first string is no timestamp is a text column, or near enough: the walk stops trying.
  if (!load<usize>(key.lanes + (<usize>Kind.TIMESTAMP << alignof<usize>()))) key.plain = 1;
  return readText(p, table, key, row);
}

/** The object at `p`, its members into `row`. Members are expected in the order of the last object, after `previous`. */
function object(p: usize, table: Table, node: Node, row: u32, previous: usize): usize {
  if (++depth > depthLimit()) return refuse(Refusal.DEPTH, p);
  p = blanks(p + 1);
  if (load<u8>(p) == 125) {
    depth--;
    return p + 1;
  }
  let key = previous ? changetype<Key>(previous).next : node.first;
  for (;;) {
    if (key && matches(changetype<Key>(key), p)) {
      p += changetype<Key>(key).length;
    } else {
      key = findKey(node, previous, p);
      if (!key) return 0;
      p = afterKey;
    }
    p = value(blanks(p), table, changetype<Key>(key), row);
    if (!p) return 0;
    previous = key;
    key = changetype<Key>(key).next;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) {
      p = blanks(p + 1);
      continue;
    }
    if (c != 125) return refuse(Refusal.STRUCTURE, p);
    depth--;
    return p + 1;
  }
}

/** The array at `p`: a row of the child table for each element. */
function list(p: usize, table: Table, key: Key, row: u32): usize {
  if (++depth > depthLimit()) return refuse(Refusal.DEPTH, p);
  p = blanks(p + 1);
  if (load<u8>(p) == 93) {
    depth--;
    return p + 1;
  }
  if (!key.child) {
    key.child = newTable(changetype<Shape>(table.shape), changetype<usize>(table), changetype<usize>(key));
    if (!key.child) return 0;
  }
  const child = changetype<Table>(key.child);
  for (let index: i64 = 0; ; index++) {
    const r = addRow(child);
    store<u32>(child.parentRow + (<usize>r << 2), row);
    store<i64>(child.listIndex + (<usize>r << 3), index);
    p = element(p, child, r);
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) {
      p = blanks(p + 1);
      continue;
    }
    if (c != 93) return refuse(Refusal.STRUCTURE, p);
    depth--;
    return p + 1;
  }
}

function element(p: usize, table: Table, row: u32): usize {
  return load<u8>(p) == 123
    ? object(p, table, changetype<Node>(table.node), row, 0)
    : value(p, table, changetype<Key>(table.element), row);
}

// ---- rows

let stamp: usize = 0;
let keyField: usize = 0;

/** What is added to every row of the page: members of the object at `stampAt` (0: none), the map's key in the field spelt `"name":` at `fieldAt` (0: none). */
export function beginWalk(pageAt: usize, stampAt: usize, fieldAt: usize): void {
  page = pageAt;
  stamp = stampAt;
  keyField = fieldAt;
  depth = 0;
}

function row(p: usize, table: Table): usize {
  const r = addRow(table);
  p = element(p, table, r);
  if (p && stamp && !object(stamp, table, changetype<Node>(table.node), r, 0)) return 0;
  return p;
}

/** The one row at `p`. */
export function walkValue(shape: usize, p: usize): usize {
  return row(p, changetype<Table>(changetype<Shape>(shape).first));
}

/** The rows of the array at `p`. */
export function walkArray(shape: usize, p: usize): usize {
  const table = changetype<Table>(changetype<Shape>(shape).first);
  depth = 1;
  p = blanks(p + 1);
  if (load<u8>(p) == 93) return p + 1;
  for (;;) {
    p = row(p, table);
    if (!p) return 0;
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) {
      p = blanks(p + 1);
      continue;
    }
    return c == 93 ? p + 1 : refuse(Refusal.STRUCTURE, p);
  }
}

/** The rows of the object at `p`: its members' values, each with its key where the row has none of its own. */
export function walkMap(shape: usize, p: usize): usize {
  const table = changetype<Table>(changetype<Shape>(shape).first);
  const node = changetype<Node>(table.node);
  const at = findKey(node, 0, keyField);
  if (!at) return 0;
  const field = changetype<Key>(at);
  depth = 1;
  p = blanks(p + 1);
  if (load<u8>(p) == 125) return p + 1;
  for (;;) {
    const name = p;
    if (load<u8>(p) != 34) return refuse(Refusal.STRUCTURE, p);
    p = skipJson(p, depth);
    if (!p) return 0;
    p = blanks(p);
    if (load<u8>(p) != 58) return refuse(Refusal.STRUCTURE, p);
    const r = table.rows;
    p = row(blanks(p + 1), table);
    if (!p) return 0;
    if (field.seen != table.base + r + 1) {
      field.seen = table.base + r + 1;
      if (!readText(name + 1, table, field, r)) return 0;
    }
    p = blanks(p);
    const c: u32 = load<u8>(p);
    if (c == 44) {
      p = blanks(p + 1);
      continue;
    }
    return c == 125 ? p + 1 : refuse(Refusal.STRUCTURE, p);
  }
}
