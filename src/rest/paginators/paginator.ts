import type { Json } from '../../../operators/types.js';

/** What changes from the first request to the next one. JSON-able: it is kept as the position. */
export interface RequestChange {
  /** Query parameters set over those of the first request. */
  params?: Readonly<Record<string, string | number>>;
  /** An address that replaces the first request's, query included. */
  url?: string;
}

/** What a paginator knows of a page. */
export interface PageFacts {
  /** 0-based. */
  index: number;
  rows: number;
  /** The values at the paginator's paths; undefined where there is none. */
  values: readonly (Json | undefined)[];
  readonly header: (name: string) => string | null;
  /** The change that asked for this page. */
  asked: RequestChange;
}

/** Reads a list page by page: pure, its position is in the changes. */
export interface Paginator {
  /** Dotted paths in the body that it looks at. */
  readonly paths: readonly string[];
  /** Parameters of the first request. */
  readonly first: RequestChange;
  /** The next request's change; null at the end. PaginationError for a position that cannot be used. */
  next(page: PageFacts): RequestChange | null;
  /**
   * For paginators that count by themselves: what a page with the very rows of the page before means, the end of a list
   * that ignores paging, or a fault. Without it only a wholly equal body counts as a repetition, and is a fault.
   */
  readonly onRepeat?: (page: PageFacts) => 'end' | 'fault';
}

/** A count that an API states: number, or number as text; null where it states none. Negative ones mean "not known". */
export function statedCount(value: Json | undefined): number | null {
  const count = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : typeof value === 'bigint' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0 ? count : null;
}
