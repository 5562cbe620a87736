import type { Limits } from '../../../operators/columns/limits.js';
import { fieldReader } from '../../../operators/json/read-fields.js';
import type { Span } from '../../../operators/types.js';
import { type CursorValue, further, type IncrementalConfig } from './incremental.js';

/** Follows the cursor of a list through its pages. */
export interface CursorTracker {
  /** False where no row of the page has a value. */
  add(body: Uint8Array, rows: Span): boolean;
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
  let isFound = false;
  return {
    add(body, rows) {
      // A backfill keeps nothing; its path is looked for until it is found.
      const isBackfill = config.endValue !== undefined;
      if (isBackfill && isFound) return true;
      let hasValue = false;
      for (const row of reader.read(body, rows)) {
        const value = row[config.cursorPath];
        hasValue ||= value !== undefined;
        if (!isBackfill) last = further(config, last, value);
      }
      isFound ||= hasValue;
      return hasValue;
    },
    last: () => last,
    close: () => reader.close(),
  };
}
