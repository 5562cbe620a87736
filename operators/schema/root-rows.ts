import type { FlatTable } from '../types.js';
import { pathKey } from './names.js';

/**
 * Returns per row of a page's child table the number of its row in the root table, through the
 * parents between; null for a root table, such as that of a list with keys of its own.
 */
export function rootRows(
  { path, parent, parentRow }: FlatTable,
  tables: readonly FlatTable[],
): Int32Array | null {
  if (parent === null || parentRow === null) return null;
  const above = path.slice(0, -1).map(pathKey).join();
  const table = tables.find((one) => one.path.map(pathKey).join() === above) as FlatTable;
  const rows = rootRows(table, tables);
  return rows === null ? parentRow : Int32Array.from(parentRow, (row) => rows[row] as number);
}
