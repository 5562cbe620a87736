import { type PageFacts, type Paginator, statedCount } from './paginator.js';

export interface OffsetConfig {
  /** Rows asked for on a page. */
  limit: number;
  /** First offset. @default 0 */
  offset?: number;
  /** @default 'offset' */
  offsetParam?: string;
  /** @default 'limit' */
  limitParam?: string;
  /** Path to the number of rows in all; may be missing, null or change. @default none */
  totalPath?: string;
}

/**
 * Pages by offset, which moves on by the rows that came, not by those that were asked for: a server that gives fewer loses
 * none. Ends when the stated total is reached, or on an empty page. A total below what was read cannot be right and is not
 * heeded. A list without a total that gives the same rows again ignores `offset`, and that is its end; with a total that says
 * there are more rows, it is a fault.
 */
export function offset({ limit, offset: start = 0, offsetParam = 'offset', limitParam = 'limit', totalPath }: OffsetConfig): Paginator {
  const change = (from: number): { params: Record<string, number> } => ({ params: { [limitParam]: limit, [offsetParam]: from } });
  const from = ({ asked }: PageFacts): number => Number(asked.params?.[offsetParam] ?? start);
  return {
    paths: totalPath === undefined ? [] : [totalPath],
    first: change(start),
    next(page) {
      const next = from(page) + page.rows;
      return page.rows === 0 || statedCount(page.values[0]) === next ? null : change(next);
    },
    onRepeat: (page) => ((statedCount(page.values[0]) ?? 0) > from(page) ? 'fault' : 'end'),
  };
}
