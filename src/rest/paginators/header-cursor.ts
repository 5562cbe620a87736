import { checkedOptions } from '../shape/checked-options.js';
import { isNothing } from './is-nothing.js';
import { type HeaderCursorConfig, paginatorShapes } from './paginator-config.js';
import type { Paginator } from './paginator.js';

/** Pages by a cursor in a header. Ends when the header is missing, empty, `null` or -1. */
export function headerCursor(options: HeaderCursorConfig = {}): Paginator {
  const config = checkedOptions('headerCursor()', options, paginatorShapes.headerCursor);
  const { cursorKey = 'next', cursorParam = 'cursor', stopAfterEmptyPage = false } = config;
  return {
    paths: [],
    first: {},
    pageSize: null,
    followsApi: true,
    config: { type: 'headerCursor', ...config },
    next({ header, rows }) {
      if (stopAfterEmptyPage && rows === 0) return { end: 'empty' };
      const value = header(cursorKey)?.trim() ?? '';
      if (!isNothing(value)) return { params: { [cursorParam]: value } };
      // The standard name is a guess; one that was given must be somewhere.
      const nextMissing = config.cursorKey !== undefined && header(cursorKey) === null;
      return { end: 'no-next', ...(nextMissing && { nextMissing }) };
    },
  };
}
