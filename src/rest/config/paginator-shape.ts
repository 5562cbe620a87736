import type {
  CursorConfig,
  HeaderCursorConfig,
  HeaderLinkConfig,
  JsonLinkConfig,
  OffsetConfig,
  PageNumberConfig,
  PaginatorConfig,
} from '../paginators/paginator-config.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import {
  checked,
  either,
  flag,
  fn,
  made,
  nothing,
  number,
  record,
  type RecordShape,
  type Shape,
  tagged,
  text,
  words,
} from './shape.js';

// Null counts as not given in a paginator's config; what numbers it takes, it says itself.
const path = either(text, nothing);
const count = either(number, nothing);
const choice = either(flag, nothing);

const TYPES: { readonly [Type in PaginatorConfig['type']]: RecordShape } = {
  single: record<object>('paginator single', {}),
  auto: record<object>('paginator auto', {}),
  jsonLink: record<JsonLinkConfig>('paginator jsonLink', {
    nextUrlPath: path,
    stopAfterEmptyPage: choice,
  }),
  headerLink: record<HeaderLinkConfig>('paginator headerLink', {
    rel: path,
    stopAfterEmptyPage: choice,
  }),
  headerCursor: record<HeaderCursorConfig>('paginator headerCursor', {
    cursorKey: path,
    cursorParam: path,
    stopAfterEmptyPage: choice,
  }),
  cursor: record<CursorConfig>('paginator cursor', {
    cursorPath: path,
    cursorParam: path,
    cursorBodyPath: path,
    hasMorePath: path,
    stopAfterEmptyPage: choice,
  }),
  offset: record<OffsetConfig>('paginator offset', {
    limit: count,
    offset: count,
    offsetParam: path,
    offsetBodyPath: path,
    limitParam: path,
    limitBodyPath: path,
    totalPath: path,
    maximumOffset: count,
    hasMorePath: path,
    stopAfterEmptyPage: choice,
  }),
  pageNumber: record<PageNumberConfig>('paginator pageNumber', {
    basePage: either(number, words('auto'), nothing),
    page: count,
    pageParam: path,
    pageBodyPath: path,
    size: count,
    sizeParam: path,
    sizeBodyPath: path,
    totalPath: path,
    totalRowsPath: path,
    maximumPage: count,
    hasMorePath: path,
    stopAfterEmptyPage: choice,
    shortPageEnds: choice,
  }),
};

/** How pages follow each other: made, as data, a type's name or a function. */
export const paginatorShape: Shape = checked(
  either(
    made('a paginator', 'next'),
    words(...Object.keys(TYPES)),
    tagged('a paginator', TYPES),
    fn,
  ),
  paginatorOf,
);
