import type { PageFacts, Paginator, RequestChange } from './paginator.js';

/**
 * A paginator in the user's words: what the next request changes, or null at the end. It reads what
 * it needs from `body()` and `header()`.
 */
export type PaginatorFunction = (page: PageFacts) => RequestChange | null;

/** The paginator of a function. Its first request is as it is configured. */
export function custom(next: PaginatorFunction): Paginator {
  return {
    paths: [],
    first: {},
    pageSize: null,
    config: null,
    next: (page) => next(page) ?? { end: 'custom' },
  };
}
