import { gatherTexts } from '../schema/gather-texts.js';
import { hashIds } from './hash-ids.js';
import { constantWriter, digitsWriter, textWriter } from './text-writers.js';
import type { WalkedTable } from './walk.js';

/**
 * Gives the rows of child tables the ids that dlt gives them: the hash of the parent's id, the name
 * of the table and the place in the list. Tables come parents first.
 *
 * @param nameOf the name of the table at a path
 * @param keepsIds whether the rows of a table have ids of their own
 */
export function withChildIds(
  tables: readonly WalkedTable[],
  nameOf: (path: WalkedTable['path']) => string,
  keepsIds: (table: WalkedTable) => boolean,
): WalkedTable[] {
  const done: WalkedTable[] = [];
  for (const table of tables) {
    const { parent, parentRow, listIndex } = table;
    const above = done[parent];
    if (above === undefined || parentRow === null || listIndex === null || keepsIds(table)) {
      done.push(table);
      continue;
    }
    const parentIds = gatherTexts(above.ids, parentRow);
    const ids = hashIds(table.rows, [
      textWriter(parentIds),
      constantWriter(`_${nameOf(table.path)}_`),
      digitsWriter(listIndex),
    ]);
    done.push({ ...table, parentIds, ids });
  }
  return done;
}
