import type { Cell } from './cell-model.js';

/** What a load does with its rows. */
export type Disposition =
  'append' | 'replace' | 'delete-insert' | 'upsert' | 'insert-only' | 'scd2';

/** A row as tables hold it: its cells, and the rows of its lists by table. */
export interface RowModel {
  /** Its place in its list; 0 in a root table. */
  index: number;
  cells: Record<string, Cell>;
  lists: Record<string, readonly RowModel[]>;
}

/** A row of the root table. */
export interface RootModel extends RowModel {
  /** What `scd2` compares. */
  content: string;
  isActive: boolean;
  /** The id that the row brought. */
  ownId: string | null;
}

/** The rows of a root table, in their order, when those of one load have come to what was there. */
export function afterLoad(
  before: RootModel[],
  come: RootModel[],
  disposition: Disposition,
): RootModel[] {
  if (disposition === 'append') return [...before, ...come];
  if (disposition === 'scd2') {
    // As in dlt, a load without rows ends no version.
    if (come.length === 0) return before;
    const staged = new Set(come.map(({ content }) => content));
    const kept = before.map((row) => (staged.has(row.content) ? row : { ...row, isActive: false }));
    const active = new Set(kept.flatMap((row) => (row.isActive ? [row.content] : [])));
    return [...kept, ...come.filter(({ content }) => !active.has(content))];
  }
  const last = [...new Map(come.map((row) => [row.cells['id'], row])).values()];
  if (disposition === 'replace') return last;
  const ids = (all: readonly RootModel[]): Set<unknown> =>
    new Set(all.map(({ cells }) => cells['id']));
  if (disposition === 'insert-only')
    return [
      ...before.map((row) => {
        const again = last.find(({ cells }) => cells['id'] === row.cells['id']);
        return again === undefined ? row : { ...row, ...withElements(row, again) };
      }),
      ...last.filter(({ cells }) => !ids(before).has(cells['id'])),
    ];
  return [...before.filter(({ cells }) => !ids(last).has(cells['id'])), ...last];
}

/** A row with the elements of its lists that another version of it has more. */
function withElements(row: RowModel, again: RowModel): RowModel {
  const lists = Object.entries(again.lists).map(([name, rows]) => {
    const old = new Map((row.lists[name] ?? []).map((one) => [one.index, one]));
    for (const one of rows) {
      const there = old.get(one.index);
      old.set(one.index, there === undefined ? one : withElements(there, one));
    }
    return [name, [...old.values()].sort((a, b) => a.index - b.index)] as const;
  });
  return { ...row, lists: { ...row.lists, ...Object.fromEntries(lists) } };
}
