import type { Json } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import type { Paginator } from './paginator.js';

export interface CursorConfig {
  /** Path to the next cursor in the body. @default 'cursors.next', as dlt */
  cursorPath?: string;
  /** Query parameter that takes it. @default 'cursor' */
  cursorParam?: string;
  /** Path to a flag that says whether there is more. @default none: the cursor says it */
  hasMorePath?: string;
}

/**
 * Pages by a cursor in the body. Ends when it is missing, null, false or empty text (`0` and `"0"` are cursors), or when the
 * flag says that there is no more; a flag that is missing says nothing. PaginationError when there is more but no cursor, or
 * the cursor is an object or list.
 */
export function cursor({ cursorPath = 'cursors.next', cursorParam = 'cursor', hasMorePath }: CursorConfig = {}): Paginator {
  return {
    paths: hasMorePath === undefined ? [cursorPath] : [cursorPath, hasMorePath],
    first: {},
    next({ values: [value, more] }) {
      const isMore = hasMorePath === undefined ? null : flagOf(more);
      if (isMore === false) return null;
      const next = cursorOf(value, cursorPath);
      if (next !== null) return { params: { [cursorParam]: next } };
      if (isMore === null) return null;
      throw new PaginationError(`\`${hasMorePath}\` says that there are more rows, but there is no cursor at \`${cursorPath}\`. Correct cursorPath; what was read is kept.`);
    },
  };
}

/** A flag in any of the spellings that dlt takes; null for anything else. */
function flagOf(value: Json | undefined): boolean | null {
  const text = typeof value === 'object' || value === undefined ? '' : String(value);
  if (/^(true|yes|y|t|1)$/i.test(text)) return true;
  return /^(false|no|n|f|0)$/i.test(text) ? false : null;
}

function cursorOf(value: Json | undefined, path: string): string | number | null {
  if (value === undefined || value === null || value === false || value === '') return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  throw new PaginationError(`\`${path}\` was to be a cursor and is ${value === true ? 'true' : 'an object or list'}. Correct cursorPath; what was read is kept.`);
}
