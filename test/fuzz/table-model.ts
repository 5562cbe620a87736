import {
  asMoved,
  asStored,
  type CellType,
  type ColumnModel,
  firstType,
  isExact,
  type Sent,
  take,
  variantOf,
} from './cell-model.js';
import { afterLoad, type Disposition, type RootModel, type RowModel } from './disposition-model.js';
import { takeAsDlt } from './dlt-cell-model.js';
import { byClaim, type Claim, freeName, plainName } from './name-model.js';
import { compact, sorted } from './tree-texts.js';
import { isNumber, isObject, membersOf, type Tree } from './tree.js';

/** What a run does with rows or values for which a table that is there has no place. */
export type Contract = 'evolve' | 'freeze' | 'discard_row' | 'discard_value';

/** How the tables of a resource are made. */
export interface TablesConfig {
  root: string;
  disposition: Disposition;
  /** Levels that get columns and tables. @default all */
  nesting?: number;
  /** Values are stored as dlt does. @default false */
  isDlt?: boolean;
}

interface TableModel {
  name: string;
  columns: Map<string, ColumnModel>;
  /** Names by the raw keys that own them. */
  names: Map<string, string>;
  taken: Set<string>;
  /** A row has been taken: a contract lets the first one of a list's table bring its columns. */
  hasRows: boolean;
}

interface Place {
  table: TableModel;
  /** Raw keys from the root to the list, each level's together. */
  levels: readonly (readonly string[])[];
  row: RowModel;
  tree: Tree;
  /** Levels below that get columns and tables; what is deeper is kept as JSON. */
  nesting: number;
  /** Takes the row out of its list; null for a root, which goes with all that is below it. */
  drop: (() => void) | null;
}

interface Leaf {
  path: readonly string[];
  sent: Sent;
}

interface NamedCell {
  name: string;
  sent: Sent;
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
  /** Rows of all tables that the contract `discard_row` left out of the latest run. */
  discarded = 0;
  readonly #isDlt: boolean;
  #contract: Contract = 'evolve';
  #tables = new Map<string, TableModel>();
  #tableNames = new Set<string>();
  #rows: RootModel[] = [];

  constructor({ root, disposition, nesting = 1000, isDlt = false }: TablesConfig) {
    this.root = root;
    this.disposition = disposition;
    this.nesting = nesting;
    this.#isDlt = isDlt;
  }

  /**
   * Loads the rows of one run; gives those that its contract lets through. Only later runs have
   * contracts, and `freeze` only where `refuses` says no.
   */
  load(rows: readonly Tree[], contract: Contract = 'evolve'): readonly Tree[] {
    this.#contract = contract;
    this.discarded = 0;
    this.#learnTypes();
    const come: RootModel[] = [];
    const kept = rows.filter((tree) => {
      if (tree === null) return false;
      const row = this.#take(tree);
      if (row === null) return false;
      come.push({ ...row, content: sorted(tree), isActive: true, ownId: ownId(tree) });
      return true;
    });
    this.#rows = afterLoad(this.#rows, come, this.disposition);
    return kept;
  }

  /**
   * Takes the wider types over that a part of a load gave columns of earlier ones, before it was
   * deleted and begun anew.
   */
  widen(types: ReadonlyMap<string, ReadonlyMap<string, CellType>>): void {
    for (const { name, columns } of this.#tables.values())
      for (const [column, known] of columns) {
        const type = types.get(name)?.get(column);
        if (known.type === 'bigint' && type !== undefined) known.type = type;
      }
  }

  /** Whether the contract `freeze` ends a run with these rows. */
  refuses(rows: readonly Tree[]): boolean {
    const tried = new TablesModel({
      root: this.root,
      disposition: this.disposition,
      nesting: this.nesting,
    });
    tried.#tables = structuredClone(this.#tables);
    tried.#tableNames = structuredClone(this.#tableNames);
    tried.#rows = this.#rows;
    tried.load(rows, 'discard_row');
    return tried.discarded > 0;
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

  /** A run begins with what the tables hold: integers that are gone do not count. */
  #learnTypes(): void {
    const isFixed = this.#contract !== 'evolve';
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

  #settled({ index, cells, lists }: RowModel, name: string): RowModel {
    const { columns } = this.#named(name);
    return {
      index,
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
    const table: TableModel = {
      name,
      columns: new Map(),
      names: new Map(),
      taken: new Set(reserved),
      hasRows: false,
    };
    this.#tables.set(key, table);
    this.#tableNames.add(name);
    return table;
  }

  /**
   * Takes a row with its lists, level by level: outer tables are named first. Null where the
   * contract discards it.
   */
  #take(tree: Tree): RowModel | null {
    const row: RowModel = { index: 0, cells: {}, lists: {} };
    const table = this.#table([], { path: [this.root], plain: this.root });
    let level: Place[] = [{ table, levels: [], row, tree, nesting: this.nesting, drop: null }];
    while (level.length > 0) {
      const found = level.map((place) => this.#fill(place));
      for (const [i, lists] of found.entries())
        if (lists === null) {
          const { drop } = level[i] as Place;
          if (drop === null) return null;
          drop();
        }
      const lists = found.flatMap((one) => one ?? []);
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
        const rows = items.map((_, index): RowModel => ({ index, cells: {}, lists: {} }));
        at.row.lists[inner.name] = rows;
        return items.map((item, i) => ({
          table: inner,
          levels,
          row: rows[i] as RowModel,
          tree: item,
          nesting: at.nesting - 1,
          drop: () => dropRow(at.row.lists, inner.name, rows[i] as RowModel),
        }));
      });
    }
    return row;
  }

  /** Puts the scalars of a row into its columns; gives its lists, or null for a discarded row. */
  #fill(place: Place): ListFound[] | null {
    const { table, row, tree, nesting, drop } = place;
    const lists: ListFound[] = [];
    const leaves: Leaf[] = [];
    const look = (value: Tree, path: readonly string[], left: number): void => {
      if (value === null) return;
      if (typeof value !== 'object' || isNumber(value)) leaves.push({ path, sent: value });
      else if (path.length > 0 && left <= 0) leaves.push({ path, sent: { json: compact(value) } });
      else if (isObject(value)) {
        for (const [key, inner] of membersOf(value))
          if (drop !== null || path.length > 0 || key !== '_dlt_id')
            look(inner, [...path, key], path.length === 0 ? left : left - 1);
      } else if (value.length > 0) lists.push({ at: place, path, items: value });
    };
    look(tree, [], nesting);
    const isFree = this.#contract === 'evolve' || (drop !== null && !table.hasRows);
    const kept = isFree ? leaves : leaves.filter((leaf) => this.#fits(table, leaf));
    if (kept.length < leaves.length && this.#contract === 'discard_row') {
      this.discarded += 1;
      return null;
    }
    table.hasRows = true;
    const claims = kept.map(({ path }) => ({
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
    const cells = kept.map(({ path, sent }) => ({
      name: table.names.get(JSON.stringify(path)) as string,
      sent,
    }));
    this.#put(table, row, cells);
    return lists;
  }

  /** Whether a value changes nothing in its table. */
  #fits({ names, columns }: TableModel, { path, sent }: Leaf): boolean {
    const name = names.get(JSON.stringify(path)) ?? '';
    const column = columns.get(name);
    if (column === undefined) return false;
    return take({ ...column }, sent) !== undefined || columns.has(`${name}__v_${variantOf(sent)}`);
  }

  /** What does not fit its column goes to the variant, or behind it where that has no place. */
  #put({ columns }: TableModel, row: RowModel, cells: readonly NamedCell[]): void {
    const isFixed = this.#contract !== 'evolve';
    const own = new Set(cells.map(({ name }) => name));
    const waiting = cells.map((cell) => ({ ...cell, isMoved: false }));
    for (;;) {
      const next = waiting.sort((a, b) => placeOf(a.name) - placeOf(b.name)).shift();
      if (next === undefined) return;
      const { name, sent, isMoved } = next;
      const type = isMoved ? variantOf(sent) : firstType(sent);
      const column = columns.get(name) ?? { type, isExact: true, isFixed };
      columns.set(name, column);
      const cell = this.#isDlt ? takeAsDlt(column, sent) : take(column, sent);
      if (cell !== undefined) {
        row.cells[name] = cell;
        continue;
      }
      let to = VARIANT.test(name) ? `${name}_2` : `${name}__v_${variantOf(sent)}`;
      while (own.has(to)) to += '_2';
      own.add(to);
      waiting.push({ name: to, sent: asMoved(sent), isMoved: true });
    }
  }
}

const VARIANT = /__v_[a-z]+(?:_2)*$/;

/** Columns are filled before those that their misfits go to. */
function placeOf(name: string): number {
  return name.length * 2 + Number(VARIANT.test(name));
}

/** The id that a root row brings. */
function ownId(tree: Tree): string | null {
  const id = isObject(tree) ? membersOf(tree).get('_dlt_id') : null;
  return typeof id === 'string' ? id : null;
}

function dropRow(lists: Record<string, readonly RowModel[]>, name: string, row: RowModel): void {
  const left = (lists[name] ?? []).filter((one) => one !== row);
  if (left.length > 0) lists[name] = left;
  else delete lists[name];
}

function mapped<In, Out>(
  of: Record<string, In>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value, key)]));
}
