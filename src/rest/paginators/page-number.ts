import { type Paginator, statedCount } from './paginator.js';

export interface PageNumberConfig {
  /** Number of the first page. @default 0, as dlt */
  basePage?: number;
  /** @default 'page' */
  pageParam?: string;
  /** Rows asked for on a page, and the parameter for it. @default the API's own size */
  size?: number;
  /** @default 'limit' */
  sizeParam?: string;
  /** Path to the number of pages; may be missing, null or change. @default none */
  totalPath?: string;
  /** The service is known to fill its pages up to `size`: a page with fewer rows is the last, and no further one is asked for. @default false */
  shortPageEnds?: boolean;
  /** Read no page with this number or higher. @default none */
  maximumPage?: number;
}

/**
 * Pages by number. Ends when the stated number of pages is reached, or on an empty page. A short page proves nothing:
 * servers give fewer rows than asked without a word, or filter a page after cutting it, and the rest would be lost. So a list
 * costs one more request than it has pages, unless the number of pages is stated or `shortPageEnds`.
 */
export function pageNumber({ basePage = 0, pageParam = 'page', size, sizeParam = 'limit', totalPath, maximumPage, shortPageEnds = false }: PageNumberConfig = {}): Paginator {
  const change = (page: number): { params: Record<string, number> } => ({ params: { [pageParam]: page, ...(size !== undefined && { [sizeParam]: size }) } });
  return {
    paths: totalPath === undefined ? [] : [totalPath],
    first: change(basePage),
    next({ rows, values: [total], asked }) {
      const page = Number(asked.params?.[pageParam] ?? basePage) + 1;
      if (rows === 0 || (shortPageEnds && rows < (size ?? 0))) return null;
      if (statedCount(total) === page - basePage || page >= (maximumPage ?? Infinity)) return null;
      return change(page);
    },
    onRepeat: () => 'fault',
  };
}
