import { type Paginator, statedCount } from './paginator.js';

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
 * none. Ends at the stated total, on an empty page, on a page with fewer rows than the fullest one had where no total is
 * stated, or when the same page comes again, as it does from lists that ignore offset.
 */
export function offset({ limit, offset: start = 0, offsetParam = 'offset', limitParam = 'limit', totalPath }: OffsetConfig): Paginator {
  const change = (from: number): { params: Record<string, number> } => ({ params: { [limitParam]: limit, [offsetParam]: from } });
  return {
    paths: totalPath === undefined ? [] : [totalPath],
    first: change(start),
    endsOnRepeat: true,
    next({ rows, largest, values: [total], asked }) {
      const next = Number(asked.params?.[offsetParam] ?? start) + rows;
      const all = statedCount(total);
      if (rows === 0) return null;
      if (all !== null ? next >= all : rows < largest) return null;
      return change(next);
    },
  };
}
