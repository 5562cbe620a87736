import type { ColumnDomain, ColumnHint, ColumnType } from '../types.js';

/** What values are fitted to: the type of their column, and what its hint says of them. */
export interface Target extends ColumnType {
  /** What the column holds exactly, where its data type does not say. */
  domain?: ColumnDomain;
  /** For `bigint`: every value so far is exact as a double. */
  exactAsDouble: boolean;
  /** The column keeps its type: it is never widened. */
  isFixed?: true;
  /** The hint that names the type: values may be spelt otherwise than the column prints them. */
  hint?: ColumnHint;
}
