/** Adds the rows of all tables; 0 for none. */
export function totalRows(tables: Readonly<Record<string, number>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0);
}
