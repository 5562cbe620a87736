import type duckdb from '@duckdb/node-bindings';
import type { BlockColumn } from '../../column-block.js';

export type Vector = Parameters<typeof duckdb.vector_get_data>[0];

/** Collects the values of one column over several chunks. */
export interface ColumnReader {
  /**
   * Copies rows `from` to `from + count` of a vector; returns how many bytes of text are among
   * them, of which Arrow's offsets allow 2 GiB.
   */
  append(vector: Vector, from: number, count: number): number;
  /** What was collected; begins anew. */
  finish(): BlockColumn;
}

/** What columns of some kinds do not have. */
export const NOTHING: Pick<BlockColumn, 'offsets' | 'data' | 'children'> = {
  offsets: null,
  data: null,
  children: [],
};
