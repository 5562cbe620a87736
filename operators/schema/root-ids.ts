import type { Buffers, FlatColumn, FlatTable, TableSchema } from '../types.js';

const ROOT_ID = '_dlt_root_id';

/**
 * A page's child table with `_dlt_root_id`, where the table of that schema has the column and the
 * page came without: each row's parent leads to it. A table that was merged once has the column,
 * and it is filled whatever is done with it later.
 */
export function withRootIds(
  table: FlatTable,
  { columns }: TableSchema,
  tables: readonly FlatTable[],
): FlatTable {
  const needed = table.parentRow !== null && has(columns) && !has(table.columns);
  return needed ? { ...table, columns: [...table.columns, rootIds(table, tables)] } : table;
}

function has(columns: readonly { name: string }[]): boolean {
  return columns.some(({ name }) => name === ROOT_ID);
}

function rootIds(table: FlatTable, tables: readonly FlatTable[]): FlatColumn {
  const ids = (child: FlatTable): Buffers => {
    if (child.path.length === 1) return columnOf(child, '_dlt_parent_id').lanes[0] as Buffers;
    const above = JSON.stringify(child.path.slice(0, -1));
    return gather(
      ids(tables.find(({ path }) => JSON.stringify(path) === above) as FlatTable),
      child.parentRow as Int32Array,
    );
  };
  return {
    ...columnOf(table, '_dlt_parent_id'),
    name: ROOT_ID,
    lanes: [{ ...ids(table), kind: 'text', wide: false, source: null }],
  };
}

function columnOf({ columns }: FlatTable, name: string): FlatColumn {
  return columns.find((column) => column.name === name) as FlatColumn;
}

/** The ids of these rows. All ids have one length. */
function gather({ offsets, data }: Buffers, from: Int32Array): Buffers {
  const length = (offsets as Int32Array)[1] as number;
  const ids = new Uint8Array(from.length * length);
  for (const [row, parent] of from.entries())
    ids.set(data.subarray(parent * length, (parent + 1) * length), row * length);
  return {
    rows: from.length,
    nulls: 0,
    validity: null,
    offsets: Int32Array.from({ length: from.length + 1 }, (_, row) => row * length),
    data: ids,
  };
}
