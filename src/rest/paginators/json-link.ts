import { PaginationError } from '../../errors.js';
import { checkedOptions } from '../shape/checked-options.js';
import { isNothing } from './is-nothing.js';
import { type JsonLinkConfig, paginatorShapes } from './paginator-config.js';
import type { Paginator } from './paginator.js';
import { bodyValues } from './value-path.js';

/**
 * Pages by an address in the body; relative ones count from the page's own. Ends when it is
 * missing, null, false or empty text; PaginationError when it is something else than text.
 */
export function jsonLink(options: JsonLinkConfig = {}): Paginator {
  const config = checkedOptions('jsonLink()', options, paginatorShapes.jsonLink);
  const { nextUrlPath = 'next', stopAfterEmptyPage = false } = config;
  const body = bodyValues({ url: nextUrlPath });
  return {
    paths: body.paths,
    first: {},
    pageSize: null,
    followsApi: true,
    config: { type: 'jsonLink', ...config },
    next(page) {
      if (stopAfterEmptyPage && page.rows === 0) return { end: 'empty' };
      const { url } = body.read(page);
      if (url === undefined) return { end: 'no-next', nextMissing: true };
      if (isNothing(url)) return { end: 'no-next' };
      if (typeof url === 'string') return { url };
      throw new PaginationError(
        `\`${nextUrlPath}\` must be the address of the next page and is ${typeof url === 'object' ? 'an object or list' : String(url)}. Correct nextUrlPath; what was committed stays.`,
      );
    },
  };
}
