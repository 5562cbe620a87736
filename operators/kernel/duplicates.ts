// A key that comes twice in one object: the last value wins (as in JSON.parse), so all that the
// earlier one left is taken back.

import { forgetSource, Key, Lane, Node, Shape, Table } from './columns';

/**
 * Takes back the value that `key` has in `row`: lane entries, values of a nested object, rows of
 * child tables.
 */
export function takeBack(table: Table, key: Key, row: u32): void {
  for (let kind: usize = 0; kind < 7; kind++) {
    const at = load<usize>(key.lanes + (kind << alignof<usize>()));
    if (at && changetype<Lane>(at).rows == row + 1) cut(changetype<Lane>(at), row);
  }
  if (key.sub) {
    const mark = table.base + row + 1;
    for (let k = changetype<Node>(key.sub).first; k; k = changetype<Key>(k).next) {
      if (changetype<Key>(k).seen == mark) takeBack(table, changetype<Key>(k), row);
    }
  }
  if (key.child) {
    const child = changetype<Table>(key.child);
    let rows = child.rows;
    while (rows > 0 && load<u32>(child.parentRow + ((<usize>(rows - 1)) << 2)) == row) rows--;
    truncate(child, rows);
  }
  key.seen = 0;
}

/** Cuts the lane to `rows` rows. */
function cut(lane: Lane, rows: u32): void {
  for (let i: usize = rows; i < <usize>lane.rows; i++) {
    const bits = lane.valid + (i >> 3);
    const bit: u32 = 1 << ((<u32>i) & 7);
    if (!((<u32>load<u8>(bits)) & bit)) lane.nulls--;
    store<u8>(bits, <u8>((<u32>load<u8>(bits)) | bit));
    forgetSource(lane, i);
  }
  lane.rows = rows;
  if (lane.unsafe > rows) lane.unsafe = 0;
  if (lane.offsets) lane.at = lane.data + load<u32>(lane.offsets + ((<usize>rows) << 2));
}

function truncate(table: Table, rows: u32): void {
  if (table.rows == rows) return;
  for (let at = table.lanes; at; at = changetype<Lane>(at).next) {
    if (changetype<Lane>(at).rows > rows) cut(changetype<Lane>(at), rows);
  }
  // Row marks count up for ever: the numbers given again must not look like rows that were seen.
  table.base += table.rows - rows;
  table.rows = rows;
  for (let at = changetype<Shape>(table.shape).first; at; at = changetype<Table>(at).next) {
    const below = changetype<Table>(at);
    if (below.parent != changetype<usize>(table)) continue;
    let kept = below.rows;
    while (kept > 0 && load<u32>(below.parentRow + ((<usize>(kept - 1)) << 2)) >= rows) kept--;
    truncate(below, kept);
  }
}
