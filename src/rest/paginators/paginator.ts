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
  /** Most rows that any page of this list has had. */
  largest: number;
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
  /** The next request's change; null at the end. */
  next(page: PageFacts): RequestChange | null;
  /** A body equal to the page before means that the API ignores paging: the end, and not a fault. @default false */
  readonly endsOnRepeat?: boolean;
}

/** A count that an API states: number, or number as text; null where it states none. */
export function statedCount(value: Json | undefined): number | null {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^\s*\d+\s*$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
