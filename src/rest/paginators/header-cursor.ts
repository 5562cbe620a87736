import { optionsOf } from '../../../operators/settings/options-of.js';
import type { HeaderCursorConfig } from './paginator-config.js';
import type { Paginator } from './paginator.js';

/** Pages by a cursor in a header. Ends when the header is missing or empty. */
export function headerCursor(given: HeaderCursorConfig = {}): Paginator {
  const config = optionsOf('headerCursor()', given, KEYS);
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
      return value === '' ? { end: 'no-next' } : { params: { [cursorParam]: value } };
    },
  };
}

const KEYS: Readonly<Record<keyof HeaderCursorConfig, true>> = {
  cursorKey: true,
  cursorParam: true,
  stopAfterEmptyPage: true,
};
