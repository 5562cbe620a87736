import { digitsReader, isValid, laneReader } from '../schema/lane-value.js';
import type { Flat, FlatColumn, FlatTable } from '../types.js';
import { pathsKey } from './take-rows.js';

/** Prints rows of a page again as JSON, with the rows below them as lists. */
export interface RowPrinter {
  row(table: FlatTable, row: number): string;
  /** An object that has the values of these columns alone. */
  values(columns: readonly FlatColumn[], row: number): string;
}

/** An object that is printed: members in the order in which they came. */
type Members = Map<string, string | Members>;

/**
 * Makes the printer of a page. Values are printed as they were sent; nulls and empty objects and
 * lists are not there, and members of nested objects may stand in another order.
 */
export function rowPrinter({ tables }: Flat): RowPrinter {
  const readers = new WeakMap<FlatColumn, (row: number) => string | undefined>();
  const placed = new WeakMap<FlatTable, Map<number, number[]>>();
  function textAt(column: FlatColumn, row: number): string | undefined {
    let read = readers.get(column);
    if (read === undefined) {
      read = valuePrinter(column);
      readers.set(column, read);
    }
    return read(row);
  }
  function put(members: Members, path: readonly string[], value: string): void {
    let at = members;
    for (const key of path.slice(0, -1)) {
      const below = at.get(key);
      if (below instanceof Map) at = below;
      else at.set(key, (at = new Map()));
    }
    at.set(path.at(-1) as string, value);
  }
  /** Returns the rows of a child table by the row above them. */
  function rowsBelow(child: FlatTable, row: number): readonly number[] {
    let byParent = placed.get(child);
    if (byParent === undefined) {
      byParent = new Map();
      for (const [own, parent] of (child.parentRow as Int32Array).entries()) {
        const rows = byParent.get(parent);
        if (rows === undefined) byParent.set(parent, [own]);
        else rows.push(own);
      }
      placed.set(child, byParent);
    }
    return byParent.get(row) ?? [];
  }
  function valuesOf(columns: readonly FlatColumn[], row: number): Members {
    const members: Members = new Map();
    for (const column of columns) {
      const value = column.system ? undefined : textAt(column, row);
      if (value !== undefined) put(members, column.path ?? [column.name], value);
    }
    return members;
  }
  function print(table: FlatTable, row: number): string {
    const scalar = table.columns.find(({ path }) => path?.length === 0);
    const value = scalar && textAt(scalar, row);
    if (value !== undefined) return value;
    const members = valuesOf(table.columns, row);
    const key = pathsKey(table.path);
    for (const child of tables) {
      if (child.parentRow === null || pathsKey(child.path.slice(0, -1)) !== key) continue;
      const rows = rowsBelow(child, row);
      if (rows.length === 0) continue;
      const list = `[${rows.map((own) => print(child, own)).join(',')}]`;
      const path = child.path.at(-1) as readonly string[];
      // The element of a list is a list itself.
      if (path.length === 0) return list;
      put(members, path, list);
    }
    return printed(members);
  }
  return { row: print, values: (columns, row) => printed(valuesOf(columns, row)) };
}

function printed(members: Members): string {
  const parts = [...members].map(
    ([key, value]) =>
      `${JSON.stringify(key)}:${typeof value === 'string' ? value : printed(value)}`,
  );
  return `{${parts.join(',')}}`;
}

function valuePrinter({ lanes, text }: FlatColumn): (row: number) => string | undefined {
  const readers = lanes.map((lane) => ({
    kind: lane.kind,
    validity: lane.validity,
    read: laneReader(lane, text),
    digits: lane.kind === 'timestamp' ? undefined : digitsReader(lane, text),
  }));
  return (row) => {
    const lane = readers.find(({ validity }) => isValid(validity, row));
    if (lane === undefined) return undefined;
    const value = lane.digits?.(row) ?? lane.read(row);
    return lane.kind === 'text' || lane.kind === 'timestamp'
      ? JSON.stringify(value)
      : String(value);
  };
}
