import { placeOf } from '../settings/with-place.js';
import type { FlatTable, Page, ShapedColumn } from '../types.js';
import type { GrowingTable } from './growing-table.js';
import { isValid } from './lane-value.js';
import type { Violation } from './violation.js';

/**
 * Finds the columns that must have a value in every row of a page and have not. The message names
 * resource, page, table, column and row, or the columns that are there when it never comes.
 */
export function missingValues(
  names: Iterable<string>,
  table: FlatTable,
  shaped: readonly ShapedColumn[],
  growing: GrowingTable,
  page: Page,
): Violation[] {
  if (table.rows === 0) return [];
  const columns = new Map(shaped.map((column) => [column.name, column]));
  return [...names].flatMap((name) => {
    const column = columns.get(name);
    return column?.nulls === 0 ? [] : [violation(name, table, column, growing, page)];
  });
}

function violation(
  name: string,
  { columns }: FlatTable,
  shaped: ShapedColumn | undefined,
  growing: GrowingTable,
  { resource, index, parent }: Page,
): Violation {
  const table = growing.schema.name;
  const where = `${placeOf(resource, parent, index)}: column ${table}.${name} must have a value in every row (it is a key, or declared or stored as not null)`;
  const seen = columns.find((column) => column.name === name);
  if (seen === undefined) {
    const there = columns.filter(({ system }) => !system).map((column) => column.name);
    const listed =
      there.length > 20
        ? `${there.slice(0, 20).join(', ')} and ${there.length - 20} more`
        : there.join(', ');
    const message = `${where}, but no row of the page has one. Columns there: ${listed || 'none'}. Correct primaryKey or the column's hint.`;
    return { table, column: name, row: null, message };
  }
  let row = 0;
  if (shaped !== undefined) while (isValid(shaped.validity, row)) row += 1;
  const found = seen.lanes.find(({ validity }) => isValid(validity, row));
  const what =
    found === undefined
      ? 'has none'
      : `has a ${found.kind}, which does not fit its type ${growing.column(name)?.dataType}`;
  const message = `${where}, but row ${row + 1} ${what}. Correct primaryKey or the column's hint, or filter such rows out.`;
  return { table, column: name, row, message };
}
