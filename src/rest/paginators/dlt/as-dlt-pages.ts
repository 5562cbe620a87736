import { shortened } from '../../../../operators/settings/shortened.js';
import type { Json } from '../../../../operators/types.js';
import { PaginationError } from '../../../errors.js';
import type {
  CursorConfig,
  HeaderCursorConfig,
  JsonLinkConfig,
  OffsetConfig,
  PageNumberConfig,
} from '../paginator-config.js';
import type { Ending, PageFacts, Paginator, RequestChange } from '../paginator.js';
import { placeOf } from '../place.js';
import { bodyValues } from '../value-path.js';
import { isTruthy, flagOf, intOf } from './python-values.js';

/**
 * The same paginator with dlt's ends and steps (`compat: 'dlt'`): an offset always moves on by its
 * limit, a cursor of 0 or false is none while -1 is one, a total or flag that is missing fails.
 * What it reads, sets in requests and declares stays. Single pages, links in headers and functions
 * are the same in both, and so are pages with `basePage: 'auto'` or `shortPageEnds`. Source: dlt
 * 1.31, `dlt/sources/helpers/rest_client/paginators.py`.
 */
export function asDltPages(paginator: Paginator): Paginator {
  const { config } = paginator;
  if (config === null) return paginator;
  switch (config.type) {
    case 'offset':
      return { ...paginator, next: offsetNext(config, paginator) };
    case 'pageNumber': {
      // dlt has neither: both say how the pages are counted, and stay.
      const isOwn = config.basePage === 'auto' || config.shortPageEnds === true;
      return isOwn ? paginator : { ...paginator, next: pageNext(config, paginator) };
    }
    case 'cursor':
      return { ...paginator, next: cursorNext(config) };
    case 'jsonLink':
      return { ...paginator, next: linkNext(config) };
    case 'headerCursor':
      return { ...paginator, next: headerNext(config) };
    case 'single':
    case 'headerLink':
    case 'auto':
    default:
      return paginator;
  }
}

type Next = Paginator['next'];

interface Range {
  start: number;
  step: number;
  /** Added to the total before the position is compared with it. */
  base: number;
  maximum: number | undefined;
  totalPath: string | undefined;
  /** Read for the verdict alone. */
  totalRowsPath?: string | undefined;
  hasMorePath: string | undefined;
  stopAfterEmptyPage: boolean;
}

function offsetNext(config: OffsetConfig, { first }: Paginator): Next {
  const { limit, offset = 0, maximumOffset, totalPath, hasMorePath } = config;
  const place = placeOf('offset', config, 'offsetParam', 'offsetBodyPath', 'offset');
  const { stopAfterEmptyPage = true } = config;
  return rangeNext(
    {
      start: offset,
      step: limit,
      base: 0,
      maximum: maximumOffset,
      totalPath,
      hasMorePath,
      stopAfterEmptyPage,
    },
    (change) => Number(place.valueIn(change) ?? offset),
    (value) => withValue(first, place.change(value)),
  );
}

function pageNext(config: PageNumberConfig, { first }: Paginator): Next {
  const { maximumPage, totalPath, totalRowsPath, hasMorePath, stopAfterEmptyPage = true } = config;
  const base = Number(config.basePage ?? 0);
  const start = config.page ?? base;
  const place = placeOf('pageNumber', config, 'pageParam', 'pageBodyPath', 'page');
  return rangeNext(
    {
      start,
      step: 1,
      base,
      maximum: maximumPage,
      totalPath,
      totalRowsPath,
      hasMorePath,
      stopAfterEmptyPage,
    },
    (change) => Number(place.valueIn(change) ?? start),
    (value) => withValue(first, place.change(value)),
  );
}

/** The first request's change with a new position. */
function withValue(first: RequestChange, next: RequestChange): RequestChange {
  return {
    ...((first.params ?? next.params) && { params: { ...first.params, ...next.params } }),
    ...((first.json ?? next.json) && { json: { ...first.json, ...next.json } }),
  };
}

/** The order of checks is dlt's: empty page, total and maximum, flag. */
function rangeNext(
  range: Range,
  positionIn: (change: RequestChange) => number,
  change: (value: number) => RequestChange,
): Next {
  const { step, base, maximum, totalPath, hasMorePath, stopAfterEmptyPage } = range;
  const body = bodyValues({ total: totalPath, rows: range.totalRowsPath, more: hasMorePath });
  return (page) => {
    if (stopAfterEmptyPage && page.rows === 0) return { end: 'empty' };
    const { total: stated, more } = body.read(page);
    const total = totalPath === undefined ? null : intOf(stated);
    if (totalPath !== undefined && total === null) throw unusable(totalPath, stated, 'a number');
    const next = positionIn(page.change) + step;
    const isMore = hasMorePath === undefined ? true : flagAt(hasMorePath, more);
    if (total !== null && next >= total + base) return { end: 'total' };
    if (maximum !== undefined && next >= maximum) return { end: 'maximum' };
    return isMore ? change(next) : { end: 'has-more' };
  };
}

function cursorNext(config: CursorConfig): Next {
  const { cursorPath = 'cursors.next', hasMorePath, stopAfterEmptyPage = false } = config;
  const place = placeOf('cursor', config, 'cursorParam', 'cursorBodyPath', 'cursor');
  const body = bodyValues({ value: cursorPath, more: hasMorePath });
  return (page) => {
    const { value, more } = body.read(page);
    if (stopAfterEmptyPage && page.rows === 0) return { end: 'empty' };
    const isMore = hasMorePath === undefined ? true : flagAt(hasMorePath, more);
    if (!isTruthy(value)) return ended(value);
    if (!isMore) return { end: 'has-more' };
    if (typeof value === 'object') throw unusable(cursorPath, value, 'a cursor');
    return place.change(typeof value === 'boolean' ? 'True' : (value as string | number | bigint));
  };
}

function linkNext({ nextUrlPath = 'next', stopAfterEmptyPage = false }: JsonLinkConfig): Next {
  const body = bodyValues({ url: nextUrlPath });
  return (page) => {
    if (stopAfterEmptyPage && page.rows === 0) return { end: 'empty' };
    const { url } = body.read(page);
    if (url === undefined || url === null) return ended(url);
    if (typeof url === 'string' && url !== '') return { url };
    throw unusable(nextUrlPath, url, 'the address of the next page');
  };
}

function headerNext(config: HeaderCursorConfig): Next {
  const { cursorKey = 'next', cursorParam = 'cursor', stopAfterEmptyPage = false } = config;
  return ({ header, rows }: PageFacts) => {
    if (stopAfterEmptyPage && rows === 0) return { end: 'empty' };
    const value = header(cursorKey);
    if (value !== null) return { params: { [cursorParam]: value } };
    return { end: 'no-next', ...(config.cursorKey !== undefined && { nextMissing: true }) };
  };
}

function ended(value: Json | undefined): Ending {
  return { end: 'no-next', ...(value === undefined && { nextMissing: true }) };
}

function flagAt(path: string, value: Json | undefined): boolean {
  const flag = flagOf(value);
  if (flag === null) throw unusable(path, value, 'a boolean, or a text that says yes or no');
  return flag;
}

function unusable(path: string, value: Json | undefined, wanted: string): PaginationError {
  const found =
    value === undefined || value === null
      ? 'nothing is there'
      : `it is ${typeof value === 'object' ? 'an object or list' : `\`${shortened(String(value), 100)}\``}`;
  return new PaginationError(
    `\`${path}\` must be ${wanted}, and ${found}. With \`compat: 'dlt'\` that fails, as in dlt. Correct the path, or leave it out.`,
  );
}
