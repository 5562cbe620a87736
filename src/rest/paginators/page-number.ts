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
 * Pages by number. Ends at the stated number of pages, on an empty page, or on a page with fewer rows than the fullest one
 * had (never than was asked for: servers give fewer than asked without a word, and the list would end too early). A first
 * page shorter than asked is therefore followed by one more request, unless `shortPageEnds`.
 */
export function pageNumber({ basePage = 0, pageParam = 'page', size, sizeParam = 'limit', totalPath, maximumPage, shortPageEnds = false }: PageNumberConfig = {}): Paginator {
  const change = (page: number): { params: Record<string, number> } => ({ params: { [pageParam]: page, ...(size !== undefined && { [sizeParam]: size }) } });
  return {
    paths: totalPath === undefined ? [] : [totalPath],
    first: change(basePage),
    next({ rows, largest, values: [total], asked }) {
      const page = Number(asked.params?.[pageParam] ?? basePage) + 1;
      const pages = statedCount(total);
      if (rows === 0 || rows < largest || (shortPageEnds && rows < (size ?? 0))) return null;
      if (pages !== null && page - basePage >= pages) return null;
      if (maximumPage !== undefined && page >= maximumPage) return null;
      return change(page);
    },
  };
}
