// The walk over the rows: one pass, each value straight into its lane.

import {
  Key,
  Kind,
  Lane,
  laneOf,
  Mode,
  newNode,
  newTable,
  Node,
  noteUnsafe,
  Shape,
  Table,
} from './columns';
import { takeBack } from './duplicates';
import { depthLimit, readJson, skipJson } from './keep';
import { findKey, keyEnd, matches } from './keys';
import { refuse, Refusal } from './memory';
import { beginNumbers, readDigits, readNumber } from './number';
import { addRow } from './rows';
import { blanks } from './scan';
import { readKey, readText } from './text';
import { rareTimestampEnd, timestampCut, timestampEnd, timestampMicros } from './timestamp';

let depth: i32 = 0;
/** Start of the page: what TIMESTAMP sources count from. */
let page: usize = 0;

// ---- values

/** Reads the value at `p` under `key`; returns the place after it, 0 when refused. */
function value(p: usize, table: Table, key: Key, row: u32): usize {
  const mark = table.base + row + 1;
  if (key.seen == mark) {
    if (stamping) overlaps++;
    takeBack(table, key, row);
  }
  const c: u32 = load<u8>(p);
  if (key.mode == Mode.SKIP) return skipJson(p, depth);
  if (load<u32>(p) == 0x6c6c756e) return p + 4;
  key.seen = mark;
  if (c == 34) return string(p + 1, table, key, row);
  if (c - 48 <= 9 || c == 45)
    return key.mode == Mode.TEXT
      ? readDigits(p, table, key, row)
      : readNumber(p, table, key, row);
  if (c == 123) {
    if (key.mode == Mode.JSON) return readJson(p, depth, table, key, row);
    if (!key.sub) key.sub = newNode(changetype<usize>(table), changetype<usize>(key));
    return object(p, table, changetype<Node>(key.sub), row, 0);
  }
  if (c == 91)
    return key.mode == Mode.JSON ? readJson(p, depth, table, key, row) : list(p, table, key, row);
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
  const first: u32 = load<u8>(p);
  if (!key.plain && key.mode != Mode.TEXT && (first - 48 <= 9 || first == 92)) {
    let end = timestampEnd(p);
    if (!end) end = rareTimestampEnd(p);
    if (end) {
      const lane = laneOf(table, key, Kind.TIMESTAMP, row);
      store<i64>(lane.data + ((<usize>row) << 3), timestampMicros());
      store<u32>(lane.source + ((<usize>row) << 2), <u32>(p - page));
      if (timestampCut()) noteUnsafe(lane, row);
      lane.rows = row + 1;
      return end + 1;
    }
  }
  // A key whose first string is no timestamp is a text column, or near enough: the walk stops
  // trying.
  if (!load<usize>(key.lanes + ((<usize>Kind.TIMESTAMP) << alignof<usize>()))) key.plain = 1;
  return readText(p, table, key, row);
}

/**
 * Reads the object at `p`, its members into `row`. Members are expected in the order of the last
 * object, after `previous`.
 */
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
      p = keyEnd();
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

/** Reads the array at `p`: a row of the child table for each element. */
function list(p: usize, table: Table, key: Key, row: u32): usize {
  if (++depth > depthLimit()) return refuse(Refusal.DEPTH, p);
  p = blanks(p + 1);
  if (load<u8>(p) == 93) {
    depth--;
    return p + 1;
  }
  if (!key.child) {
    key.child = newTable(
      changetype<Shape>(table.shape),
      changetype<usize>(table),
      changetype<usize>(key),
    );
    if (!key.child) return 0;
  }
  const child = changetype<Table>(key.child);
  for (let index: i64 = 0; ; index++) {
    const r = addRow(child);
    store<u32>(child.parentRow + ((<usize>r) << 2), row);
    store<i64>(child.listIndex + ((<usize>r) << 3), index);
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
let stamping: bool = false;
let overlaps: u32 = 0;
let nullRows: u32 = 0;

/**
 * Returns the number of values of rows' own where the stamp or another key of the map was to go;
 * rows that are null.
 */
export function overlapsMet(): u32 {
  return overlaps;
}
export function nullRowsMet(): u32 {
  return nullRows;
}

/**
 * Sets what is added to every row of the page: members of the object at `stampAt` (0: none), the
 * map's key in the field `"name":` at `fieldAt` (0: none).
 */
export function beginWalk(pageAt: usize, stampAt: usize, fieldAt: usize): void {
  page = pageAt;
  beginNumbers(pageAt);
  stamp = stampAt;
  keyField = fieldAt;
  stamping = false;
  overlaps = 0;
  nullRows = 0;
  depth = 0;
}

function row(p: usize, table: Table): usize {
  const r = addRow(table);
  p = element(p, table, r);
  if (!p || !stamp) return p;
  stamping = true;
  const end = object(stamp, table, changetype<Node>(table.node), r, 0);
  stamping = false;
  return end ? p : 0;
}

/** Walks the one row at `p`. */
export function walkValue(shape: usize, p: usize): usize {
  return row(p, changetype<Table>(changetype<Shape>(shape).first));
}

/** Walks the rows of the array at `p`; elements that are null are no rows. */
export function walkArray(shape: usize, p: usize): usize {
  const table = changetype<Table>(changetype<Shape>(shape).first);
  depth = 1;
  p = blanks(p + 1);
  if (load<u8>(p) == 93) return p + 1;
  for (;;) {
    if (load<u32>(p) == 0x6c6c756e) {
      nullRows++;
      p += 4;
    } else {
      p = row(p, table);
    }
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

/**
 * Walks the rows of the object at `p`: its members' values, each with its key where the row has
 * none of its own.
 */
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
      if (!readKey(name + 1, table, field, r)) return 0;
    } else if (!isSameText(field, r, name + 1)) {
      overlaps++;
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

/**
 * Returns whether the text of `row` is the one at `p`, up to its quote; false where either has
 * escapes.
 */
function isSameText(field: Key, row: u32, p: usize): bool {
  const at = load<usize>(field.lanes + ((<usize>Kind.TEXT) << alignof<usize>()));
  if (!at || changetype<Lane>(at).rows != row + 1) return false;
  const lane = changetype<Lane>(at);
  const from = lane.data + load<u32>(lane.offsets + ((<usize>row) << 2));
  const length = lane.data + load<u32>(lane.offsets + ((<usize>row) << 2), 4) - from;
  for (let i: usize = 0; i < length; i++) {
    const c: u32 = load<u8>(p + i);
    if (c == 92 || c != <u32>load<u8>(from + i)) return false;
  }
  return load<u8>(p + length) == 34;
}
