import { isValid } from '../schema/lane-value.js';
import { pathKey } from '../schema/names.js';
import type { Flat, FlatColumn, FlatTable, Lane } from '../types.js';

/** Integers beyond this are not exact as doubles. */
const EXACT = 2n ** 53n;

/**
 * Keeps some rows of a page's root table, and in every child table the rows below them; one pass a
 * column. The only place where rows are dropped once they are columns.
 *
 * `rows`: row numbers of the root table, ascending. Gives the page as if the other rows had never
 * been there: columns, lanes and tables without a value are left out, columns are in the order of
 * their first rows (those that begin in the same row keep the order they had). `_dlt_list_idx` and
 * ids stay. `hasUnsafeValues` of doubles and timestamps stays, since it only says that values
 * may be unsafe; a time that the walk took as text, behind other text, stays text. All rows: the
 * page itself.
 */
export function takeRows(flat: Flat, rows: ArrayLike<number>): Flat {
  const [root] = flat.tables as readonly [FlatTable];
  return rows.length === root.rows ? flat : takeTables(flat, Uint32Array.from(rows), () => true);
}

/**
 * Drops rows of any tables of a page, and in every child table the rows below them; as `takeRows`
 * in all else. `isDropped` says it of the rows of each table.
 */
export function dropRows(flat: Flat, isDropped: (table: FlatTable, row: number) => boolean): Flat {
  const [root] = flat.tables as readonly [FlatTable];
  const chosen = new Uint32Array(root.rows);
  let count = 0;
  for (let row = 0; row < root.rows; row += 1) if (!isDropped(root, row)) chosen[count++] = row;
  return takeTables(flat, chosen.subarray(0, count), (table, row) => !isDropped(table, row));
}

/** Orders columns as a page has them: by first row, sluice's own last. */
export function inPageOrder(columns: FlatColumn[]): FlatColumn[] {
  return columns.sort((a, b) => Number(a.system) - Number(b.system) || a.firstRow - b.firstRow);
}

function takeTables(
  flat: Flat,
  chosen: Uint32Array,
  isKept: (table: FlatTable, row: number) => boolean,
): Flat {
  const [root, ...children] = flat.tables as readonly [FlatTable, ...FlatTable[]];
  const places = new Map([[pathsKey(root.path), newPlaces(root.rows, chosen)]]);
  const tables = [takeTable(root, chosen, null)];
  for (const child of children) {
    const parents = places.get(pathsKey(child.path.slice(0, -1))) as Int32Array;
    const parentRow = child.parentRow as Int32Array;
    const own = new Uint32Array(child.rows);
    let count = 0;
    for (let row = 0; row < child.rows; row += 1)
      if ((parents[parentRow[row] as number] as number) >= 0 && isKept(child, row))
        own[count++] = row;
    const kept = own.subarray(0, count);
    places.set(pathsKey(child.path), newPlaces(child.rows, kept));
    if (count > 0)
      tables.push(
        takeTable(
          child,
          kept,
          Int32Array.from(kept, (row) => parents[parentRow[row] as number] as number),
        ),
      );
  }
  return { ...flat, tables };
}

/** Returns what identifies a table of a page. */
export function pathsKey(path: FlatTable['path']): string {
  return path.map(pathKey).join();
}

/** Returns for each row its number among those that are kept; -1 for the others. */
function newPlaces(rows: number, kept: Uint32Array): Int32Array {
  const places = new Int32Array(rows).fill(-1);
  for (let place = 0; place < kept.length; place += 1) places[kept[place] as number] = place;
  return places;
}

function takeTable(table: FlatTable, kept: Uint32Array, parentRow: Int32Array | null): FlatTable {
  const columns = inPageOrder(table.columns.flatMap((column) => takeColumn(column, kept)));
  const { isBefore } = table;
  return {
    ...table,
    rows: kept.length,
    parentRow,
    columns,
    ...(isBefore && {
      isBefore: (row, one, other) => isBefore(kept[row] as number, one, other),
    }),
  };
}

function takeColumn(column: FlatColumn, kept: Uint32Array): FlatColumn[] {
  const lanes = column.lanes
    .flatMap((lane) => takeLane(lane, kept))
    .sort((a, b) => a.firstRow - b.firstRow);
  const [first] = lanes;
  if (first === undefined) return [];
  const hasSource = lanes.some(({ lane }) => lane.source !== null);
  return [
    {
      ...column,
      firstRow: first.firstRow,
      lanes: lanes.map(({ lane }) => lane),
      text: hasSource ? column.text : null,
    },
  ];
}

function takeLane(lane: Lane, kept: Uint32Array): { lane: Lane; firstRow: number }[] {
  const rows = kept.length;
  const validity = new Uint8Array((rows + 7) >> 3);
  let nulls = rows;
  let firstRow = -1;
  for (let row = 0; row < rows; row += 1) {
    if (!isValid(lane.validity, kept[row] as number)) continue;
    validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
    nulls -= 1;
    if (firstRow < 0) firstRow = row;
  }
  if (firstRow < 0) return [];
  const values = lane.offsets === null ? takeFixed(lane, kept) : takeTexts(lane, kept);
  const source = lane.source && Int32Array.from(kept, (row) => lane.source?.[row] as number);
  const taken: Lane = {
    kind: lane.kind,
    rows,
    nulls,
    validity: nulls === 0 ? null : validity,
    ...values,
    source,
    hasUnsafeValues:
      lane.hasUnsafeValues && (lane.kind !== 'bigint' || hasUnsafeIntegers(values.data)),
  };
  return [{ lane: taken, firstRow }];
}

function takeFixed({ kind, data }: Lane, kept: Uint32Array): Pick<Lane, 'offsets' | 'data'> {
  const rows = kept.length;
  if (kind === 'bool') {
    const bits = new Uint8Array((rows + 7) >> 3);
    for (let row = 0; row < rows; row += 1)
      if (isValid(data, kept[row] as number))
        bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7));
    return { offsets: null, data: bits };
  }
  // As two halves: as doubles integers could change, and a BigInt would be made for each value.
  const from = new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
  const to = new Int32Array(rows * 2);
  for (let row = 0; row < rows; row += 1) {
    const at = (kept[row] as number) * 2;
    to[row * 2] = from[at] as number;
    to[row * 2 + 1] = from[at + 1] as number;
  }
  return { offsets: null, data: new Uint8Array(to.buffer) };
}

function takeTexts({ offsets, data }: Lane, kept: Uint32Array): Pick<Lane, 'offsets' | 'data'> {
  const from = offsets as Int32Array;
  const rows = kept.length;
  const to = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row += 1) {
    const at = kept[row] as number;
    to[row + 1] = (to[row] as number) + (from[at + 1] as number) - (from[at] as number);
  }
  const bytes = new Uint8Array(to[rows] as number);
  // Rows that lie one behind the other are copied at once.
  for (let row = 0; row < rows;) {
    const begin = row;
    while (row + 1 < rows && kept[row + 1] === (kept[row] as number) + 1) row += 1;
    const [first, last] = [kept[begin] as number, kept[row] as number];
    bytes.set(data.subarray(from[first], from[last + 1]), to[begin]);
    row += 1;
  }
  return { offsets: to, data: bytes };
}

function hasUnsafeIntegers(data: Uint8Array): boolean {
  const values = new BigInt64Array(data.buffer, data.byteOffset, data.byteLength >> 3);
  return values.some((value) => value > EXACT || value < -EXACT);
}
