import { isValid } from '../schema/lane-value.js';
import type { FlatColumn, FlatTable, Lane } from '../types.js';
import { inPageOrder } from './take-rows.js';

/**
 * Drops the values of a column in some rows; the rows stay. Gives the table as if null had been
 * sent there: a column and lanes without a value are left out.
 *
 * @param column as it stands in the table, or under another name with the same path
 */
export function dropValues(
  table: FlatTable,
  { path, name }: Pick<FlatColumn, 'path' | 'name'>,
  rows: readonly number[],
): FlatTable {
  const dropped = new Set(rows);
  const columns = table.columns.flatMap((one) =>
    !one.system && (path === null ? one.path === null && one.name === name : one.path === path)
      ? without(one, dropped)
      : [one],
  );
  return { ...table, columns: inPageOrder(columns) };
}

function without(column: FlatColumn, dropped: ReadonlySet<number>): FlatColumn[] {
  const lanes = column.lanes
    .flatMap((lane) => withoutRows(lane, dropped))
    .sort((a, b) => a.firstRow - b.firstRow);
  const [first] = lanes;
  if (first === undefined) return [];
  return [{ ...column, firstRow: first.firstRow, lanes: lanes.map(({ lane }) => lane) }];
}

function withoutRows(lane: Lane, dropped: ReadonlySet<number>): { lane: Lane; firstRow: number }[] {
  const { rows } = lane;
  const validity = new Uint8Array((rows + 7) >> 3);
  let nulls = rows;
  let firstRow = -1;
  for (let row = 0; row < rows; row += 1) {
    if (dropped.has(row) || !isValid(lane.validity, row)) continue;
    validity[row >> 3] = (validity[row >> 3] as number) | (1 << (row & 7));
    nulls -= 1;
    if (firstRow < 0) firstRow = row;
  }
  if (firstRow < 0) return [];
  const values = lane.offsets === null ? zeroed(lane, validity) : emptied(lane, validity);
  return [
    { lane: { ...lane, ...values, nulls, validity: nulls === 0 ? null : validity }, firstRow },
  ];
}

/** Nulls hold zeros. */
function zeroed({ kind, data, rows }: Lane, validity: Uint8Array): Pick<Lane, 'offsets' | 'data'> {
  const copy = data.slice();
  const width = kind === 'bool' ? 0 : data.byteLength / rows;
  for (let row = 0; row < rows; row += 1)
    if (isValid(validity, row)) continue;
    else if (width > 0) copy.fill(0, row * width, (row + 1) * width);
    else copy[row >> 3] = (copy[row >> 3] as number) & ~(1 << (row & 7));
  return { offsets: null, data: copy };
}

function emptied(
  { offsets, data, rows }: Lane,
  validity: Uint8Array,
): Pick<Lane, 'offsets' | 'data'> {
  const from = offsets as Int32Array;
  const to = new Int32Array(rows + 1);
  const bytes = new Uint8Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    const value = isValid(validity, row) ? data.subarray(from[row], from[row + 1]) : NOTHING;
    bytes.set(value, to[row]);
    to[row + 1] = (to[row] as number) + value.length;
  }
  return { offsets: to, data: bytes.slice(0, to[rows]) };
}

const NOTHING = new Uint8Array();
