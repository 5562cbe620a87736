import type { Page } from '../types.js';

/** An event of `flatten` about a page. */
export type FlattenEvent =
  /** Elements of its list are null: they are no rows. */
  | { kind: 'null-rows'; page: Page; rows: number }
  /**
   * Rows have a value of their own where a field of the parent or the map's key was to go: theirs
   * stays, the other is kept as `beside`. Null: theirs is written over, by dlt's rules. Once for
   * each field.
   */
  | { kind: 'overlap'; page: Page; field: string; beside: string | null };
