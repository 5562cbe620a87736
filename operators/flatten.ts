import type { OperatorFunction } from 'rxjs';
import type { FlattenConfig } from './columns/flatten-config.js';
import { flattenPages } from './columns/flatten-pages.js';
import type { Flat, Rows } from './types.js';

export type { FlattenConfig };

/**
 * Flattens nested rows to the columns of a root table and of child tables.
 *
 * - In: the rows of a page, as JSON text.
 * - Out: one `Flat` per page, in order: the root table first (also without rows), then child tables
 *   that have rows, parents before children. Objects become columns `a__b`. Arrays become tables
 *   `<parent>__<key>` with `_dlt_parent_id` and `_dlt_list_idx`; scalars in arrays a column
 *   `value`; lists in lists a table `…__list`.
 * - Errors: `JsonError` for rows that are not JSON; `LimitError`. Nothing of such a page is
 *   emitted. When called: `ConfigError` for an option that is wrong, such as a `table` that begins
 *   as sluice's own tables do.
 * - State: names by raw key, bounded by the limits on tables and columns.
 *
 * A row's own `_dlt_id` is its id, as in dlt, unless it is empty or 0.
 *
 * Names follow dlt's convention `snake_case`, or `direct` with `naming`. Two keys that normalize to
 * one name are both kept and reported.
 *
 * @example
 * pages.pipe(
 *   select('data'),
 *   flatten({ table: 'orders', primaryKey: 'id', writeDisposition: 'merge' }),
 * )
 */
export function flatten(config: FlattenConfig): OperatorFunction<Rows, Flat> {
  return flattenPages(config);
}
