import { PaginationError } from '../../errors.js';
import type { Paginator } from './paginator.js';

/**
 * Pages by an address in the body; relative ones count from the page's own. Ends when it is missing, null, false or empty
 * text; PaginationError when it is something else than text. @default nextUrlPath 'next'
 */
export function jsonLink({ nextUrlPath = 'next' }: { nextUrlPath?: string } = {}): Paginator {
  return {
    paths: [nextUrlPath],
    first: {},
    next({ values: [url] }) {
      if (url === undefined || url === null || url === false || url === '') return null;
      if (typeof url === 'string') return { url };
      throw new PaginationError(`\`${nextUrlPath}\` was to be the address of the next page and is ${typeof url === 'object' ? 'an object or list' : String(url)}. Correct nextUrlPath; what was read is kept.`);
    },
  };
}
