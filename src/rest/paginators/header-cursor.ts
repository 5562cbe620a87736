import type { Paginator } from './paginator.js';

export interface HeaderCursorConfig {
  /** Name of the answer's header that has the next cursor. @default 'next', as dlt */
  cursorKey?: string;
  /** Query parameter that takes it. @default 'cursor' */
  cursorParam?: string;
}

/** Pages by a cursor in a header. Ends when the header is missing or empty. */
export function headerCursor(config: HeaderCursorConfig = {}): Paginator {
  const { cursorKey = 'next', cursorParam = 'cursor' } = config;
  return {
    paths: [],
    first: {},
    pageSize: null,
    config: { type: 'headerCursor', ...config },
    next({ header }) {
      const value = header(cursorKey)?.trim() ?? '';
      return value === '' ? { end: 'no-next' } : { params: { [cursorParam]: value } };
    },
  };
}
