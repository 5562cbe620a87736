import type { FlatTable } from '../types.js';
import { pathKey } from './names.js';

/**
 * Returns per row of a page's child table the number of its row in the root table, through the
 * parents between; null for the root table.
 */
export function rootRows(
  { path, parentRow }: FlatTable,
  tables: readonly FlatTable[],
): Int32Array | null {
  if (parentRow === null || path.length === 1) return parentRow;
  const above = path.slice(0, -1).map(pathKey).join();
  const parent = tables.find((table) => table.path.map(pathKey).join() === above) as FlatTable;
  const rows = rootRows(parent, tables);
  return rows && Int32Array.from(parentRow, (row) => rows[row] as number);
}
