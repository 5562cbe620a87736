import { gatherTexts } from '../schema/gather-texts.js';
import { laneReader } from '../schema/lane-value.js';
import type { Buffers } from '../types.js';
import { hashIds } from './hash-ids.js';
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
    const parentId = reader(parentIds, 'text');
    const place = reader(listIndex, 'bigint');
    const name = nameOf(table.path);
    const ids = hashIds(
      Array.from({ length: table.rows }, (_, row) => `${parentId(row)}_${name}_${place(row)}`),
    );
    done.push({ ...table, parentIds, ids });
  }
  return done;
}

function reader(buffers: Buffers, kind: 'text' | 'bigint'): (row: number) => string {
  const read = laneReader({ ...buffers, kind, hasUnsafeValues: false, source: null }, null);
  return (row) => String(read(row));
}
