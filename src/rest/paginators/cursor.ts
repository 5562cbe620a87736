import type { Json } from '../../../operators/types.js';
import type { Paginator } from './paginator.js';

export interface CursorConfig {
  /** Path to the next cursor in the body. @default 'cursors.next', as dlt */
  cursorPath?: string;
  /** Query parameter that takes it. @default 'cursor' */
  cursorParam?: string;
  /** Path to a flag that says whether there is more. @default none: the cursor says it */
  hasMorePath?: string;
}

/** Pages by a cursor in the body. Ends when it is missing, null or empty text; `0` and `"0"` are cursors. */
export function cursor({ cursorPath = 'cursors.next', cursorParam = 'cursor', hasMorePath }: CursorConfig = {}): Paginator {
  return {
    paths: hasMorePath === undefined ? [cursorPath] : [cursorPath, hasMorePath],
    first: {},
    next({ values: [value, more] }) {
      const next = cursorText(value);
      if (next === null || (hasMorePath !== undefined && !isMore(more))) return null;
      return { params: { [cursorParam]: next } };
    },
  };
}

function cursorText(value: Json | undefined): string | number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function isMore(value: Json | undefined): boolean {
  return value === true || (typeof value === 'string' && /^(true|yes|y|t|1)$/i.test(value)) || value === 1;
}
