import { map, type OperatorFunction } from 'rxjs';
import { arrowBatch } from './arrow/arrow-batch.js';
import { type BatchConfig, gatherPages } from './arrow/gather-pages.js';
import type { Batch, Shaped } from './types.js';

export type { BatchConfig };

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
  const gather = gatherPages(config);
  return (source) => source.pipe(gather, map(arrowBatch));
}
