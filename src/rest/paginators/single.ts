import type { Paginator } from './paginator.js';

/** One request, one page. */
export function single(): Paginator {
  return {
    paths: [],
    first: {},
    pageSize: null,
    config: { type: 'single' },
    next: () => ({ end: 'single' }),
  };
}
