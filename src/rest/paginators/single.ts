import type { Paginator } from './paginator.js';

/** One request, one page. */
export function single(): Paginator {
  return {
    paths: [],
    first: {},
    pageSize: null,
    config: { type: 'single' },
    next: ({ signs }) => ({ end: signs.flag?.isMore === false ? 'has-more' : 'single' }),
  };
}
