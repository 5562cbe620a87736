import {
  concat,
  concatMap,
  defer,
  EMPTY,
  merge,
  type Observable,
  of,
  type OperatorFunction,
  Subject,
  switchMap,
  timer,
} from 'rxjs';
import { openBatch, type OpenBatch } from './arrow/open-batch.js';
import { givenOptions } from './settings/given-options.js';
import { requireInput } from './settings/require-input.js';
import { limit, record } from './settings/shape.js';
import { timerMs } from './settings/timer-ms.js';
import type { Batch, Shaped } from './types.js';

/**
 * When a batch closes; whichever limit is reached first counts. All are numbers above 0, or
 * Infinity for no limit; without options all have their defaults. Anything else is a ConfigError
 * when `batch` is called.
 */
export interface BatchConfig {
  /** Rows of all tables together at which a batch closes; Infinity: none. @default 32,768 */
  rows?: number;
  /** Bytes of buffers at which a batch closes; Infinity: none. @default 6 MiB */
  bytes?: number;
  /**
   * Age of its first page, in milliseconds, at which a batch closes; Infinity: none. @default 1,000
   */
  ms?: number;
  /**
   * Rows at which the first batch closes, if that is sooner: a load commits the first rows of a new
   * dataset at once, and a small batch is there sooner. @default `rows`
   */
  firstRows?: number;
}

/**
 * Gathers whole pages into one record batch per table.
 *
 * - In: pages fitted to their schema.
 * - Out: a `Batch` when the open one has enough rows or bytes or is old enough, and at completion.
 * The first one comes with the first page that has rows. A page is never split. Pages without rows
 * bring their positions. No pages: no batch.
 * - Errors: `LimitError` for a column of 2 GiB in one batch. Errors of the source are passed on and
 *   drop the open batch. When called: `ConfigError` for an option that is no number above 0.
 * - State: one open batch, bounded by `rows` and `bytes` plus one page.
 *
 * The columns of a batch lie in one ArrayBuffer that no other batch shares, so `load` may take it.
 *
 * @example shaped.pipe(batch({ rows: 10_000 }), load(duckdb('shop.duckdb'), { dataset: 'shop' }))
 */
export function batch(config?: BatchConfig | null): OperatorFunction<Shaped, Batch> {
  const {
    rows = 32_768,
    bytes = 6 * 1024 * 1024,
    ms = 1_000,
    firstRows = rows,
  } = givenOptions('batch()', config, SHAPE);
  const longest = timerMs(ms);
  return (source) =>
    defer(() => {
      let open: OpenBatch | null = null;
      let most = Math.min(firstRows, rows);
      const close = (): Observable<Batch> => {
        const closed = open;
        open = null;
        return closed === null ? EMPTY : of(closed.close());
      };
      const clock = new Subject<number | null>();
      const aged = clock.pipe(
        switchMap((age) => (age === null ? EMPTY : timer(age))),
        concatMap(close),
      );
      const full = source.pipe(
        concatMap((page) => {
          if (open === null) clock.next(longest);
          open ??= openBatch();
          open.add(requireInput('batch()', page, 'shaped'));
          if (open.rows < most && open.bytes < bytes) return EMPTY;
          most = rows;
          return close();
        }),
      );
      const last = defer(() => {
        clock.next(null);
        clock.complete();
        return close();
      });
      return merge(aged, concat(full, last));
    });
}

const SHAPE = record<BatchConfig>('batch()', {
  rows: limit,
  bytes: limit,
  ms: limit,
  firstRows: limit,
});
