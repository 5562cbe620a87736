import { defer, finalize, map as mapEach, type OperatorFunction, tap } from 'rxjs';
import { columnShape } from './columns/column-shape.js';
import { contractShape } from './columns/contract-shape.js';
import { dispositionShape } from './columns/disposition-shape.js';
import { flattener, type FlattenConfig } from './columns/flattener.js';
import { limitsShape } from './columns/limits.js';
import { nestedShape } from './columns/nested-shape.js';
import { givenOptions } from './settings/given-options.js';
import { requireInput } from './settings/require-input.js';
import { count, flag, fn, map, name, names, record, required, words } from './settings/shape.js';
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
  const options = givenOptions('flatten()', config, SHAPE);
  return (source) =>
    defer(() => {
      const own = flattener(options);
      return source.pipe(
        mapEach((rows) => own.flatten(requireInput('flatten()', rows, 'rows'))),
        tap({ complete: () => own.end() }),
        finalize(() => own.close()),
      );
    });
}

const SHAPE = record<FlattenConfig>('flatten()', {
  table: required(name),
  resource: name,
  writeDisposition: dispositionShape,
  primaryKey: names,
  mergeKey: names,
  columns: map(columnShape),
  nestedHints: map(nestedShape),
  maxTableNesting: count,
  cursorPath: name,
  rootKey: flag,
  compat: words('sluice', 'dlt'),
  naming: words('snake_case', 'direct'),
  schemaContract: contractShape,
  onUnmatchedHints: fn,
  observe: fn,
  limits: limitsShape,
});
