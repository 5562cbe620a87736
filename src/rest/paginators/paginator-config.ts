import {
  either,
  endless,
  type Fields,
  flag,
  record,
  type RecordShape,
  required,
  text,
  whole,
  words,
} from '../../../operators/settings/shape.js';

/**
 * A paginator as data (JSON-able): dlt's words in camelCase. `auto` is found out on the first page.
 */
export type PaginatorConfig =
  | { type: 'single' }
  | { type: 'auto' }
  | ({ type: 'jsonLink' } & JsonLinkConfig)
  | ({ type: 'headerLink' } & HeaderLinkConfig)
  | ({ type: 'headerCursor' } & HeaderCursorConfig)
  | ({ type: 'cursor' } & CursorConfig)
  | ({ type: 'offset' } & OffsetConfig)
  | ({ type: 'pageNumber' } & PageNumberConfig);

/** A cursor in the body of responses (`cursor`). */
export interface CursorConfig {
  /**
   * Path to the next cursor in the body; `data[-1].id` is the last row's id. @default
   * 'cursors.next', as dlt
   */
  cursorPath?: string;
  /** Query parameter that takes it. @default 'cursor' */
  cursorParam?: string;
  /** Instead of the parameter: path in the JSON body of the request that takes it. */
  cursorBodyPath?: string;
  /** Path to a flag that says whether there is more. @default none: the cursor says it */
  hasMorePath?: string;
  /** An empty page is the end, whatever the cursor. @default false, as dlt */
  stopAfterEmptyPage?: boolean;
}

/** A cursor in a header of responses (`headerCursor`). */
export interface HeaderCursorConfig {
  /** Name of the response header that has the next cursor. @default 'next', as in dlt */
  cursorKey?: string;
  /** Query parameter that takes it. @default 'cursor' */
  cursorParam?: string;
  /** An empty page is the end, whatever the header. @default false, as dlt */
  stopAfterEmptyPage?: boolean;
}

/** The `Link` header (`headerLink`). */
export interface HeaderLinkConfig {
  /** Relation of the link to the next page; dlt's `links_next_key`. @default 'next' */
  rel?: string;
  /** An empty page is the end, whatever the header. @default false, as dlt */
  stopAfterEmptyPage?: boolean;
}

/** The address of the next page in the body (`jsonLink`). */
export interface JsonLinkConfig {
  /**
   * Path to the address of the next page; `links[?(@.rel=='next')].href` looks into a list of
   * links. @default 'next'
   */
  nextUrlPath?: string;
  /** An empty page is the end, whatever the link. @default false, as dlt */
  stopAfterEmptyPage?: boolean;
}

/** Offset and limit (`offset`). */
export interface OffsetConfig {
  /** Rows requested on a page. */
  limit: number;
  /** First offset; 1 where the API counts rows from 1. @default 0 */
  offset?: number;
  /** Query parameter that takes the offset. @default 'offset' */
  offsetParam?: string;
  /** Instead of the parameter: path in the JSON body of the request. */
  offsetBodyPath?: string;
  /** Query parameter that takes the limit. @default 'limit' */
  limitParam?: string;
  /** Instead of the parameter: path in the JSON body of the request. */
  limitBodyPath?: string;
  /** Path to the number of rows in all; may be missing, null or change. @default none */
  totalPath?: string;
  /** Offsets from this one on are not requested. @default none */
  maximumOffset?: number;
  /** Path to a flag that says whether there is more. @default none */
  hasMorePath?: string;
  /**
   * An empty page is the end. Where it is not, the offset moves on by `limit` there. @default true
   */
  stopAfterEmptyPage?: boolean;
}

/** Numbers of pages (`pageNumber`). */
export interface PageNumberConfig {
  /**
   * Number of the API's first page. `auto` where it is not known: the first page is requested
   * without a number, the next one as 1; when that is the first page again, it is skipped.
   * @default 0, as dlt
   */
  basePage?: number | 'auto';
  /** Number of the page to begin with. @default basePage */
  page?: number;
  /** Query parameter that takes the page's number. @default 'page' */
  pageParam?: string;
  /** Instead of the parameter: path in the JSON body of the request. */
  pageBodyPath?: string;
  /** Rows requested on a page. @default the API's own size */
  size?: number;
  /** Query parameter that takes the size. @default 'limit' */
  sizeParam?: string;
  /** Instead of the parameter: path in the JSON body of the request. */
  sizeBodyPath?: string;
  /** Path to the number of pages; may be missing, null or change. @default none */
  totalPath?: string;
  /**
   * Path to the number of rows in all. It ends no list, since a server may give fewer rows a page
   * than requested; it is what the API declares. @default none
   */
  totalRowsPath?: string;
  /**
   * The service is known to fill its pages up to `size`: a page with fewer rows is the last, and no
   * further one is requested. @default false
   */
  shortPageEnds?: boolean;
  /** Read no page with this number or higher. @default none */
  maximumPage?: number;
  /** Path to a flag that says whether there is more. @default none */
  hasMorePath?: string;
  /** An empty page is the end. @default true */
  stopAfterEmptyPage?: boolean;
}

/**
 * What each paginator takes, whether as data or as options of its function. Null counts as not
 * given, as in dlt.
 */
export const paginatorShapes: {
  readonly [Type in PaginatorConfig['type']]: RecordShape<
    Omit<Extract<PaginatorConfig, { type: Type }>, 'type'>
  >;
} = {
  single: shapeOf<object>('single', {}),
  auto: shapeOf<object>('auto', {}),
  jsonLink: shapeOf<JsonLinkConfig>('jsonLink', { nextUrlPath: text, stopAfterEmptyPage: flag }),
  headerLink: shapeOf<HeaderLinkConfig>('headerLink', { rel: text, stopAfterEmptyPage: flag }),
  headerCursor: shapeOf<HeaderCursorConfig>('headerCursor', {
    cursorKey: text,
    cursorParam: text,
    stopAfterEmptyPage: flag,
  }),
  cursor: shapeOf<CursorConfig>('cursor', {
    cursorPath: text,
    cursorParam: text,
    cursorBodyPath: text,
    hasMorePath: text,
    stopAfterEmptyPage: flag,
  }),
  offset: shapeOf<OffsetConfig>('offset', {
    limit: required(whole(1)),
    offset: whole(0),
    offsetParam: text,
    offsetBodyPath: text,
    limitParam: text,
    limitBodyPath: text,
    totalPath: text,
    maximumOffset: either(whole(1), endless),
    hasMorePath: text,
    stopAfterEmptyPage: flag,
  }),
  pageNumber: shapeOf<PageNumberConfig>('pageNumber', {
    basePage: either(whole(0), words('auto')),
    page: whole(0),
    pageParam: text,
    pageBodyPath: text,
    size: whole(1),
    sizeParam: text,
    sizeBodyPath: text,
    totalPath: text,
    totalRowsPath: text,
    maximumPage: either(whole(1), endless),
    hasMorePath: text,
    stopAfterEmptyPage: flag,
    shortPageEnds: flag,
  }),
};

function shapeOf<Config extends object>(type: string, fields: Fields<Config>): RecordShape<Config> {
  return record<Config>(`paginator ${type}`, fields);
}
