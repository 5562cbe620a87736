import { valueAt } from '../json/value-at.js';
import type { FlatColumn, FlatTable, IsBefore, Json } from '../types.js';
import { pathsKey } from './take-rows.js';

/**
 * Returns the order in which dlt writes the values of a table's rows.
 *
 * Source of the rule: dlt's relational normalizer writes the values of a row into one dict: objects
 * after what stands beside them, the last of several first.
 *
 * @param tables all tables of the page
 * @param rows the rows of the page, with the parent's fields; called with the first question
 */
export function rowOrder(
  table: FlatTable,
  tables: readonly FlatTable[],
  rows: () => readonly Json[],
): IsBefore {
  return (row, one, other) => {
    const object = objectAt(table, row, tables, rows());
    const isThere = (path: readonly string[] | null): boolean =>
      path !== null && valueAt(object, path) !== undefined;
    // Columns that have the names of dlt have no path.
    const pathOf = ({ name, path }: Pick<FlatColumn, 'name' | 'path'>): readonly string[] =>
      path ?? table.columns.find((own) => own.name === name && isThere(own.path))?.path ?? [];
    return isBefore(object, pathOf(one), pathOf(other));
  };
}

/** Returns the object that a row of a table was. */
function objectAt(
  table: FlatTable,
  row: number,
  tables: readonly FlatTable[],
  rows: readonly Json[],
): Json | undefined {
  if (table.path.length === 0) return rows[row];
  const above = pathsKey(table.path.slice(0, -1));
  const parent = tables.find(({ path }) => pathsKey(path) === above) as FlatTable;
  const list = valueAt(
    objectAt(parent, table.parentRow?.[row] as number, tables, rows),
    table.path.at(-1) ?? [],
  );
  // The rows of a list lie one behind the other.
  const first = table.parentRow?.indexOf(table.parentRow[row] as number) ?? 0;
  return Array.isArray(list) ? list[row - first] : undefined;
}

function isBefore(
  object: Json | undefined,
  one: readonly string[],
  other: readonly string[],
): boolean {
  const at = one.findIndex((key, i) => key !== other[i]);
  if (at < 0) return false;
  const isNested = [one.length > at + 1, other.length > at + 1];
  if (isNested[0] !== isNested[1]) return isNested[1] === true;
  const holder = valueAt(object, one.slice(0, at));
  const keys = typeof holder === 'object' && holder !== null ? Object.keys(holder) : [];
  const follows = keys.indexOf(other[at] as string) > keys.indexOf(one[at] as string);
  // Of two objects the last is taken first.
  return isNested[0] === true ? !follows : follows;
}
