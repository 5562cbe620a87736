import type { Convention } from '../schema/convention.js';
import type { Buffers, FlatColumn, Lane } from '../types.js';
import { firstRowOf } from './first-row-of.js';
import type { HintKeys } from './hint-keys.js';
import type { WalkedTable } from './walk.js';

/**
 * Lists the columns of a table's rows. Elements of a list that are lists and kept as JSON are in
 * the column `list` beside the scalars, as in dlt, with the values of a key of that name.
 */
export function dataColumns(
  { columns }: WalkedTable,
  hinted: HintKeys | null,
  { plain }: Pick<Convention, 'plain'>,
): FlatColumn[] {
  const all = columns.flatMap((column): FlatColumn[] => {
    const { path, scalars, firstRow, lanes, text } = column;
    const [name, hint] = [plain(path), hinted?.hintOf(path) ?? null];
    if (!scalars || !lanes.some(isKept))
      return [{ name, path: scalars ? [] : path, hint, system: false, text, firstRow, lanes }];
    return [
      { name, path: [], lanes: lanes.filter((lane) => !isKept(lane)) },
      { name: LIST, path: null, lanes: lanes.filter(isKept) },
    ].flatMap((part) =>
      part.lanes.length === 0
        ? []
        : [{ ...part, hint, system: false, text, firstRow: firstRowOf(part.lanes) }],
    );
  });
  const kept = all.find(({ name, path }) => name === LIST && path === null);
  return kept === undefined ? all : withOneList(all, kept);
}

/** Puts lists that are kept into the column of the key `list`, where rows have one. */
function withOneList(all: readonly FlatColumn[], kept: FlatColumn): FlatColumn[] {
  const own =
    all.find(({ path }) => path?.join() === LIST) ??
    all.find((column) => column !== kept && column.name === LIST);
  if (own === undefined) return [...all];
  const lanes = [...own.lanes, ...kept.lanes].sort((a, b) => firstRowOf([a]) - firstRowOf([b]));
  const place = Math.min(all.indexOf(own), all.indexOf(kept));
  return all.flatMap((column, i): FlatColumn[] => {
    if (i === place) return [{ ...own, firstRow: firstRowOf(lanes), lanes }];
    return column === own || column === kept ? [] : [column];
  });
}

/** Where dlt puts an element that is a list and is kept as JSON. */
const LIST = 'list';

function isKept({ kind }: Lane): boolean {
  return kind === 'json';
}

/**
 * Lists sluice's own columns in dlt's order: root id (where kept), parent id, list index, id; a
 * root table has its id alone.
 */
export function systemColumns({
  rows,
  ids,
  parentIds,
  rootIds,
  listIndex,
}: WalkedTable): FlatColumn[] {
  if (rows === 0) return [];
  return [
    ...(rootIds !== null ? [system('_dlt_root_id', 'text', rootIds)] : []),
    ...(parentIds === null ? [] : [system('_dlt_parent_id', 'text', parentIds)]),
    ...(listIndex === null ? [] : [system('_dlt_list_idx', 'bigint', listIndex)]),
    system('_dlt_id', 'text', ids),
  ];
}

function system(name: string, kind: 'text' | 'bigint', buffers: Buffers): FlatColumn {
  return {
    name,
    path: null,
    hint: null,
    system: true,
    firstRow: 0,
    lanes: [{ ...buffers, kind, hasUnsafeValues: false, source: null }],
    text: null,
  };
}
