import type { Buffers, FlatColumn, FlatTable, TableSchema } from '../types.js';
import { gatherTexts } from './gather-texts.js';

const ROOT_ID = '_dlt_root_id';

/**
 * Returns a page's child table with `_dlt_root_id`, where the table of that schema has the column
 * and the page came without: each row's parent leads to it. A table that was merged once has the
 * column, and it is filled whatever is done with it later.
 */
export function withRootIds(
  table: FlatTable,
  { columns }: TableSchema,
  tables: readonly FlatTable[],
): FlatTable {
  const needed = table.parent !== null && has(columns) && !has(table.columns);
  return needed ? { ...table, columns: [...table.columns, rootIds(table, tables)] } : table;
}

function has(columns: readonly { name: string }[]): boolean {
  return columns.some(({ name }) => name === ROOT_ID);
}

function rootIds(table: FlatTable, tables: readonly FlatTable[]): FlatColumn {
  const ids = (child: FlatTable): Buffers => {
    if (child.path.length === 1 && child.parent !== null)
      return columnOf(child, '_dlt_parent_id').lanes[0] as Buffers;
    const above = JSON.stringify(child.path.slice(0, -1));
    return gatherTexts(
      ids(tables.find(({ path }) => JSON.stringify(path) === above) as FlatTable),
      child.parentRow as Int32Array,
    );
  };
  return {
    ...columnOf(table, '_dlt_parent_id'),
    name: ROOT_ID,
    lanes: [{ ...ids(table), kind: 'text', hasUnsafeValues: false, source: null }],
  };
}

function columnOf({ columns }: FlatTable, name: string): FlatColumn {
  return columns.find((column) => column.name === name) as FlatColumn;
}
