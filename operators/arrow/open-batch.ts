import type { SpareMemory } from '../columns/spare-memory.js';
import { LimitError, SchemaError } from '../errors.js';
import { columnType, isSameType, layoutOf } from '../schema/column-type.js';
import type {
  Position,
  SchemaChange,
  Shaped,
  ShapedColumn,
  ShapedTable,
  TableHints,
  TableSchema,
} from '../types.js';
import { batchPositions } from './batch-positions.js';
import { concatColumn, concatSize, type Piece } from './concat-columns.js';

/** What is appended at once, as plain columns: a {@link Batch} before it is made of Arrow. */
export interface ColumnBatch {
  /** As those of {@link Batch}. */
  tables: readonly ShapedTable[];
  changes: readonly SchemaChange[];
  positions: readonly Position[];
  bytes: number;
}

/** Pages on their way into one batch. */
export interface OpenBatch {
  readonly rows: number;
  readonly bytes: number;
  add(page: Shaped): void;
  /**
   * Joins the pages in one ArrayBuffer. The open batch must not be used after, and its pages not
   * where `openBatch` was given memory: that of the pages goes back to it.
   *
   * Errors: LimitError for a column of 2 GiB or more.
   */
  close(): ColumnBatch;
}

interface OpenTable {
  schema: TableSchema;
  hints: TableHints;
  rows: number;
  pages: {
    rows: number;
    columns: ReadonlyMap<string, ShapedColumn>;
    /** Numbers of root rows, and how many root rows the batch had before the page. */
    rootRows: { of: Int32Array; from: number } | null;
  }[];
}

/** Bytes that one column of a batch may have: offsets into text are signed 32-bit integers. */
const MOST = 2 ** 31 - 1;

/** The column that the loader fills by itself, so that no batch carries it. */
const LOAD_ID = '_dlt_load_id';

export function openBatch(memory?: SpareMemory): OpenBatch {
  const tables = new Map<string, OpenTable>();
  const changes: SchemaChange[] = [];
  const positions = batchPositions();
  const open = {
    rows: 0,
    bytes: 0,
    add({ page, pages = [page], tables: shaped, changes: made }: Shaped): void {
      // Before any rows of the page.
      const before = new Map(
        shaped.map(({ schema: { name } }) => [name, tables.get(name)?.rows ?? 0]),
      );
      const parents = new Map(shaped.map(({ schema }) => [schema.name, schema.parent]));
      const rootOf = (name: string): string => {
        const parent = parents.get(name) ?? null;
        return parent === null ? name : rootOf(parent);
      };
      for (const { schema, hints, rows: more, columns, rootRows } of shaped) {
        const table = tables.get(schema.name) ?? { schema, hints, rows: 0, pages: [] };
        const root = rootRows === undefined ? '' : rootOf(schema.name);
        table.schema = schema;
        table.hints = hints;
        table.pages.push({
          rows: more,
          columns: new Map(columns.map((column) => [column.name, column])),
          rootRows:
            rootRows === undefined
              ? null
              : { of: rootRows, from: before.get(root) ?? tables.get(root)?.rows ?? 0 },
        });
        table.rows += more;
        tables.set(schema.name, table);
        open.rows += more;
        for (const { validity, offsets, data } of columns)
          open.bytes += data.byteLength + (offsets?.byteLength ?? 0) + (validity?.byteLength ?? 0);
      }
      changes.push(...made);
      for (const one of pages) positions.add(one);
    },
    close(): ColumnBatch {
      const plans = [...tables.values()].map(plan);
      const size = plans.reduce((sum, { size: own }) => sum + own, 0);
      const buffer = memory?.take(size) ?? new ArrayBuffer(size);
      let at = 0;
      const batches = plans.map(({ columns, rootRows, ...table }): ShapedTable => ({
        schema: table.schema,
        hints: table.hints,
        rows: table.rows,
        ...(rootRows && { rootRows }),
        columns: columns.map(({ column, pieces, size: own }) => {
          const joined = concatColumn(pieces, column, buffer, at);
          at += own;
          return { name: column.name, ...columnType(column), ...joined };
        }),
      }));
      if (memory !== undefined)
        for (const table of tables.values())
          for (const { columns } of table.pages)
            for (const { data } of columns.values()) memory.giveBack(data.buffer as ArrayBuffer);
      return { tables: batches, changes, positions: positions.close(), bytes: size };
    },
  };
  return open;
}

/**
 * Finds the pieces of each column, and how many bytes all of them take. Columns without a value in
 * the batch are left out.
 */
function plan({ schema, hints, rows, pages }: OpenTable): {
  schema: TableSchema;
  hints: TableHints;
  rows: number;
  rootRows: Int32Array | null;
  size: number;
  columns: { column: TableSchema['columns'][number]; pieces: Piece[]; size: number }[];
} {
  const columns = schema.columns
    .filter(({ name }) => name !== LOAD_ID && pages.some((page) => page.columns.has(name)))
    .map((column) => {
      const pieces = pages.map((page): Piece => ({
        rows: page.rows,
        column: page.columns.get(column.name) ?? null,
      }));
      for (const { column: piece } of pieces)
        if (piece !== null) requireType(schema.name, column, piece);
      const size = concatSize(pieces, column);
      if (size > MOST)
        throw new LimitError(
          `Table ${schema.name}, column ${column.name}: ${size} bytes in one batch, and Arrow's 32-bit offsets reach ${MOST}. Request smaller pages, or lower \`bytes\` of batch().`,
        );
      return { column, pieces, size };
    });
  return {
    schema,
    hints,
    rows,
    rootRows: joinRootRows(pages, rows),
    size: columns.reduce((sum, { size }) => sum + size, 0),
    columns,
  };
}

/** Numbers root rows within the batch; null where a page does not say them. */
function joinRootRows(pages: OpenTable['pages'], rows: number): Int32Array | null {
  if (pages.some(({ rootRows }) => rootRows === null)) return null;
  const joined = new Int32Array(rows);
  let at = 0;
  for (const { rootRows } of pages) {
    const { of, from } = rootRows as { of: Int32Array; from: number };
    for (let row = 0; row < of.length; row += 1) joined[at + row] = from + (of[row] as number);
    at += of.length;
  }
  return joined;
}

/**
 * A page's values are of the column's type, or exact integers of a column that was widened since.
 */
function requireType(
  table: string,
  column: TableSchema['columns'][number],
  piece: NonNullable<Piece['column']>,
): void {
  const { name, dataType } = column;
  const isWidened =
    piece.dataType === 'bigint' && (dataType === 'double' || layoutOf(column) === 16);
  if (isSameType(piece, column) || isWidened) return;
  throw new SchemaError(
    `Table ${table}, column ${name}: a page brings ${piece.dataType} where the schema of its batch has ${dataType}. Let evolve() see every page that is batched.`,
  );
}
