import { gatherTexts } from '../schema/gather-texts.js';
import type { Buffers } from '../types.js';
import type { HintedTable } from './nested-hints.js';
import type { WalkedTable } from './walk.js';

/**
 * Gives the rows of child tables the ids of their root rows where a list's table is a root table
 * itself: the rows below it have its rows for roots if it merges, else those further up. The same
 * tables where there is none.
 */
export function withRootsBetween(
  tables: readonly WalkedTable[],
  at: (path: WalkedTable['path']) => HintedTable | null,
  keepsRootIds: boolean,
): readonly WalkedTable[] {
  if (!tables.some(({ path }) => path.length > 0 && at(path)?.isRoot === true)) return tables;
  const done: WalkedTable[] = [];
  for (const table of tables) {
    const above = done[table.parent];
    const roots = above === undefined ? null : rootsBelow(above);
    const rootIds =
      roots === null || table.parentRow === null ? null : gatherTexts(roots, table.parentRow);
    const isRoot = table.path.length > 0 && at(table.path)?.isRoot === true;
    done.push({
      ...table,
      rootIds,
      ...(isRoot && { parentIds: null, listIndex: null }),
    });
  }
  return done;

  function rootsBelow(above: WalkedTable): Buffers | null {
    if (above.path.length === 0) return keepsRootIds ? above.ids : null;
    return at(above.path)?.keepsRootIds === true ? above.ids : above.rootIds;
  }
}
