import { lastMembers } from '../json/last-members.js';
import type { Buffers, FlatColumn, Lane, Span } from '../types.js';
import { copyOut, type LaneSource } from './copy-out.js';
import {
  dropKernel,
  freeShape,
  type Kernel,
  kernelGeneration,
  type KeyMode,
  LANE_KINDS,
  withKernel,
} from './kernel.js';
import { type Limits, limitsOf } from './limits.js';
import type { SpareMemory } from './spare-memory.js';
import { joinedText, textOf, type WalkedPage, type WalkedText, withStamps } from './walked-text.js';

/**
 * Called once for each new key: `table` is the raw path of lists from the root (empty for the root,
 * else the keys of each list within its row), `path` the raw keys within the row, `row` the row of
 * the root table in which the key is first seen. `isElement`: the elements of a list that are no
 * objects, whose path is `value`.
 */
export type Decide = (
  table: readonly (readonly string[])[],
  path: readonly string[],
  row: number,
  isElement: boolean,
) => KeyMode;

/** A column as the walk saw it: its raw path within the row, and its lanes. */
export interface WalkedColumn extends Pick<FlatColumn, 'firstRow' | 'lanes' | 'text'> {
  path: readonly string[];
  /**
   * Rows that are scalars; its path is `value`, as that of a key `value` of rows that are objects.
   */
  scalars: boolean;
}

/** The rows of one table in a page. */
export interface WalkedTable {
  /**
   * Raw keys from the root to the list, each level's joined: `[]` for the root, `[['a', 'b']]` for
   * the list at a.b, then deeper; `[]` for elements that are lists.
   */
  path: readonly (readonly string[])[];
  /** Place of the parent in the list of tables; -1 for the root. */
  parent: number;
  rows: number;
  /** Row number of the parent row; null for the root. */
  parentRow: Int32Array | null;
  /**
   * In dlt's order of traversal (reference of the order: dlt's relational normalizer, which walks
   * with a stack).
   */
  columns: WalkedColumn[];
  ids: Buffers;
  /** Ids of the parents, and index in the parent's list as int64; null for the root. */
  parentIds: Buffers | null;
  listIndex: Buffers | null;
  /** Ids of the root rows above; null for the root, or where not wanted. */
  rootIds: Buffers | null;
}

/** What the columns of one resource's rows have, and how large they may become. */
export interface ShapeOptions {
  /** Whether child tables carry the ids of their root rows. @default false */
  rootIds?: boolean;
  limits?: Partial<Limits>;
  /** Where the buffers of pages come from. @default each page has one of its own */
  memory?: SpareMemory;
}

/** What the kernel has learnt of one resource's rows. Close it when no more pages come. */
export interface Shape {
  /**
   * The rows of `body` at `span` as columns, the root table first (also without rows), parents
   * before children; child tables without rows are left out. `stamp` is a JSON object whose members
   * are put on every root row.
   *
   * Errors: JsonError for invalid JSON inside the span; LimitError. Nothing of such a page stays.
   */
  walk(body: Uint8Array, span: Span, stamp: Uint8Array | null): WalkedTable[];
  /**
   * The rows of several pages as those of one page, in order. Errors as of `walk`, with places in
   * the joined text. No page may have rows that are a map.
   */
  walkTogether(pages: readonly WalkedPage[]): WalkedTable[];
  /**
   * What the last walk met: rows with a value of their own where the stamp or another key of the
   * map was to go (the stamp was written over it), and elements that are null, which are no rows.
   */
  readonly met: { overlaps: boolean; nullRows: number };
  close(): void;
}

let open = 0;

/**
 * Opens a shape. `decide` is called for each new key, and again after the kernel's memory was given
 * back.
 */
export function openShape(decide: Decide, options: ShapeOptions = {}): Shape {
  const limits = limitsOf(options.limits);
  let learnt: { generation: number; shape: number; names: Names } | undefined;
  let closed = false;
  open += 1;
  const met = { overlaps: false, nullRows: 0 };

  function walkText(text: WalkedText): WalkedTable[] {
    const tables = withKernel(text.body, limits, (kernel) => {
      if (learnt?.generation !== kernelGeneration()) {
        // A new shape has one key: that of rows that are no objects.
        kernel.decide = () => decide([], ['value'], 0, true);
        learnt = {
          generation: kernelGeneration(),
          shape: kernel.call.newShape(limits.tables, limits.columns),
          names: namesOf(kernel),
        };
      }
      const { shape, names } = learnt;
      kernel.decide = (key) =>
        decide(
          names.table(
            kernel.word(kernel.word(key + kernel.field.KEY_NODE) + kernel.field.NODE_TABLE),
          ),
          names.path(key),
          kernel.word(kernel.word(shape + kernel.field.SHAPE_FIRST) + kernel.field.TABLE_ROWS) - 1,
          kernel.word(key + kernel.field.KEY_SPELLING_LENGTH) === 0,
        );
      Object.assign(met, walkInto(kernel, shape, text, limits));
      const collected = collect(kernel, shape, names, text, options);
      kernel.call.releasePage(shape);
      return collected;
    });
    // What was learnt points into the kernel's memory and would keep it alive.
    if (learnt?.generation !== kernelGeneration()) learnt = undefined;
    return tables;
  }

  return {
    met,
    walk(page, rows, stamp) {
      const { body, span } =
        rows.kind === 'map' ? lastMembers(page, rows, limits) : { body: page, span: rows };
      return walkText(textOf({ body, span, stamp }));
    },
    walkTogether: (pages) => walkText(joinedText(pages)),
    close() {
      if (closed) return;
      closed = true;
      if (learnt !== undefined) freeShape(learnt.generation, learnt.shape);
      open -= 1;
      if (open === 0) dropKernel();
    },
  };
}

function walkInto(
  kernel: Kernel,
  shape: number,
  { body, extra, parts, field }: WalkedText,
  limits: Limits,
): { overlaps: boolean; nullRows: number } {
  const { call } = kernel;
  const placed = kernel.put(body, limits, extra);
  let count = 0;
  for (const { span } of parts) if (span.kind !== 'none') count += span.count;
  call.beginPage(shape, count);
  let overlaps = 0;
  let nullRows = 0;
  for (const { span, stamp } of parts) {
    call.beginWalk(kernel.page, stamp < 0 ? 0 : placed.extra + stamp, placed.extra + field);
    if (span.kind === 'none') continue;
    const walk =
      span.kind === 'array' ? call.walkArray : span.kind === 'map' ? call.walkMap : call.walkValue;
    const end = walk(shape, kernel.page + span.start);
    // Rows that end elsewhere would be read into those of the next page.
    if (end === 0 || (parts.length > 1 && end !== kernel.page + span.end))
      throw kernel.refusal(body, limits);
    overlaps += call.overlapsMet();
    nullRows += call.nullRowsMet();
  }
  call.finishPage(shape);
  return { overlaps: overlaps > 0, nullRows };
}

/** Names of tables and columns by their places in the kernel's memory, read once. */
interface Names {
  table(at: number): readonly (readonly string[])[];
  path(key: number): readonly string[];
}

function namesOf(kernel: Kernel): Names {
  const { field } = kernel;
  const tables = new Map<number, readonly (readonly string[])[]>();
  const paths = new Map<number, readonly string[]>();
  function table(at: number): readonly (readonly string[])[] {
    let known = tables.get(at);
    if (known === undefined) {
      const parent = kernel.word(at + field.TABLE_PARENT);
      known = parent === 0 ? [] : [...table(parent), listPath(kernel.word(at + field.TABLE_KEY))];
      tables.set(at, known);
    }
    return known;
  }
  /** Elements that are lists themselves have no key: an empty path, unlike any key's. */
  function listPath(key: number): readonly string[] {
    return kernel.word(key + field.KEY_SPELLING_LENGTH) > 0 ? path(key) : [];
  }
  function path(key: number): readonly string[] {
    let known = paths.get(key);
    if (known === undefined) {
      const above = kernel.word(kernel.word(key + field.KEY_NODE) + field.NODE_KEY);
      const name =
        kernel.word(key + field.KEY_SPELLING_LENGTH) === 0
          ? 'value'
          : kernel.text(
              kernel.word(key + field.KEY_NAME),
              kernel.word(key + field.KEY_NAME_LENGTH),
            );
      known = above === 0 ? [name] : [...path(above), name];
      paths.set(key, known);
    }
    return known;
  }
  return { table, path };
}

interface ColumnSource {
  path: readonly string[];
  scalars: boolean;
  firstRow: number;
  order: number;
  lanes: LaneSource[];
}

function collect(
  kernel: Kernel,
  shape: number,
  names: Names,
  { body, extra, isStamped }: WalkedText,
  { rootIds = false, memory }: ShapeOptions,
): WalkedTable[] {
  const { field } = kernel;
  const places = new Map<number, number>();
  const sources: { at: number; parent: number; rows: number; columns: ColumnSource[] }[] = [];
  for (
    let at = kernel.word(shape + field.SHAPE_FIRST);
    at !== 0;
    at = kernel.word(at + field.TABLE_NEXT)
  ) {
    const rows = kernel.word(at + field.TABLE_ROWS);
    const parent = kernel.word(at + field.TABLE_PARENT);
    if (rows === 0 && parent !== 0) continue;
    places.set(at, sources.length);
    sources.push({
      at,
      parent: places.get(parent) ?? -1,
      rows,
      columns: columnsOf(kernel, names, at, rows),
    });
  }
  const copied = copyOut(
    kernel,
    sources.map(({ at, parent, rows, columns }) => ({
      at,
      parent,
      rows,
      lanes: columns.flatMap((column) => column.lanes),
    })),
    { rootIds, memory },
  );
  let text: Uint8Array | undefined;
  const sentText = (): Uint8Array => (text ??= isStamped ? withStamps(body, extra) : body);
  return sources.map(({ at, parent, rows, columns }, i) => {
    const { links, lanes } = copied[i] as (typeof copied)[number];
    let next = 0;
    return {
      path: names.table(at),
      parent,
      rows,
      ...links,
      columns: columns.map((column): WalkedColumn => {
        const own: Lane[] = lanes.slice(next, (next += column.lanes.length));
        return {
          path: column.path,
          scalars: column.scalars,
          firstRow: column.firstRow,
          lanes: own,
          text: own.some(({ source }) => source !== null) ? sentText() : null,
        };
      }),
    };
  });
}

function columnsOf(kernel: Kernel, names: Names, table: number, rows: number): ColumnSource[] {
  const { field } = kernel;
  const byKey = new Map<number, ColumnSource>();
  for (
    let at = kernel.word(table + field.TABLE_LANES);
    at !== 0;
    at = kernel.word(at + field.LANE_NEXT)
  ) {
    const nulls = kernel.word(at + field.LANE_NULLS);
    if (nulls === rows) continue;
    const key = kernel.word(at + field.LANE_KEY);
    const firstRow = nulls === 0 ? 0 : firstValid(kernel.u8, kernel.word(at + field.LANE_VALID));
    const order = kernel.word(at + field.LANE_ORDER);
    const kind = LANE_KINDS[kernel.word(at + field.LANE_KIND)] as Lane['kind'];
    const lane: LaneSource = { at, kind, rows, nulls, firstRow };
    const column = byKey.get(key);
    if (column === undefined) {
      byKey.set(key, {
        path: names.path(key),
        scalars: kernel.word(key + field.KEY_SPELLING_LENGTH) === 0,
        firstRow,
        order,
        lanes: [lane],
      });
      continue;
    }
    column.lanes.push(lane);
    if (firstRow < column.firstRow) column.order = order;
    column.firstRow = Math.min(column.firstRow, firstRow);
  }
  const columns = [...byKey.values()];
  for (const { lanes } of columns) lanes.sort((a, b) => a.firstRow - b.firstRow);
  return columns.sort(byTraversal);
}

function firstValid(bytes: Uint8Array, at: number): number {
  let byte = at;
  while (bytes[byte] === 0) byte += 1;
  return (byte - at) * 8 + (31 - Math.clz32((bytes[byte] as number) & -(bytes[byte] as number)));
}

/**
 * Orders as dlt does: first row with a value; in a row, scalars of an object before its nested
 * objects, of which the last comes first.
 */
function byTraversal(a: ColumnSource, b: ColumnSource): number {
  if (a.firstRow !== b.firstRow) return a.firstRow - b.firstRow;
  let level = 0;
  while (level < a.path.length && a.path[level] === b.path[level]) level += 1;
  const aNested = a.path.length > level + 1;
  const bNested = b.path.length > level + 1;
  if (aNested !== bNested) return aNested ? 1 : -1;
  return aNested ? b.order - a.order : a.order - b.order;
}
