import { SchemaError } from '../errors.js';
import type { ColumnSchema, FlatTable, Page, ShapedColumn } from '../types.js';
import { isValid } from './lane-value.js';

/**
 * Refuses a page's rows in which a column that must have values has none.
 *
 * Errors: SchemaError naming resource, page, table, column and row, or the columns that were there
 * when it never came.
 */
export function requireValues(
  names: Iterable<string>,
  flat: FlatTable,
  shaped: readonly ShapedColumn[],
  types: (name: string) => ColumnSchema | undefined,
  page: Page,
): void {
  const columns = new Map(shaped.map((column) => [column.name, column]));
  for (const name of names) {
    const column = columns.get(name);
    if (column?.nulls !== 0) throw refusal(name, flat, column, types(name), page);
  }
}

function refusal(
  name: string,
  { name: table, columns }: FlatTable,
  shaped: ShapedColumn | undefined,
  type: ColumnSchema | undefined,
  { resource, index, parent }: Page,
): SchemaError {
  const of = parent === null ? '' : ` of ${parent.slice(0, 200)}`;
  const where = `Resource ${resource}, page ${index + 1}${of}: column ${table}.${name} must have a value in every row (it is a key, or declared or stored as not null)`;
  const seen = columns.find((column) => column.name === name);
  if (seen === undefined) {
    const there = columns.filter(({ system }) => !system).map((column) => column.name);
    const listed =
      there.length > 20
        ? `${there.slice(0, 20).join(', ')} and ${there.length - 20} more`
        : there.join(', ');
    return new SchemaError(
      `${where}, but no row of the page has one. Columns there: ${listed || 'none'}. Correct primaryKey or the column's hint.`,
    );
  }
  let row = 0;
  if (shaped !== undefined) while (isValid(shaped.validity, row)) row += 1;
  const found = seen.lanes.find(({ validity }) => isValid(validity, row));
  const what =
    found === undefined
      ? 'has none'
      : `has a ${found.kind}, which does not fit its type ${type?.dataType}`;
  return new SchemaError(
    `${where}, but row ${row + 1} ${what}. Correct primaryKey or the column's hint, or filter such rows out.`,
  );
}
