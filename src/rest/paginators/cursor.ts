import type { Json } from '../../../operators/types.js';
import { PaginationError } from '../../errors.js';
import { flagOf } from '../../settings/flag-of.js';
import { checkedOptions } from '../shape/checked-options.js';
import { isNothing } from './is-nothing.js';
import { type CursorConfig, paginatorShapes } from './paginator-config.js';
import type { Paginator } from './paginator.js';
import { placeOf } from './place.js';
import { bodyValues } from './value-path.js';

/**
 * Pages by a cursor in the body. Ends when it is missing, null, false, empty text or -1 (`0` and
 * `"0"` are cursors, until one leads back to the first page), or when the flag says that there is
 * no more; a flag that is missing says nothing. PaginationError when there is more but no cursor,
 * or the cursor is an object or list; ConfigError when both a parameter and a body path are given.
 */
export function cursor(options: CursorConfig = {}): Paginator {
  const config = checkedOptions('cursor()', options, paginatorShapes.cursor);
  const { cursorPath = 'cursors.next', hasMorePath, stopAfterEmptyPage = false } = config;
  const place = placeOf('cursor', config, 'cursorParam', 'cursorBodyPath', 'cursor');
  const body = bodyValues({ value: cursorPath, more: hasMorePath });
  return {
    paths: body.paths,
    first: {},
    pageSize: null,
    followsApi: true,
    config: { type: 'cursor', ...config },
    next(page) {
      const { value, more } = body.read(page);
      const isMore = flagOf(more);
      if (isMore === false) return { end: 'has-more' };
      if (stopAfterEmptyPage && page.rows === 0) return { end: 'empty' };
      const next = cursorOf(value, cursorPath);
      if (next !== null) return place.change(next);
      if (isMore === null)
        return { end: 'no-next', ...(value === undefined && { nextMissing: true }) };
      throw new PaginationError(
        `\`${hasMorePath}\` says that there are more rows, but there is no cursor at \`${cursorPath}\`. Correct cursorPath; what was committed stays.`,
      );
    },
  };
}

function cursorOf(value: Json | undefined, path: string): string | number | bigint | null {
  if (value === undefined || isNothing(value)) return null;
  if (typeof value !== 'object' && typeof value !== 'boolean') return value;
  throw new PaginationError(
    `\`${path}\` must be a cursor and is ${value === true ? 'true' : 'an object or list'}. Correct cursorPath; what was committed stays.`,
  );
}
