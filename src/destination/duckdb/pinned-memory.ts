import type { ShapedTable } from '../../../operators/types.js';
import { ROW_GROUP_ROWS } from './open-database.js';

/** Reckons what DuckDB cannot drop, and what of it cannot be moved to the disk either. */
export interface PinnedMemory {
  /** Counts rows that are appended. */
  append(tables: readonly ShapedTable[]): void;
  /** They are committed. */
  commit(): void;
  /**
   * The most that is pinned of rows that are committed, in bytes: the versions of rows. Where a
   * commit ends within a vector of 2,048 rows, and the next goes on there, DuckDB 1.5 pins a block
   * for the row group until the file is closed, and one more for each fifteen such vectors. It
   * counts them as written data, all else of which it can drop.
   */
  bytes(): number;
  /**
   * The most that is pinned of rows that are not committed, in bytes: the first segment of each
   * column is smaller than a block, and stays where it is until the row group is full.
   */
  open(): number;
  /**
   * The most bytes of batches and ids so far whose row groups were not full: DuckDB writes these
   * when they are, or when it writes its log to the file.
   */
  unwritten(): number;
}

const BLOCK_BYTES = 256 * 1024;
/** Vectors whose versions a block holds. */
const BLOCK_VECTORS = 15;
/** DuckDB's log is written to the file when it is as large, and then the next row group begins. */
const CHECKPOINT_BYTES = 16 * 1024 * 1024;
/** Tables in which a commit keeps what it knows of its load. */
const BOOKS = 4;
/** The first segment of a column with texts: a vector of them. */
const SEGMENT_BYTES = 32 * 1024;
/** Columns that a load adds to those of a batch: its id, and the number of a row. */
const OWN_COLUMNS = 2;
/** What a row takes in them. */
const OWN_BYTES = 32;

/** Nothing is appended yet: 1 MiB for a load's books. */
export function pinnedMemory(): PinnedMemory {
  const tables = new Set<string>();
  const open = new Map<string, { rows: number; bytes: number; columns: number }>();
  let [rows, bytes, vectors] = [0, 0, 0];
  let unwritten = 0;
  /** Bytes of a table in the row group that is not full. */
  const begun = (own: { rows: number; bytes: number }): number =>
    own.rows === 0 ? 0 : (own.rows % ROW_GROUP_ROWS) * (own.bytes / own.rows + OWN_BYTES);
  return {
    append(appended) {
      for (const { schema, rows, columns } of appended) {
        const own = open.get(schema.name) ?? { rows: 0, bytes: 0, columns: 0 };
        open.set(schema.name, own);
        own.rows += rows;
        // Those without a value in the batch are filled as well.
        own.columns = schema.columns.length;
        for (const { data, offsets } of columns)
          own.bytes += data.byteLength + (offsets?.byteLength ?? 0);
      }
      let waiting = bytes % CHECKPOINT_BYTES;
      for (const own of open.values()) waiting += begun(own);
      unwritten = Math.max(unwritten, waiting);
    },
    commit() {
      for (const [name, own] of open) {
        // A whole row group is moved into the table as it is, and the next rows begin another.
        if (own.rows >= ROW_GROUP_ROWS) continue;
        tables.add(name);
        rows += own.rows;
        bytes += own.bytes;
        vectors += 1;
      }
      open.clear();
    },
    bytes() {
      const shared = (tables.size + BOOKS) * (1 + Math.floor(bytes / CHECKPOINT_BYTES));
      const filled = Math.ceil(rows / ROW_GROUP_ROWS) + Math.ceil(vectors / BLOCK_VECTORS);
      return BLOCK_BYTES * (shared + filled);
    },
    open() {
      let sum = 0;
      for (const { rows, columns } of open.values())
        if (rows < ROW_GROUP_ROWS) sum += (columns + OWN_COLUMNS) * SEGMENT_BYTES;
      return sum;
    },
    unwritten: () => unwritten,
  };
}
