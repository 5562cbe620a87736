// Tables, keys and lanes of a shape. Keys, nodes and tables are learnt once and stay; lanes hold
// buffers only from their first value in a page until the page is released.

import { allocate, allocateZeroed, refuse, Refusal, regrow, release } from './memory';

/** Kinds of lanes; the order is that of LANE_KINDS in operators/columns/kernel.ts. */
export const enum Kind {
  TEXT = 0,
  BIGINT = 1,
  DOUBLE = 2,
  BOOL = 3,
  TIMESTAMP = 4,
  HUGEINT = 5,
  JSON = 6,
}
export const KINDS: u32 = 7;

/**
 * What is done with the values of a key; the order is that of KEY_MODES in
 * operators/columns/kernel.ts.
 */
export const enum Mode {
  FLATTEN = 0,
  JSON = 1,
  TEXT = 2,
  SKIP = 3,
}

/**
 * Row count of a lane without buffers: differs from every row number, so the first value takes the
 * slow path.
 */
const CLOSED: u32 = 0xffffffff;
/** Source of an integer that its value prints. */
const NOWHERE: u32 = 0xffffffff;

@unmanaged export class Lane {
  rows: u32; // rows filled so far, or CLOSED
  nulls: u32;
  kind: u32;
  unsafe: u32; // 1 + the first row for which Lane in operators/types.ts hasUnsafeValues, or 0
  order: u32; // counts up over the page at each lane's first value: document order
  valid: usize;
  data: usize;
  at: usize; // text: next byte to write
  limit: usize; // text: last place where 64 bytes may be written
  size: u32; // text: bytes of `data`
  offsets: usize; // text
  source: usize; // DOUBLE, TIMESTAMP: where the text begins; BIGINT: of -0, NOWHERE for others
  next: usize; // next lane with buffers in the table
  key: usize;
  table: usize;
}

@unmanaged export class Key {
  next: usize; // in the order in which rows have them
  length: u32; // of `spelling`
  mask: u32; // of its first 16 bytes
  spelling: usize; // `"name":` as first seen, padded: what prediction compares
  seen: u32; // row that has a value
  mode: u32;
  plain: u32; // its first string was no timestamp, so none is tried
  lanes: usize; // a pointer for each kind
  sub: usize; // Node of objects under the key
  child: usize; // Table of arrays under the key
  hash: u32;
  chain: usize; // next in the hash bucket
  node: usize;
  name: usize; // decoded, UTF-8
  nameLength: u32;
}

@unmanaged export class Node {
  first: usize;
  count: u32;
  buckets: usize;
  bucketCount: u32;
  table: usize;
  key: usize; // key that this object stands under; 0 for a row
}

@unmanaged export class Table {
  rows: u32;
  capacity: u32;
  base: u32; // rows of all pages before, so that row marks never recur
  lanes: usize; // first lane with buffers
  node: usize;
  element: usize; // key of elements that are no objects
  key: usize; // key that the array stands under
  parent: usize;
  next: usize; // tables of the shape
  parentRow: usize;
  listIndex: usize;
  columns: u32; // keys, checked against the limit
  shape: usize;
}

@unmanaged export class Shape {
  first: usize; // Table
  last: usize;
  tables: u32;
  order: u32;
  maxTables: u32;
  maxColumns: u32;
}

/** The border says what a new key is for (Mode). */
@external("border", "decide") declare function decide(key: usize): u32;

export function newShape(maxTables: u32, maxColumns: u32): usize {
  const shape = changetype<Shape>(allocateZeroed(offsetof<Shape>()));
  shape.maxTables = maxTables;
  shape.maxColumns = maxColumns;
  newTable(shape, 0, 0);
  return changetype<usize>(shape);
}

export function newTable(shape: Shape, parent: usize, key: usize): usize {
  if (shape.tables >= shape.maxTables) return refuse(Refusal.TABLES, 0);
  const at = allocateZeroed(offsetof<Table>());
  const table = changetype<Table>(at);
  table.shape = changetype<usize>(shape);
  table.parent = parent;
  table.key = key;
  table.node = newNode(at, 0);
  table.element = newKey(changetype<Node>(table.node), 0, 0, 0, 0, 0);
  if (shape.last) changetype<Table>(shape.last).next = at;
  else shape.first = at;
  shape.last = at;
  shape.tables++;
  return at;
}

export function newNode(table: usize, key: usize): usize {
  const at = allocateZeroed(offsetof<Node>());
  const node = changetype<Node>(at);
  node.table = table;
  node.key = key;
  node.bucketCount = 16;
  node.buckets = allocateZeroed(16 * sizeof<usize>());
  return at;
}

/**
 * Adds a key as it is written at `p` (with its quotes and colon, `length` bytes; 0 for the element
 * key), named by the decoded name.
 */
export function newKey(
  node: Node,
  p: usize,
  length: usize,
  name: usize,
  nameLength: usize,
  hash: u32,
): usize {
  const table = changetype<Table>(node.table);
  if (table.columns++ > changetype<Shape>(table.shape).maxColumns)
    return refuse(Refusal.COLUMNS, p);
  const at = allocateZeroed(offsetof<Key>());
  const key = changetype<Key>(at);
  key.node = changetype<usize>(node);
  key.length = <u32>length;
  key.mask = length >= 16 ? 0xffff : (1 << (<u32>length)) - 1;
  key.spelling = allocateZeroed(length + 32);
  memory.copy(key.spelling, p, length);
  if (length) store<u8>(key.spelling + length - 1, 58);
  key.name = allocate(nameLength + 1);
  key.nameLength = <u32>nameLength;
  memory.copy(key.name, name, nameLength);
  key.hash = hash;
  key.lanes = allocateZeroed(KINDS * sizeof<usize>());
  key.mode = decide(at);
  return at;
}

@inline export function isText(kind: u32): bool {
  return kind == Kind.TEXT || kind == Kind.HUGEINT || kind == Kind.JSON;
}

@inline export function hasSource(kind: u32): bool {
  return kind == Kind.DOUBLE || kind == Kind.TIMESTAMP;
}

@inline export function width(kind: u32): usize {
  return kind == Kind.BOOL ? 1 : 8;
}

/** The lane of a key for values of `kind`, filled up to `row`. */
@inline export function laneOf(table: Table, key: Key, kind: u32, row: u32): Lane {
  const at = load<usize>(key.lanes + ((<usize>kind) << alignof<usize>()));
  if (at && changetype<Lane>(at).rows == row) return changetype<Lane>(at);
  return settle(table, key, kind, row);
}

function settle(table: Table, key: Key, kind: u32, row: u32): Lane {
  const slot = key.lanes + ((<usize>kind) << alignof<usize>());
  if (!load<usize>(slot)) {
    const fresh = changetype<Lane>(allocateZeroed(offsetof<Lane>()));
    fresh.kind = kind;
    fresh.key = changetype<usize>(key);
    fresh.table = changetype<usize>(table);
    fresh.rows = CLOSED;
    store<usize>(slot, changetype<usize>(fresh));
  }
  const lane = changetype<Lane>(load<usize>(slot));
  if (lane.rows == CLOSED) open(table, lane);
  if (lane.rows < row) pad(lane, row);
  if (lane.nulls == row) {
    // The first value; also where one came before that was taken back.
    lane.order = ++changetype<Shape>(table.shape).order;
    lane.unsafe = 0;
  }
  return lane;
}

function open(table: Table, lane: Lane): void {
  const capacity = table.capacity;
  lane.rows = 0;
  lane.nulls = 0;
  lane.next = table.lanes;
  table.lanes = changetype<usize>(lane);
  lane.valid = allocate(capacity >> 3);
  memory.fill(lane.valid, 0xff, capacity >> 3);
  if (isText(lane.kind)) {
    lane.offsets = allocate((<usize>capacity + 1) << 2);
    store<u32>(lane.offsets, 0);
    lane.size = max<u32>(capacity << 4, 256);
    lane.data = allocate(lane.size);
    lane.at = lane.data;
    lane.limit = lane.data + lane.size - 64;
  } else {
    lane.data = allocate(<usize>capacity * width(lane.kind) + 64);
    if (hasSource(lane.kind)) lane.source = allocate((<usize>capacity) << 2);
  }
}

export function close(table: Table, lane: Lane): void {
  const capacity = table.capacity;
  lane.rows = CLOSED;
  release(lane.valid, capacity >> 3);
  if (isText(lane.kind)) {
    release(lane.offsets, (<usize>capacity + 1) << 2);
    release(lane.data, lane.size);
  } else {
    release(lane.data, <usize>capacity * width(lane.kind) + 64);
    release(lane.source, (<usize>capacity) << 2);
    lane.source = 0;
  }
}

/** Makes room for the sources of a lane whose table grows from `old` rows. */
export function growSource(lane: Lane, old: u32, capacity: u32): void {
  const used = (<usize>old) << 2;
  lane.source = regrow(lane.source, used, used, (<usize>capacity) << 2);
  if (!hasSource(lane.kind)) memory.fill(lane.source + used, 0xff, (<usize>(capacity - old)) << 2);
}

/** Keeps where the text of `row` is in a lane of integers, which has sources from its first on. */
export function noteSource(table: Table, lane: Lane, row: u32, at: u32): void {
  if (!lane.source) growSource(lane, 0, table.capacity);
  store<u32>(lane.source + ((<usize>row) << 2), at);
}

/** Notes that the value of `row` makes the lane one that has unsafe values. */
@inline export function noteUnsafe(lane: Lane, row: u32): void {
  if (!lane.unsafe) lane.unsafe = row + 1;
}

/** Forgets the integer of `row` and where its text was. */
export function forgetSource(lane: Lane, row: usize): void {
  if (lane.source) store<u32>(lane.source + (row << 2), NOWHERE);
}

/** Marks the rows from `lane.rows` up to `row` as without a value of this kind. */
export function pad(lane: Lane, row: u32): void {
  const text = isText(lane.kind);
  const filled = <u32>(lane.at - lane.data);
  lane.nulls += row - lane.rows;
  for (let i: usize = lane.rows; i < <usize>row; i++) {
    const bits = lane.valid + (i >> 3);
    store<u8>(bits, <u8>((<u32>load<u8>(bits)) & ~(1 << ((<u32>i) & 7))));
    if (text) store<u32>(lane.offsets + ((i + 1) << 2), filled);
    else if (lane.kind == Kind.BOOL) store<u8>(lane.data + i, 0);
    else store<u64>(lane.data + (i << 3), 0);
  }
  lane.rows = row;
}

/** Ends the text that was written up to `at` as the value of `row`. */
@inline export function endText(lane: Lane, row: u32, at: usize): void {
  lane.at = at;
  store<u32>(lane.offsets + ((<usize>row) << 2), <u32>(at - lane.data), 4);
  lane.rows = row + 1;
}

/** Makes room for `more` bytes (and 64 on top) at `at`; returns the new place of `at`. */
export function growText(lane: Lane, at: usize, more: usize): usize {
  const used = at - lane.data;
  let size = (<usize>lane.size) << 1;
  while (size < used + more + 64) size <<= 1;
  lane.data = regrow(lane.data, used, lane.size, size);
  lane.size = <u32>size;
  lane.limit = lane.data + size - 64;
  return lane.data + used;
}
