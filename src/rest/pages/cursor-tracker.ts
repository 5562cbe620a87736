import type { Limits } from '../../../operators/columns/limits.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import type { Span } from '../../../operators/types.js';
import { type CursorValue, further, type IncrementalConfig } from './incremental.js';

/** Follows the cursor of a list through its pages. */
export interface CursorTracker {
  add(body: Uint8Array, rows: Span): void;
  /** The furthest value so far; null where no row had one. */
  last(): CursorValue | null;
  close(): void;
}

/**
 * Begins with what earlier runs kept; a backfill (with an end value) keeps nothing, so that it does
 * not move the run that goes on.
 */
export function cursorTracker(
  config: IncrementalConfig,
  kept: CursorValue | null,
  limits: Partial<Limits>,
): CursorTracker {
  const reader = fieldReader([config.cursorPath], limits);
  let last = kept;
  return {
    add(body, rows) {
      if (config.endValue !== undefined) return;
      for (const row of reader.read(body, rows))
        last = further(config, last, row[config.cursorPath]);
    },
    last: () => last,
    close: () => reader.close(),
  };
}
