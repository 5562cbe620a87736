import { takeRows } from '../columns/take-rows.js';
import { ConfigError } from '../errors.js';
import type { Flat } from '../types.js';
import type { CursorConfig } from './cursor-config.js';
import { cursorPage } from './cursor-page.js';
import type { CursorProgress } from './cursor-progress.js';

/**
 * Keeps the rows of a page that the cursor lets stay, and ends the page's list where no later page
 * can have any. Errors: those of `CursorProgress.take`; ConfigError for a page without a cursor.
 */
export function takeByCursor(flat: Flat, config: CursorConfig, progress: CursorProgress): Flat {
  const { page, cursor } = flat;
  if (cursor === undefined)
    throw new ConfigError(
      'incremental() needs pages with a cursor. Give flatten() the same `cursorPath`.',
    );
  const naming = flat.tables[0]?.hints.naming;
  const { rows, isBeyond } = progress.take(cursorPage(page, cursor, config, naming));
  if (isBeyond) page.stop?.();
  return takeRows(flat, rows);
}
