import type { Json } from '../../../operators/types.js';
import type { ListEnd } from '../../run/source.js';
import type { PaginatorConfig } from './paginator-config.js';

/** What changes from the first request to the next one. JSON-able: it is kept as the position. */
export interface RequestChange {
  /** Query parameters set over those of the first request. */
  params?: Readonly<Record<string, string | number>>;
  /** An address that replaces the first request's, query included. */
  url?: string;
  /** Values set in the JSON body of the first request, by dotted path. */
  json?: Readonly<Record<string, Json>>;
}

/**
 * Why a paginator says that a list is at its end (`ListEnd.end` tells what each means); the other
 * reasons are none of a paginator's.
 */
export type EndReason = Exclude<ListEnd['end'], 'repeat' | 'not-begun' | 'passed-over'>;

export interface Ending {
  /** For links and cursors: there was nothing at their place, not even null. @default false */
  nextMissing?: boolean;
  end: EndReason;
}

/** What a paginator knows of a page. */
export interface PageFacts {
  /**
   * 0-based. A page that is passed over (`onRepeat` says `skip`) has the number of the page that it
   * repeats.
   */
  index: number;
  rows: number;
  /** The values at the paginator's paths; undefined where there is none. */
  values: readonly (Json | undefined)[];
  readonly header: (name: string) => string | null;
  /** The change that asked for this page. */
  asked: RequestChange;
  /** Where the page came from, redirects followed. */
  url: URL;
  /**
   * The whole body. Parsed when it is called, which takes as long as reading the page: for
   * detection and custom functions.
   */
  readonly body: () => Json;
}

/** What an API says of a whole list. */
export type Declared = NonNullable<ListEnd['declared']>;

/** Reads a list page by page: pure, its position is in the changes. */
export interface Paginator {
  /** Dotted paths in the body that it looks at. */
  readonly paths: readonly string[];
  /** What it sets in the first request. */
  readonly first: RequestChange;
  /** Rows asked for on a page; null where the API's own size is taken. */
  readonly pageSize: number | null;
  /**
   * What the same paginator can be made from again (`paginatorOf`); null for functions. JSON-able.
   */
  readonly config: PaginatorConfig | null;
  /** The next request's change, or the end. PaginationError for a position that cannot be used. */
  next(page: PageFacts): RequestChange | Ending;
  /** What the page says of the whole list; null where it says nothing. */
  declared?(page: PageFacts): Declared | null;
  /**
   * For paginators that count by themselves: what a page with the very rows of the page before
   * means. `end`: the list ignores paging and is complete; `fault`: it is not; `skip`: this page
   * was read already, go on without it. Without `onRepeat` only a wholly equal body counts as a
   * repetition, and is a fault.
   */
  readonly onRepeat?: (page: PageFacts) => 'end' | 'fault' | 'skip';
}
