import { isSluiceError, JsonError, LimitError } from '../errors.js';
import { printJson } from '../json/print-json.js';
import { plainName } from '../schema/names.js';
import { normalizePath } from '../schema/naming.js';
import type {
  Buffers,
  ColumnHint,
  DeclaredHints,
  Flat,
  FlatColumn,
  FlatTable,
  Page,
  Rows,
  WriteDisposition,
} from '../types.js';
import type { KeyMode } from './kernel.js';
import type { Limits } from './limits.js';
import { openShape, type WalkedTable } from './walk.js';

export interface FlattenConfig {
  /** Name of the root table; normalized. */
  table: string;
  /** Resource that the rows belong to. @default the table's name */
  resource?: string;
  /** @default 'append' */
  writeDisposition?: WriteDisposition;
  /** Column or columns that identify a row; raw or normalized names. @default none */
  primaryKey?: string | readonly string[];
  /** Hints by column of the root table, raw or normalized, nested names joined by `__`. */
  columns?: Readonly<Record<string, ColumnHint>>;
  /**
   * Levels of nesting that are taken apart; what is deeper stays JSON text (dlt's
   * max_table_nesting). @default 1000
   */
  maxTableNesting?: number;
  /** @default 1,000 tables, 10,000 columns a table, 1,000 levels, 1 GiB */
  limits?: Partial<Limits>;
}

/** Turns the rows of one resource into columns, page after page. */
export interface Flattener {
  flatten(rows: Rows): Flat;
  close(): void;
}

const encoder = new TextEncoder();

/** What `flatten` does with each page; holds a place in the kernel until it is closed. */
export function flattener(config: FlattenConfig): Flattener {
  const root = rootHints(config);
  const nesting = config.maxTableNesting ?? 1_000;
  const merge = root.writeDisposition === 'merge';
  const below = { ...root, primaryKey: [], columns: {} };
  const names = new Map<string, string>();
  const shape = openShape((table, path) => keyMode(root, nesting, table, path), {
    rootIds: merge,
    ...(config.limits && { limits: config.limits }),
  });
  let stamped: { of: Page['stamp']; bytes: Uint8Array | null } = { of: null, bytes: null };

  function nameOfTable(path: WalkedTable['path']): string {
    const key = JSON.stringify(path);
    const name = names.get(key) ?? plainName([config.table, ...path.flatMap(listKeys)]);
    names.set(key, name);
    return name;
  }

  return {
    flatten({ page, body, span }) {
      if (stamped.of !== page.stamp)
        stamped = {
          of: page.stamp,
          bytes: page.stamp === null ? null : encoder.encode(printJson(page.stamp)),
        };
      let walked: WalkedTable[];
      try {
        walked = shape.walk(body, span, stamped.bytes);
      } catch (error) {
        throw named(page, error);
      }
      const flat = walked.map((table): FlatTable => {
        const { path, rows, parentRow } = table;
        return {
          name: nameOfTable(path),
          parent: path.length === 0 ? null : nameOfTable(path.slice(0, -1)),
          hints: path.length === 0 ? root : below,
          path,
          rows,
          parentRow,
          columns: [...dataColumns(table), ...systemColumns(table, merge)],
        };
      });
      return { page, tables: flat };
    },
    close: () => shape.close(),
  };
}

/** dlt names a table of elements that are lists `list`, at the root `value`. */
function listKeys(path: readonly string[], level: number): readonly string[] {
  if (path.length > 0) return path;
  return level === 0 ? ['value'] : ['list'];
}

function dataColumns({ columns }: WalkedTable): FlatColumn[] {
  return columns.map(({ path, scalars, firstRow, lanes, text }) => ({
    name: nameOf(path),
    path: scalars ? [] : path,
    system: false,
    firstRow,
    lanes,
    text,
  }));
}

const plainNames = new WeakMap<readonly string[], string>();

/** The walk gives the same array for a key in every page: its name is made once. */
function nameOf(path: readonly string[]): string {
  const name = plainNames.get(path) ?? plainName(path);
  plainNames.set(path, name);
  return name;
}

/**
 * In dlt's order: root id (merge only), parent id, list index, id; a root table has its id alone.
 */
function systemColumns(
  { rows, ids, parentIds, rootIds, listIndex }: WalkedTable,
  merge: boolean,
): FlatColumn[] {
  if (rows === 0) return [];
  return [
    ...(merge && rootIds !== null ? [system('_dlt_root_id', 'text', rootIds)] : []),
    ...(parentIds === null ? [] : [system('_dlt_parent_id', 'text', parentIds)]),
    ...(listIndex === null ? [] : [system('_dlt_list_idx', 'bigint', listIndex)]),
    system('_dlt_id', 'text', ids),
  ];
}

function system(name: string, kind: 'text' | 'bigint', buffers: Buffers): FlatColumn {
  return {
    name,
    path: null,
    system: true,
    firstRow: 0,
    lanes: [{ ...buffers, kind, wide: false, source: null }],
    text: null,
  };
}

function rootHints({
  table,
  resource,
  writeDisposition = 'append',
  primaryKey = [],
  columns = {},
}: FlattenConfig): DeclaredHints {
  const keys = typeof primaryKey === 'string' ? [primaryKey] : primaryKey;
  return {
    resource: resource ?? table,
    writeDisposition,
    primaryKey: keys.map(normalizePath),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, hint]) => [normalizePath(name), hint]),
    ),
  };
}

/**
 * What is done with a key. A row of the root starts with `nesting` levels, each object takes one,
 * and the rows of a list start with one less than the row that owns it, however deep in objects the
 * list sits (dlt's max_table_nesting).
 */
function keyMode(
  root: DeclaredHints,
  nesting: number,
  table: readonly (readonly string[])[],
  path: readonly string[],
): KeyMode {
  const hint = table.length === 0 ? root.columns[path.map(normalizePath).join('__')] : undefined;
  if (hint?.exclude === true) return 'skip';
  if (hint?.dataType === 'json') return 'json';
  if (nesting - table.length - (path.length - 1) <= 0) return 'json';
  return hint?.dataType === 'text' ? 'text' : 'flatten';
}

/** The same error with the resource and the page in front. */
function named({ resource, index, parent }: Page, error: unknown): unknown {
  if (!isSluiceError(error)) return error;
  const where = `Resource ${resource}, page ${index + 1}${parent === null ? '' : ` of ${parent.slice(0, 200)}`}`;
  if (error instanceof JsonError)
    return new JsonError(`${where}: ${error.message}`, error.offset, error.incomplete, {
      cause: error,
    });
  if (error instanceof LimitError)
    return new LimitError(`${where}: ${error.message}`, { cause: error });
  return error;
}
