import type { Discard, FlatColumn, FlatTable } from '../types.js';

/** The reason why a page cannot be accepted as it is. */
export interface Violation {
  table: string;
  column: string | null;
  /** First row concerned, from 0; null where it is the whole page. */
  row: number | null;
  /** One sentence for people: what, where, and what to do. */
  message: string;
  /** Set where a schema contract is violated, and not a rule that holds always. */
  breach?: Breach;
}

/** What violates a schema contract. */
export interface Breach {
  entity: Discard['entity'];
  mode: Discard['mode'] | 'freeze';
  /** The table's path in the page. */
  list: FlatTable['path'];
  /** The column of the page that holds the values; null where whole rows are meant. */
  column: FlatColumn | null;
  /** Rows concerned, ascending. */
  rows: readonly number[];
}
