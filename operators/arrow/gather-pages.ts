import {
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  map,
  merge,
  type Observable,
  of,
  type OperatorFunction,
  Subject,
  switchMap,
  timer,
} from 'rxjs';
import type { SpareMemory } from '../columns/spare-memory.js';
import { givenOptions } from '../settings/given-options.js';
import { requireInput } from '../settings/require-input.js';
import { limit, record } from '../settings/shape.js';
import { timerMs } from '../settings/timer-ms.js';
import type { Shaped } from '../types.js';
import { type ColumnBatch, openBatch, type OpenBatch } from './open-batch.js';

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
 * Gathers whole pages into plain columns, as `batch()` does before it makes record batches of them;
 * for those who have no use for apache-arrow. With `memory` batches lie in buffers of it, and those
 * of their pages go back to it.
 *
 * @param isDue whether a batch closes behind the page that came, whatever its size. @default never
 */
export function gatherPages(
  config?: BatchConfig | null,
  memory?: SpareMemory,
  isDue: () => boolean = () => false,
): OperatorFunction<Shaped, ColumnBatch> {
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
      const closed = (): ColumnBatch | null => {
        const full = open;
        open = null;
        return full?.close() ?? null;
      };
      const close = (): Observable<ColumnBatch> => {
        const batch = closed();
        return batch === null ? EMPTY : of(batch);
      };
      const clock = new Subject<number | null>();
      const aged = clock.pipe(
        switchMap((age) => (age === null ? EMPTY : timer(age))),
        concatMap(close),
      );
      const full = source.pipe(
        // A stream of none for each page takes longer than the page.
        map((page) => {
          if (open === null) clock.next(longest);
          open ??= openBatch(memory);
          open.add(requireInput('batch()', page, 'shaped'));
          if (page.page.continues === true) return null;
          if (open.rows < most && open.bytes < bytes && !isDue()) return null;
          most = rows;
          return closed();
        }),
        filter((batch) => batch !== null),
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
