import type { Completeness, Json, JsonObject, ListEnd, RestEndpoint } from 'sluice';
import { PAGE } from './layouts.js';

/** A request for a page, as the service reads it. */
export interface PageRequest {
  query: URLSearchParams;
  /** The JSON body; empty where there is none. */
  json: JsonObject;
  headers: Readonly<Record<string, unknown>>;
}

/** A page of a list, and where in it. */
export interface Place {
  index: number;
  pages: number;
  /** Row numbers: the first, and the one behind the last. */
  from: number;
  to: number;
  /** Rows of the whole list. */
  total: number;
  isLast: boolean;
}

/** A whole list: rows on its pages, and on a full one. */
export interface Shape {
  pages: readonly number[];
  size: number;
  total: number;
}

/** How a service pages, and how an endpoint is told of it. */
export interface Paging {
  name: string;
  /** `path`: where the wrapper has a fact. */
  paginator: (
    path: (fact: string) => string,
    size: number,
  ) => NonNullable<RestEndpoint['paginator']>;
  endpoint?: Pick<RestEndpoint, 'method' | 'json' | 'params'>;
  /** It counts through the list, so its pages are full but for the last. */
  isCounted: boolean;
  /** It speaks of the way in the body. */
  isInBody: boolean;
  /** The list ends after its first page. */
  isOne?: boolean;
  /** Is to be found out: the first page has rows, and a body in which they are found. */
  isAuto?: boolean;
  /** Number of the page that is requested; of its first row where it is counted. */
  at: (request: PageRequest, size: number) => number;
  /** What it says of the way on. */
  say: (
    place: Place,
    request: PageRequest,
  ) => { said?: JsonObject; headers?: Record<string, string> };
  /** How the list ends. */
  end: (shape: Shape) => ListEnd['end'];
  /** How sure it is that a list that was read whole is complete. @default always complete */
  verdict?: (shape: Shape) => Completeness['verdict'];
  /**
   * Pages requested beyond those of the list. @default one where the end is an empty page that is
   * none of the list's
   */
  extra?: (shape: Shape) => number;
  /**
   * What it states of the list is wrong, so that pages which are requested ahead are requested in
   * vain.
   */
  isMisstated?: boolean;
}

const number = (value: Json | string | null | undefined, otherwise: number): number =>
  value === null || value === undefined ? otherwise : Number(value);
const inQuery =
  (name: string, otherwise = 0) =>
  ({ query }: PageRequest): number =>
    number(query.get(name), otherwise);
const always = (end: ListEnd['end']) => (): ListEnd['end'] => end;
/** The rest of the query comes back in links, as with many services. */
const link = (prefix: string, { index }: Place, { query }: PageRequest): string => {
  const next = new URLSearchParams(query);
  next.set('at', String(index + 1));
  return `${prefix}?${String(next)}`;
};
/** Characters that mean something in addresses. */
const strange = (index: number): string => `c/${index}+&=ü #?%20"`;

type Sure = Pick<Paging, 'isCounted' | 'isInBody'>;
const SAID: Sure = { isCounted: false, isInBody: true };
const UNSAID: Sure = { isCounted: false, isInBody: false };
const COUNTED: Sure = { isCounted: true, isInBody: false };
const STATED: Sure = { isCounted: true, isInBody: true };

/**
 * A stated count is the end, unless the one page is exactly full (it may count no more than that
 * page) or there is none.
 */
const byTotal = ({ pages, size, total }: Shape): ListEnd['end'] =>
  total === 0 || (pages.length === 1 && total === size) ? 'empty' : 'total';
const whole = ({ total }: Shape): ListEnd['end'] => (total === 0 ? 'empty' : 'total');
const nextCursor = ({ isLast, index }: Place): string | null =>
  isLast ? null : strange(index + 1);
const strangeAt = (value: unknown): number =>
  typeof value === 'string' ? Number(/\d+/.exec(value)?.[0]) : 0;

function offsetBy(
  name: string,
  total: (place: Place) => JsonObject,
  end: Paging['end'],
  totals = true,
  verdict: Paging['verdict'] = () => 'complete',
): Paging {
  return {
    name: `offset, ${name}`,
    ...(totals ? STATED : COUNTED),
    paginator: (path, limit) => ({
      type: 'offset',
      limit,
      ...(totals && { totalPath: path('total') }),
    }),
    at: inQuery('offset'),
    say: (place) => ({ said: total(place) }),
    end,
    verdict,
  };
}

export const pagings: readonly Paging[] = [
  {
    name: 'a link in the body',
    ...SAID,
    paginator: (path) => ({ type: 'jsonLink', nextUrlPath: path('link') }),
    at: inQuery('at'),
    say: (place, request) => ({
      said: {
        link: place.isLast
          ? null
          : link(`http://${String(request.headers['host'])}/orders`, place, request),
      },
    }),
    end: always('no-next'),
  },
  {
    name: 'a link from the root',
    ...SAID,
    paginator: (path) => ({ type: 'jsonLink', nextUrlPath: path('link') }),
    at: inQuery('at'),
    say: (place, request) => ({
      said: place.isLast ? {} : { link: link('/orders', place, request) },
    }),
    end: always('no-next'),
  },
  {
    name: 'a link that is a query',
    ...SAID,
    paginator: (path) => ({ type: 'jsonLink', nextUrlPath: path('link') }),
    at: inQuery('at'),
    say: (place, request) => ({ said: { link: place.isLast ? '' : link('', place, request) } }),
    end: always('no-next'),
  },
  {
    name: 'the Link header',
    ...UNSAID,
    paginator: () => 'headerLink',
    at: inQuery('at'),
    say: (place, request) => ({
      headers: {
        link: `</orders?a=1,2;b>; rel="first"; title="a, b"${place.isLast ? '' : `, <${link('/orders', place, request)}>; rel="next"`}`,
      },
    }),
    end: always('no-next'),
  },
  {
    name: 'a cursor in a header',
    ...UNSAID,
    paginator: () => ({ type: 'headerCursor', cursorKey: 'X-Next', cursorParam: 'after' }),
    at: inQuery('after'),
    say: ({ isLast, index }) => ({ headers: isLast ? {} : { 'x-next': String(index + 1) } }),
    end: always('no-next'),
  },
  {
    name: 'a cursor with strange characters',
    ...SAID,
    paginator: (path) => ({ type: 'cursor', cursorPath: path('after'), cursorParam: 'after' }),
    at: ({ query }) => strangeAt(query.get('after')),
    say: (place) => ({ said: { after: nextCursor(place) } }),
    end: always('no-next'),
  },
  {
    name: 'cursors from 0 on',
    ...SAID,
    paginator: (path) => ({ type: 'cursor', cursorPath: path('after'), cursorParam: 'after' }),
    at: ({ query }) => number(query.get('after'), -1) + 1,
    say: ({ isLast, index }) => ({ said: isLast ? {} : { after: index } }),
    end: always('no-next'),
  },
  {
    name: 'a cursor in the body of requests',
    ...SAID,
    paginator: (path) => ({
      type: 'cursor',
      cursorPath: path('after'),
      cursorBodyPath: 'variables.after',
    }),
    endpoint: { method: 'POST', json: { query: 'all', variables: { first: 3 } } },
    at: ({ json }) => strangeAt((json['variables'] as JsonObject)['after']),
    say: (place) => ({ said: { after: nextCursor(place) } }),
    end: always('no-next'),
  },
  {
    name: 'a cursor and a flag',
    ...SAID,
    paginator: (path) => ({
      type: 'cursor',
      cursorPath: path('after'),
      cursorParam: 'after',
      hasMorePath: path('more'),
    }),
    at: inQuery('after'),
    say: ({ isLast, index }) => ({ said: { after: index + 1, more: !isLast } }),
    end: always('has-more'),
  },
  {
    name: 'a function',
    ...UNSAID,
    paginator:
      () =>
      ({ header, index }) =>
        header('x-last') === 'yes' ? null : { params: { at: index + 1 } },
    at: inQuery('at'),
    say: ({ isLast }) => ({ headers: { 'x-last': isLast ? 'yes' : 'no' } }),
    end: always('custom'),
  },
  {
    name: 'one page only',
    ...UNSAID,
    isOne: true,
    paginator: () => 'single',
    at: () => 0,
    say: () => ({}),
    end: always('single'),
  },
  {
    name: 'auto, a link in the body',
    ...SAID,
    isAuto: true,
    paginator: () => 'auto',
    at: inQuery('at'),
    say: (place, request) => ({
      said: { link: place.isLast ? null : link('/orders', place, request) },
    }),
    end: always('no-next'),
  },
  {
    name: 'auto, the Link header',
    ...UNSAID,
    isAuto: true,
    paginator: () => 'auto',
    at: inQuery('at'),
    say: (place, request) => ({
      headers: {
        link: place.isLast
          ? '</orders>; rel="first"'
          : `<${link('/orders', place, request)}>; rel=next`,
      },
    }),
    end: always('no-next'),
  },
  {
    name: 'auto, a cursor',
    ...SAID,
    isAuto: true,
    paginator: () => 'auto',
    at: ({ query }) => strangeAt(query.get('cursor')),
    say: (place) => ({ said: { next_cursor: nextCursor(place) } }),
    end: always('no-next'),
  },
  {
    name: 'auto, an offset',
    ...STATED,
    isAuto: true,
    paginator: () => 'auto',
    endpoint: { params: { limit: PAGE } },
    at: inQuery('offset'),
    say: ({ from, total }) => ({ said: { offset: from, limit: PAGE, total_count: total } }),
    end: byTotal,
  },
  {
    name: 'auto, page numbers',
    ...STATED,
    isAuto: true,
    paginator: () => 'auto',
    at: ({ query }, size) => (number(query.get('page'), 1) - 1) * size,
    say: ({ index, pages }) => ({ said: { page: index + 1, total_pages: pages } }),
    end: whole,
  },
  offsetBy('a total', ({ total }) => ({ total }), byTotal),
  offsetBy('the page size repeated', () => ({ limit: PAGE }), always('empty'), false),
  offsetBy('no total', () => ({}), always('empty'), false),
  offsetBy('a total that is missing', () => ({}), always('empty')),
  offsetBy('a total of null', () => ({ total: null }), always('empty')),
  offsetBy(
    'a total that is too low',
    () => ({ total: 1 }),
    always('empty'),
    true,
    // Where a page has one row, it may be the number of rows on the page.
    ({ total, size }) => (total === 0 ? 'incomplete' : size === 1 ? 'complete' : 'unproven'),
  ),
  {
    ...offsetBy(
      'a total that is too high',
      ({ total }) => ({ total: total + 5 }),
      always('empty'),
      true,
      () => 'incomplete',
    ),
    isMisstated: true,
  },
  {
    ...offsetBy(
      'a total that changes',
      ({ total, pages, index }) => ({ total: total + Math.max(0, pages - 1 - index) }),
      byTotal,
      true,
      // Rows that are removed move others to pages that have been read.
      ({ total, size }) => (total > size ? 'unproven' : 'complete'),
    ),
    isMisstated: true,
  },
  {
    name: 'offset, in the body of requests',
    ...STATED,
    paginator: (path, limit) => ({
      type: 'offset',
      limit,
      offsetBodyPath: 'page.from',
      limitBodyPath: 'page.size',
      totalPath: path('total'),
    }),
    endpoint: { method: 'POST', json: { page: { sort: 'id' } } },
    at: ({ json }) => Number((json['page'] as JsonObject)['from']),
    say: ({ total }) => ({ said: { total } }),
    end: byTotal,
  },
  {
    name: 'offset, more asked for than the service gives',
    ...COUNTED,
    paginator: (_path, limit) => ({ type: 'offset', limit: limit + 2 }),
    at: inQuery('offset'),
    say: () => ({}),
    end: always('empty'),
  },
  {
    name: 'pages from 1, their number stated',
    ...STATED,
    paginator: (path) => ({ type: 'pageNumber', basePage: 1, totalPath: path('pages') }),
    at: ({ query }, size) => (Number(query.get('page')) - 1) * size,
    say: ({ pages, total }) => ({ said: { pages: total === 0 ? 0 : pages } }),
    end: whole,
  },
  {
    name: 'pages from 0, until one is empty',
    ...COUNTED,
    paginator: () => 'pageNumber',
    at: ({ query }, size) => Number(query.get('page')) * size,
    say: () => ({}),
    end: always('empty'),
  },
  {
    name: 'pages of which it is not known where they begin',
    ...COUNTED,
    paginator: () => ({ type: 'pageNumber', basePage: 'auto' }),
    at: ({ query }, size) => (number(query.get('page'), 1) - 1) * size,
    say: ({ index }) => ({ headers: { 'x-page': String(index) } }),
    end: always('empty'),
    extra: ({ total }) => (total === 0 ? 0 : 2),
  },
  {
    name: 'pages in the body of requests',
    ...COUNTED,
    paginator: () => ({ type: 'pageNumber', basePage: 1, pageBodyPath: 'page' }),
    endpoint: { method: 'POST' },
    at: ({ json }, size) => (Number(json['page']) - 1) * size,
    say: () => ({}),
    end: always('empty'),
  },
  {
    name: 'pages with a flag',
    ...STATED,
    paginator: (path) => ({ type: 'pageNumber', basePage: 1, hasMorePath: path('more') }),
    at: ({ query }, size) => (Number(query.get('page')) - 1) * size,
    say: ({ isLast }) => ({ said: { more: isLast ? 'false' : 'true' } }),
    end: ({ total }) => (total === 0 ? 'empty' : 'has-more'),
  },
  {
    name: 'pages that a short one ends',
    ...COUNTED,
    paginator: (_path, size) => ({
      type: 'pageNumber',
      size,
      sizeParam: 'size',
      shortPageEnds: true,
    }),
    at: ({ query }, size) => Number(query.get('page')) * size,
    say: () => ({}),
    end: ({ total, size }) => (total % size === 0 ? 'empty' : 'short'),
  },
  {
    name: 'pages, more asked for than the service gives',
    ...COUNTED,
    paginator: (_path, size) => ({ type: 'pageNumber', size: size + 2 }),
    at: ({ query }, size) => Number(query.get('page')) * size,
    say: () => ({}),
    end: always('empty'),
  },
];
