import { isDeepStrictEqual } from 'node:util';
import {
  asStored,
  type Cell,
  type CellType,
  type ColumnModel,
  firstType,
  isExact,
  type Sent,
  take,
  variantOf,
  wellFormed,
} from './cell-model.js';
import { byClaim, type Claim, freeName, plainName } from './name-model.js';
import { isNumber, isObject, membersOf, type ObjectTree, type Tree, written } from './tree.js';

/** What a load does with its rows. */
export type Disposition =
  'append' | 'replace' | 'delete-insert' | 'upsert' | 'insert-only' | 'scd2';

/** What a run does with rows or values for which a table that is there has no place. */
export type Contract = 'evolve' | 'freeze' | 'discard_row' | 'discard_value';

/** A row as tables hold it: its cells, and the rows of its lists by table. */
export interface RowModel {
  cells: Record<string, Cell>;
  lists: Record<string, readonly RowModel[]>;
}

/** A row of the root table. */
export interface RootModel extends RowModel {
  /** What `scd2` compares. */
  content: string;
  isActive: boolean;
}

interface TableModel {
  name: string;
  columns: Map<string, ColumnModel>;
  /** Names by the raw keys that own them. */
  names: Map<string, string>;
  taken: Set<string>;
}

interface Place {
  table: TableModel;
  /** Raw keys from the root to the list, each level's together. */
  levels: readonly (readonly string[])[];
  row: RowModel;
  tree: Tree;
  /** Levels below that get columns and tables; what is deeper is kept as JSON. */
  nesting: number;
}

interface ListFound {
  at: Place;
  path: readonly string[];
  items: readonly Tree[];
}

const SYSTEM = [
  '_dlt_id',
  '_dlt_load_id',
  '_dlt_parent_id',
  '_dlt_list_idx',
  '_dlt_root_id',
  '_sluice_row',
];
const VALIDITY = ['_dlt_valid_from', '_dlt_valid_to'];

/**
 * The tables of one resource as they must be, from its rows in the order in which they come. It
 * knows the rules of the tables (README, Types) and nothing of how they are made.
 */
export class TablesModel {
  readonly root: string;
  readonly disposition: Disposition;
  readonly nesting: number;
  #tables = new Map<string, TableModel>();
  #tableNames = new Set<string>();
  #rows: RootModel[] = [];

  constructor(root: string, disposition: Disposition, nesting = 1000) {
    this.root = root;
    this.disposition = disposition;
    this.nesting = nesting;
  }

  /**
   * Loads the rows of one run; gives what of them its contract lets through. Only later runs of
   * tables without lists have contracts, and `freeze` only where `refuses` says no.
   */
  load(rows: readonly Tree[], contract: Contract = 'evolve'): readonly Tree[] {
    const isFixed = contract !== 'evolve';
    this.#learnTypes(isFixed);
    const kept = isFixed ? this.#allowed(rows, contract) : rows;
    this.#rows = this.#after(
      kept.flatMap((tree): RootModel[] =>
        tree === null ? [] : [{ ...this.#take(tree), content: sorted(tree), isActive: true }],
      ),
    );
    return kept;
  }

  /** Whether the contract `freeze` ends a run with these rows. */
  refuses(rows: readonly Tree[]): boolean {
    this.#learnTypes(true);
    return this.#allowed(rows, 'discard_row').length < rows.length;
  }

  /** The rows as they are now, every cell of its column's type. */
  rows(): RootModel[] {
    return this.#rows.map((row) => ({ ...row, ...this.#settled(row, this.root) }));
  }

  /** The types of the columns that have been filled, by table. */
  types(): Record<string, Record<string, CellType>> {
    return Object.fromEntries(
      [...this.#tables.values()].map(({ name, columns }) => [
        name,
        Object.fromEntries([...columns].map(([column, { type }]) => [column, type])),
      ]),
    );
  }

  /** A row or value is let through where it alone changes nothing. */
  #allowed(rows: readonly Tree[], contract: Contract): readonly Tree[] {
    const fits = (row: Tree): boolean => {
      const tried = new TablesModel(this.root, this.disposition, this.nesting);
      tried.#tables = structuredClone(this.#tables);
      tried.#tableNames = structuredClone(this.#tableNames);
      tried.#take(row);
      return isDeepStrictEqual(tried.types(), this.types());
    };
    if (contract !== 'discard_value') return rows.filter(fits);
    return rows.map((row) => ({
      members: [...membersOf(row as ObjectTree)].filter((member) => fits({ members: [member] })),
    }));
  }

  #after(come: RootModel[]): RootModel[] {
    const { disposition } = this;
    const before = this.#rows;
    if (disposition === 'append') return [...before, ...come];
    if (disposition === 'scd2') {
      // As in dlt, a load without rows ends no version.
      if (come.length === 0) return before;
      const staged = new Set(come.map(({ content }) => content));
      const kept = before.map((row) =>
        staged.has(row.content) ? row : { ...row, isActive: false },
      );
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

  /** A run begins with what the tables hold: integers that are gone do not count. */
  #learnTypes(isFixed: boolean): void {
    const inexact = new Set<ColumnModel>();
    const look = (row: RowModel, name: string): void => {
      const { columns } = this.#named(name);
      for (const [column, cell] of Object.entries(row.cells))
        if (typeof cell === 'bigint' && !isExact(cell))
          inexact.add(columns.get(column) as ColumnModel);
      for (const [list, rows] of Object.entries(row.lists)) for (const one of rows) look(one, list);
    };
    for (const row of this.#rows) look(row, this.root);
    for (const { columns } of this.#tables.values())
      for (const column of columns.values())
        Object.assign(column, { isExact: !inexact.has(column), isFixed });
  }

  #named(name: string): TableModel {
    return [...this.#tables.values()].find((table) => table.name === name) as TableModel;
  }

  #settled({ cells, lists }: RowModel, name: string): RowModel {
    const { columns } = this.#named(name);
    return {
      cells: mapped(cells, (cell, column) =>
        asStored(cell, (columns.get(column) as ColumnModel).type),
      ),
      lists: mapped(lists, (rows, list) => rows.map((row) => this.#settled(row, list))),
    };
  }

  #table(levels: readonly (readonly string[])[], claim: Claim): TableModel {
    const key = JSON.stringify(levels);
    const there = this.#tables.get(key);
    if (there !== undefined) return there;
    const name = levels.length === 0 ? claim.plain : freeName(claim, this.#tableNames);
    const reserved =
      this.disposition === 'scd2' && levels.length === 0 ? [...SYSTEM, ...VALIDITY] : SYSTEM;
    const table = { name, columns: new Map(), names: new Map(), taken: new Set(reserved) };
    this.#tables.set(key, table);
    this.#tableNames.add(name);
    return table;
  }

  /** Takes a row with its lists, level by level: outer tables are named first. */
  #take(tree: Tree): RowModel {
    const row: RowModel = { cells: {}, lists: {} };
    const table = this.#table([], { path: [this.root], plain: this.root });
    let level: Place[] = [{ table, levels: [], row, tree, nesting: this.nesting }];
    while (level.length > 0) {
      const lists = level.flatMap((place) => this.#fill(place));
      const claims = lists.map(({ at, path }) => ({
        levels: [...at.levels, path],
        claim: {
          path: [this.root, ...[...at.levels, path].flatMap((l) => (l.length === 0 ? ['[]'] : l))],
          plain: `${at.table.name}__${path.length > 0 ? path.map(plainName).join('__') : at.levels.length === 0 ? 'value' : 'list'}`,
        },
      }));
      for (const { levels, claim } of claims.sort((a, b) => byClaim(a.claim, b.claim)))
        this.#table(levels, claim);
      level = lists.flatMap(({ at, path, items }) => {
        const levels = [...at.levels, path];
        const inner = this.#tables.get(JSON.stringify(levels)) as TableModel;
        const rows = items.map((): RowModel => ({ cells: {}, lists: {} }));
        at.row.lists[inner.name] = rows;
        return items.map((item, i) => ({
          table: inner,
          levels,
          row: rows[i] as RowModel,
          tree: item,
          nesting: at.nesting - 1,
        }));
      });
    }
    return row;
  }

  /** Puts the scalars of a row into its columns; gives its lists. */
  #fill(place: Place): ListFound[] {
    const { table, row, tree, nesting } = place;
    const lists: ListFound[] = [];
    const leaves: { path: readonly string[]; sent: Sent }[] = [];
    const look = (value: Tree, path: readonly string[], left: number): void => {
      if (value === null) return;
      if (typeof value !== 'object' || isNumber(value)) leaves.push({ path, sent: value });
      else if (path.length > 0 && left <= 0) leaves.push({ path, sent: { json: compact(value) } });
      else if (isObject(value))
        for (const [key, inner] of membersOf(value))
          look(inner, [...path, key], path.length === 0 ? left : left - 1);
      else if (value.length > 0) lists.push({ at: place, path, items: value });
    };
    look(tree, [], nesting);
    const claims = leaves.map(({ path }) => ({
      path,
      plain: path.length === 0 ? 'value' : path.map(plainName).join('__'),
    }));
    for (const claim of claims.sort(byClaim)) {
      const key = JSON.stringify(claim.path);
      if (table.names.has(key)) continue;
      const name = freeName(claim, table.taken);
      table.names.set(key, name);
      table.taken.add(name);
    }
    for (const { path, sent } of leaves)
      this.#put(table, row, table.names.get(JSON.stringify(path)) as string, sent);
    return lists;
  }

  #put({ columns }: TableModel, row: RowModel, name: string, sent: Sent): void {
    const column = columns.get(name) ?? { type: firstType(sent), isExact: true };
    columns.set(name, column);
    const cell = take(column, sent);
    if (cell !== undefined) {
      row.cells[name] = cell;
      return;
    }
    const variant = `${name}__v_${variantOf(sent)}`;
    const beside = columns.get(variant) ?? { type: variantOf(sent), isExact: true };
    columns.set(variant, beside);
    row.cells[variant] = take(beside, sent) as Cell;
  }
}

function mapped<In, Out>(
  of: Record<string, In>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value, key)]));
}

/** A row with the elements of its lists that another version of it has more. */
function withElements(row: RowModel, again: RowModel): RowModel {
  const lists = Object.entries(again.lists).map(([name, rows]) => {
    const old = row.lists[name] ?? [];
    const all = rows.map((one, i) =>
      i < old.length ? withElements(old[i] as RowModel, one) : one,
    );
    return [name, [...all, ...old.slice(rows.length)]] as const;
  });
  return { cells: row.cells, lists: { ...row.lists, ...Object.fromEntries(lists) } };
}

/** Compact JSON of the members that count; half characters in values as UTF-8 has them. */
function compact(tree: Tree): string {
  if (typeof tree === 'string') return JSON.stringify(wellFormed(tree));
  if (tree === null || typeof tree !== 'object' || isNumber(tree)) return written(tree);
  if (!isObject(tree)) return `[${tree.map(compact).join(',')}]`;
  return `{${[...membersOf(tree)].map(([key, value]) => `${JSON.stringify(key)}:${compact(value)}`).join(',')}}`;
}

/** The same with keys sorted. */
function sorted(tree: Tree): string {
  if (tree === null || typeof tree !== 'object' || isNumber(tree)) return written(tree);
  if (!isObject(tree)) return `[${tree.map(sorted).join(',')}]`;
  const members = [...membersOf(tree)].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${sorted(value)}`).join(',')}}`;
}
