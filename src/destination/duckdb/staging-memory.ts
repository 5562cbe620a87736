import type { ShapedTable } from '../../../operators/types.js';
import { columnBytes } from './column-bytes.js';

/** About a million short rows. */
const MOST = 128 * 1024 * 1024;
/** Milliseconds that a load keeps them there: as long as rows wait for a commit by default. */
const LONGEST = 5_000;
/** What a row takes beside its columns: the load's id, and its number. */
const ROW_BYTES = 32;

/** Decides how long staged rows wait in memory. */
export interface StagingMemory {
  /** Counts rows that are staged in memory. */
  add(table: ShapedTable): void;
  /** Whether rows of the table are in memory only: no commit keeps them. */
  holdsTable(name: string): boolean;
  /** Whether rows of the resource are in memory only; then its positions wait as well. */
  holdsResource(name: string): boolean;
  /** The rows are in the file now. */
  empty(): void;
  /** No rows wait in memory. */
  isEmpty(): boolean;
  /** They take more memory than they may. */
  isFull(): boolean;
  /** The load began so long ago that rows are to be kept in the file by now. */
  isOld(): boolean;
}

/**
 * Small and fast loads stage in memory, which saves writing, compressing and reading their rows
 * once more; large and slow ones in the file, so that memory is bounded and what has come is
 * committed with its positions.
 *
 * @param most bytes of rows that wait in memory. @default 128 MiB
 * @param longest milliseconds that a load keeps rows there. @default 5,000
 */
export function stagingMemory(most: number = MOST, longest: number = LONGEST): StagingMemory {
  const began = performance.now();
  const tables = new Set<string>();
  const resources = new Set<string>();
  let bytes = 0;
  return {
    add(table) {
      tables.add(table.schema.name);
      resources.add(table.hints.resource);
      bytes += table.rows * ROW_BYTES + columnBytes(table);
    },
    holdsTable: (name) => tables.has(name),
    holdsResource: (name) => resources.has(name),
    empty() {
      tables.clear();
      resources.clear();
    },
    isEmpty: () => tables.size === 0,
    isFull: () => bytes > most,
    isOld: () => performance.now() - began >= longest,
  };
}
