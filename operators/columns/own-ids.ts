import { buildBuffers } from '../schema/build-buffers.js';
import { TYPE_OF } from '../schema/coerce.js';
import type { Convention } from '../schema/convention.js';
import { gatherTexts } from '../schema/gather-texts.js';
import { digitsReader, isValid, laneReader, type LaneValue } from '../schema/lane-value.js';
import type { Lane } from '../types.js';
import { firstRowOf } from './first-row-of.js';
import type { MakeIds } from './hashed-ids.js';
import type { WalkedColumn, WalkedTable } from './walk.js';

const ID = '_dlt_id';

/**
 * Returns the tables of a page, whose rows keep an `_dlt_id` of their own as dlt keeps it: text or
 * a number, unless it is empty or 0, and for dlt `true` as Python prints it; the rows below them
 * have it as their parent's. Values that are no id stay a column, which is renamed as a collision
 * is. Other rows have the id that `make` gives, or the one they have. Tables without such a key,
 * and no `make`: the same array.
 *
 * Source of the rule: dlt's relational normalizer.
 */
export function withOwnIds(
  tables: WalkedTable[],
  make: MakeIds | null,
  { plain }: Pick<Convention, 'plain'>,
  isDlt: boolean,
): WalkedTable[] {
  if (make === null && !tables.some((table) => idColumns(table, plain).length > 0)) return tables;
  const done: WalkedTable[] = [];
  for (const table of tables) {
    const { parent, parentRow } = table;
    const above = done[parent];
    const linked =
      above === undefined || parentRow === null
        ? table
        : {
            ...table,
            parentIds: gatherTexts(above.ids, parentRow),
            rootIds: table.rootIds && gatherTexts(above.rootIds ?? above.ids, parentRow),
          };
    done.push(withIdsOf(linked, table.parent < 0 ? make : null, plain, isDlt));
  }
  return done;
}

/** Returns the key that is spelt so first; then others that are named so, by alphabet. */
function idColumns({ columns }: WalkedTable, plain: Convention['plain']): WalkedColumn[] {
  const named = columns.filter(({ path, scalars }) => !scalars && plain(path) === ID);
  const place = ({ path: [key = ''] }: WalkedColumn): string => (key === ID ? '' : key);
  return named.length > 1 ? named.sort((a, b) => (place(a) < place(b) ? -1 : 1)) : named;
}

function withIdsOf(
  table: WalkedTable,
  make: MakeIds | null,
  plain: Convention['plain'],
  isDlt: boolean,
): WalkedTable {
  const own = idColumns(table, plain);
  if (table.rows === 0 || (own.length === 0 && make === null)) return table;
  const { rows } = table;
  const ids = make?.(table) ?? table.ids;
  if (own.length === 0) return { ...table, ids };
  const taken = new Array<string | undefined>(rows).fill(undefined);
  const rest = own.flatMap((column): WalkedColumn[] => {
    const lanes = column.lanes.flatMap((lane) => takeIds(lane, column.text, taken, isDlt));
    return lanes.length === 0 ? [] : [{ ...column, lanes, firstRow: firstRowOf(lanes) }];
  });
  const made = laneReader({ ...ids, kind: 'text', hasUnsafeValues: false, source: null }, null);
  return {
    ...table,
    ids: buildBuffers(
      { dataType: 'text' },
      taken.map((id, row) => id ?? (made(row) as string)),
    ),
    columns: [...table.columns.filter((column) => !own.includes(column)), ...rest],
  };
}

/** Takes the ids of a lane for rows that have none yet; gives what is left of it. */
function takeIds(
  lane: Lane,
  text: WalkedColumn['text'],
  taken: (string | undefined)[],
  isDlt: boolean,
): Lane[] {
  if (lane.kind === 'json') return [lane];
  const read = laneReader(lane, text);
  const digits = digitsReader(lane, text);
  const rest = taken.map((id, row): LaneValue | undefined => {
    if (!isValid(lane.validity, row)) return undefined;
    const value = read(row);
    if (!value || (value === true && !isDlt) || id !== undefined) return value;
    taken[row] = value === true ? 'True' : (digits?.(row) ?? String(value));
    return undefined;
  });
  if (rest.every((value) => value === undefined)) return [];
  const kind = lane.kind === 'timestamp' || lane.kind === 'hugeint' ? 'text' : lane.kind;
  return [
    {
      ...buildBuffers({ dataType: TYPE_OF[kind] }, rest),
      kind,
      hasUnsafeValues: false,
      source: null,
    },
  ];
}
