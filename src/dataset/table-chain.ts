import type { TableStructure } from '../destination/table-structure.js';

/** The tables of a dataset by name. */
export type Structures = ReadonlyMap<string, TableStructure>;

/** A child table, and the parent whose `_dlt_id` its `_dlt_parent_id` names. */
export interface Link {
  child: string;
  parent: string;
}

/** The links from a table up to its root; none for a root table. */
export function linksToRoot(table: string, tables: Structures): Link[] {
  const links: Link[] = [];
  for (let child = table; ;) {
    const parent = tables.get(child)?.parent ?? null;
    if (parent === null || links.some((link) => link.parent === parent)) return links;
    links.push({ child, parent });
    child = parent;
  }
}

/**
 * The links by which a table is reached from `joined` ones, the one next to these first; null where
 * it is neither above nor below any of them. A way up comes first: rows have one parent.
 */
export function linksBetween(
  joined: readonly string[],
  table: string,
  tables: Structures,
): Link[] | null {
  for (const own of joined) {
    const up = linksToRoot(own, tables);
    const found = up.findIndex(({ parent }) => parent === table);
    if (found >= 0) return up.slice(0, found + 1);
  }
  const up = linksToRoot(table, tables);
  const reached = up.findIndex(({ parent }) => joined.includes(parent));
  return reached < 0 ? null : up.slice(0, reached + 1).reverse();
}
