// The rows of a page: tables and their open lanes grow by rows, are filled up at the end of a page,
// and give their buffers back.

import { close, growSource, isText, Lane, pad, Shape, Table, width } from './columns';
import { regrow, release } from './memory';

/**
 * A new row of the table; the table (and every lane with buffers) grows to twice its size where it
 * is full.
 */
@inline export function addRow(table: Table): u32 {
  if (table.rows >= table.capacity) growTable(table);
  return table.rows++;
}

function growTable(table: Table): void {
  const old = table.capacity;
  const capacity = old ? old << 1 : 256;
  for (let at = table.lanes; at; at = changetype<Lane>(at).next) {
    const lane = changetype<Lane>(at);
    lane.valid = regrow(lane.valid, old >> 3, old >> 3, capacity >> 3);
    memory.fill(lane.valid + (old >> 3), 0xff, (capacity - old) >> 3);
    if (isText(lane.kind)) {
      lane.offsets = regrow(
        lane.offsets,
        (<usize>old + 1) << 2,
        (<usize>old + 1) << 2,
        (<usize>capacity + 1) << 2,
      );
    } else {
      const bytes = width(lane.kind);
      lane.data = regrow(
        lane.data,
        <usize>old * bytes,
        <usize>old * bytes + 64,
        <usize>capacity * bytes + 64,
      );
      if (lane.source) growSource(lane, old, capacity);
    }
  }
  sizeLinks(table, old, capacity);
}

/** Makes room for the links of child rows to their parents. */
function sizeLinks(table: Table, old: u32, capacity: u32): void {
  if (table.parent) {
    table.parentRow = regrow(
      table.parentRow,
      (<usize>old) << 2,
      (<usize>old) << 2,
      (<usize>capacity) << 2,
    );
    table.listIndex = regrow(
      table.listIndex,
      (<usize>old) << 3,
      (<usize>old) << 3,
      (<usize>capacity) << 3,
    );
  }
  table.capacity = capacity;
}

/** Makes the root table ready for exactly this many rows. */
export function beginPage(shape: usize, rows: u32): void {
  const root = changetype<Table>(changetype<Shape>(shape).first);
  changetype<Shape>(shape).order = 0;
  root.capacity = max<u32>((rows + 63) & ~63, 64);
}

/** Fills every lane up to its table's rows. */
export function finishPage(shape: usize): void {
  for (let at = changetype<Shape>(shape).first; at; at = changetype<Table>(at).next) {
    const table = changetype<Table>(at);
    for (let l = table.lanes; l; l = changetype<Lane>(l).next) {
      if (changetype<Lane>(l).rows < table.rows) pad(changetype<Lane>(l), table.rows);
    }
  }
}

/** Gives all buffers of the page back and empties the tables. */
export function releasePage(shape: usize): void {
  for (let at = changetype<Shape>(shape).first; at; at = changetype<Table>(at).next) {
    const table = changetype<Table>(at);
    for (let l = table.lanes; l; l = changetype<Lane>(l).next) close(table, changetype<Lane>(l));
    table.lanes = 0;
    if (table.parent && table.capacity) {
      release(table.parentRow, (<usize>table.capacity) << 2);
      release(table.listIndex, (<usize>table.capacity) << 3);
      table.parentRow = 0;
      table.listIndex = 0;
    }
    table.base += table.rows;
    table.rows = 0;
    table.capacity = 0;
  }
}
