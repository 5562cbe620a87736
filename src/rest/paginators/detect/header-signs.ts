import type { Json } from '../../../../operators/types.js';
import { flagOf } from '../../../settings/flag-of.js';
import { headerNames } from '../../header-names.js';
import { headerText } from '../../http/header-text.js';
import type { HttpResponse, ResponseHeaders } from '../../http/messages.js';
import { linkOf } from '../header-link.js';
import type { PageSigns } from '../paginator.js';
import { COUNT_LIMIT, statedCount } from '../stated-count.js';
import { NO_SIGNS, pageSigns } from './page-signs.js';

/** Headers that state the number of rows. */
const TOTALS = [
  'x-total-count',
  'x-total',
  'x-wp-total',
  'x-pagination-total-count',
  'x-pagination-total',
  'pagination-total-count',
  'pagination-total',
  'pagination-count',
  'x-total-items',
  'x-total-results',
  'x-total-records',
  'x-total-elements',
  'x-totalcount',
  'x-record-count',
  'x-result-count',
  'total-count',
  'total',
];
const PAGES = [
  'x-total-pages',
  'x-wp-totalpages',
  'x-totalpages',
  'x-pagination-page-count',
  'x-pagination-total-pages',
  'x-pagination-pages',
  'pagination-total-pages',
  'total-pages',
];
const FLAGS = [
  'x-has-more',
  'x-hasmore',
  'x-has-more-results',
  'x-has-next',
  'x-has-next-page',
  'x-more',
  'x-more-results',
  'x-more-pages',
  'x-pagination-has-more',
  'x-pagination-has-next',
  'has-more',
  'more-results',
];
/** As often the rows of the page as those of the list. */
const COUNTS = ['x-count', 'x-item-count', 'x-items-count', 'x-row-count', 'x-rows'];
/** As often the number of pages as that of the rows on the page. */
const PAGE_COUNTS = ['x-page-count', 'page-count', 'x-pages'];
const CURSORS = [
  'x-next-page',
  'x-next-cursor',
  'next-cursor',
  'x-next-token',
  'x-next-page-token',
  'x-nextpage',
  'x-pagination-next',
  'x-pagination-next-cursor',
  'x-cursor-next',
  'x-ms-continuation',
  'x-ms-continuationtoken',
  'x-continuation-token',
  'next-page',
  'next',
];
const LIMITS = [
  'x-per-page',
  'x-pagination-per-page',
  'x-pagination-limit',
  'x-limit',
  'x-page-size',
  'pagination-limit',
];
const POSITIONS = [
  'x-page',
  'x-current-page',
  'x-page-number',
  'x-pagination-current-page',
  'x-offset',
  'x-start',
  'x-range',
  'x-prev-page',
  'pagination-page',
];
/** JSON in a header, as ASP.NET services send it. */
const OBJECTS = ['x-pagination', 'pagination', 'x-paging-headers', 'paging-headers'];

/** Reads the signs in the headers of one list's responses. */
export interface HeaderReader {
  read(response: Pick<HttpResponse, 'headers' | 'url'>, rows: number): PageSigns;
  /** The names that the first page had; null before it. */
  names(): readonly string[] | null;
}

/**
 * Reads what the headers of a list's responses say of it. Names are looked for on the first page;
 * later pages are checked for those that were there, and for `Link` and `Content-Range`.
 *
 * @param known the names that the first page had, where it was read before. @default null
 */
export function headerSigns(known: readonly string[] | null = null): HeaderReader {
  let names = known;
  const read: HeaderReader['read'] = ({ headers, url }, rows) => {
    const header = (name: string): string | null => headerText(headers, name);
    const there = (names ??= namesThere(headers));
    if (there.length === 0 && header('content-range') === null && header('link') === null)
      return NO_SIGNS;
    const find = <T>(
      list: readonly string[],
      read: (text: string, name: string) => T | null,
    ): T | null => {
      for (const name of list) {
        const text = there.includes(name) ? (header(name)?.trim() ?? '') : '';
        const value = text === '' ? null : read(text, name);
        if (value !== null) return value;
      }
      return null;
    };
    const json = find(OBJECTS, jsonSigns) ?? NO_SIGNS;
    const range = rangeIn(header('content-range'));
    const links = header('link') ?? '';
    const link = linkOf(links, 'next', url);
    const total =
      find(TOTALS, (text, name) => {
        const stated = statedCount(text);
        return stated === null
          ? null
          : { rows: stated, isEstimate: stated === COUNT_LIMIT, what: `the header ${name}` };
      }) ?? range?.total;
    const count = find([...COUNTS, ...PAGE_COUNTS], (text, name) => {
      const stated = statedCount(text) ?? 0;
      return stated <= rows
        ? null
        : { rows: stated, isEstimate: false, isVague: true, what: `the header ${name}` };
    });
    const pageCount = find(PAGE_COUNTS, statedCount);
    return {
      flag: find(FLAGS, flagIn) ?? json.flag,
      next:
        link === null
          ? (find(CURSORS, (value, name) =>
              /^(null|none|false|undefined|-1|0)$/i.test(value)
                ? null
                : { value, what: `the header ${name} is the position of a next page` },
            ) ?? json.next)
          : { value: link, what: 'the header Link has a next page' },
      total: total ?? json.total ?? count,
      pages:
        find(PAGES, statedCount) ??
        (pageCount !== null && pageCount < rows ? pageCount : null) ??
        json.pages,
      limit: find(LIMITS, statedCount) ?? json.limit,
      position:
        find(POSITIONS, (text) => text) ??
        range?.from ??
        json.position ??
        linkOf(links, 'prev', url) ??
        linkOf(links, 'previous', url),
      fault: null,
    };
  };
  return { read, names: () => names };
}

function namesThere(headers: ResponseHeaders): string[] {
  const names = headerNames(headers);
  return ALL.filter((name) => names?.has(name) ?? headers.get(name) !== null);
}

const ALL = [TOTALS, COUNTS, PAGES, PAGE_COUNTS, FLAGS, CURSORS, LIMITS, POSITIONS, OBJECTS].flat();

function flagIn(text: string, name: string): PageSigns['flag'] {
  const isMore = flagOf(text);
  return isMore === null ? null : { isMore, what: `the header ${name} is ${text}` };
}

/** `items 0-36/74` (RFC 9110 §14.4); ranges of bytes are none of rows. */
function rangeIn(text: string | null): { from: string; total: PageSigns['total'] } | null {
  const [, unit = '', from = '*', total = '*'] =
    /^\s*(?:([\w-]+)[\s=]+)?(\d+|\*)(?:-\d+)?\s*\/\s*(\d+|\*)\s*$/.exec(text ?? '') ?? [];
  if (text === null || unit.toLowerCase() === 'bytes' || (from === '*' && total === '*'))
    return null;
  const rows = statedCount(total);
  return {
    from,
    total:
      rows === null
        ? null
        : { rows, isEstimate: rows === COUNT_LIMIT, what: 'the header Content-Range' },
  };
}

function jsonSigns(text: string): PageSigns | null {
  try {
    return pageSigns(JSON.parse(text) as Json, [], 0);
  } catch {
    return null;
  }
}
