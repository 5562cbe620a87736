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
 * Why a paginator ends a list (`ListEnd.end` says what each reason means). The other reasons are
 * not a paginator's.
 */
export type EndReason = Exclude<
  ListEnd['end'],
  'repeat' | 'not-begun' | 'skipped' | 'status' | 'stopped'
>;

/** A page that is the last of its list, and why. */
export interface Ending {
  /** For links and cursors: there was nothing at their place, not even null. @default false */
  nextMissing?: boolean;
  /**
   * The link or cursor on an empty page led to a page that was read: it says nothing. @default
   * false
   */
  isRepeat?: boolean;
  /** Why the list ends here, as `ListEnd.end` says. */
  end: EndReason;
}

/** What a paginator knows of a page. */
export interface PageFacts {
  /**
   * 0-based. A page that is skipped (`isFirstAgain`) has the number of the page that it repeats.
   */
  index: number;
  /** Rows on the page, before processing steps. */
  rows: number;
  /** Rows of the list so far, this page's included. */
  rowsRead: number;
  /** Most rows on any page of the list so far. */
  maxPageRows: number;
  /** Keys that lead to the rows in the body; null where they are all of it, or not known. */
  rowsAt: readonly string[] | null;
  /** What the response says of the list beside its rows. */
  signs: PageSigns;
  /** The values at the paginator's paths; undefined where there is none. */
  values: readonly (Json | undefined)[];
  /** Value of a header of the response, whatever the case of its name; null where it is missing. */
  readonly header: (name: string) => string | null;
  /** The names of the headers, where the client's `fetch` can list them. */
  readonly headerNames?: () => string[];
  /** The change that requested this page. */
  change: RequestChange;
  /** Where the page came from, redirects followed. */
  url: URL;
  /**
   * The whole body. Parsed when it is called, which takes as long as reading the page: for
   * detection and custom functions. Of a body that is too large for memory the elements of long
   * lists are read when somebody looks at them, until the paginator returns.
   */
  readonly body: () => Json;
}

/**
 * What a response says of its list beside its rows, whatever paginator reads it. Each `what` is for
 * people, such as `meta.total`.
 */
export interface PageSigns {
  /** A flag that says whether there is more. */
  flag: { isMore: boolean; what: string } | null;
  /**
   * An address or cursor of a next page. `isVague`: it may as well be the position of this page.
   */
  next: { value: string; what: string; isVague?: boolean } | null;
  /**
   * Rows in all; `isEstimate`: a guess or a lower bound. `isVague`: it may as well count something
   * else, such as the rows that were requested.
   */
  total: { rows: number; isEstimate: boolean; isVague?: boolean; what: string } | null;
  /** Number of pages. */
  pages: number | null;
  /** Rows on a full page, as the response repeats it. */
  limit: number | null;
  /** The number of this page or of its first row, as the response repeats it. */
  position: string | null;
  /** What the response reports as failed or left out. */
  fault: string | null;
}

/** What an API says of a whole list. */
export type Declared = NonNullable<ListEnd['declared']>;

/** Reads a list page by page: pure, its position is in the changes. */
export interface Paginator {
  /** Dotted paths in the body that it looks at. */
  readonly paths: readonly string[];
  /** What it sets in the first request. */
  readonly first: RequestChange;
  /** Rows requested on a page; null where the API's own size is taken. */
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
   * Its positions come from responses, so that pages may have equal rows. @default false: it counts
   * by itself, and equal pages may mean that the API ignores its parameters
   */
  readonly followsApi?: boolean;
  /** Rows of the list in front of its first page; null where it is not known. @default 0 */
  readonly rowsBefore?: number | null;
  /**
   * Tells whether a page that has the rows of the page before is the first page once more, which
   * the next one follows. @default never
   */
  readonly isFirstAgain?: (page: PageFacts) => boolean;
}
