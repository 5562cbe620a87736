import { defer, map as mapEach, type OperatorFunction, tap } from 'rxjs';
import {
  type CursorConfig,
  cursorFields,
  type CursorRules,
  type CursorValue,
} from './cursor/cursor-config.js';
import { CursorProgress, type KeptCursor } from './cursor/cursor-progress.js';
import { isCursorValue } from './cursor/further.js';
import { takeByCursor } from './cursor/take-by-cursor.js';
import { givenOptions } from './settings/given-options.js';
import { isRecord } from './settings/is-record.js';
import { requireInput } from './settings/require-input.js';
import {
  either,
  fn,
  name,
  nothing,
  record,
  required,
  type Shape,
  words,
} from './settings/shape.js';
import type { Flat } from './types.js';

export type { CursorConfig, CursorValue, KeptCursor };

/** What `incremental` goes by, and where what it keeps comes from and goes to. */
export interface IncrementalOptions extends CursorRules {
  /** What earlier runs kept, as `keep` was given it. @default null: nothing */
  kept?: KeptCursor | null;
  /**
   * Is called when the pages are at their end, with what later runs begin with. @default nothing
   */
  keep?: (kept: KeptCursor) => void;
}

/**
 * Drops the rows that earlier runs had, and those beyond the end, and follows the cursor.
 *
 * - In: pages of one resource as columns, from `flatten({ cursorPath })`.
 * - Out: one `Flat` per page, in order, with the rows that stay and their children; a page may have
 *   no row left.
 * - Errors: `SelectError` for a row without a value (`onCursorValueMissing`) or without its key;
 *   `ConfigError` for values that have no order, and for pages without a cursor; `FunctionError` of
 *   `lastValueFunc`. When called: `ConfigError` for an option that is wrong.
 * - State: the furthest value, the hashes of the rows that have it, and the last page with such
 * rows.
 *
 * One cursor for all lists. Where `rowOrder` says that no later page can have a row of the span,
 * the page's list is ended (`Page.stop`). Decides as dlt 1.31 does, but times by their moments.
 *
 * @example
 * rows.pipe(
 *   flatten({ table: 'orders', cursorPath: 'updated_at' }),
 *   incremental({ cursorPath: 'updated_at', initialValue: '2026-01-01' }),
 * )
 */
export function incremental(config: IncrementalOptions): OperatorFunction<Flat, Flat> {
  const options = givenOptions('incremental()', config, SHAPE);
  return (source) =>
    defer(() => {
      const progress = new CursorProgress(options, options.kept ?? null);
      return source.pipe(
        mapEach((flat) =>
          takeByCursor(requireInput('incremental()', flat, 'flat'), options, progress),
        ),
        tap({ complete: () => options.keep?.(progress.kept()) }),
      );
    });
}

const KEPT: Shape<KeptCursor> = {
  kind: 'value',
  label: 'what `keep` was given',
  is: (value) =>
    isRecord(value) &&
    ['initialValue', 'lastValue', 'startValue'].every(
      (key) => value[key] === null || isCursorValue(value[key]),
    ) &&
    Array.isArray(value['uniqueHashes']),
};

const SHAPE = record<IncrementalOptions>('incremental()', {
  cursorPath: required(name),
  ...cursorFields,
  compat: words('sluice', 'dlt'),
  kept: either(KEPT, nothing),
  keep: fn,
});
