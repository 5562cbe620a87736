import { describe, expect, it } from 'vitest';
import { asDltPages } from '#src/rest/paginators/dlt/as-dlt-pages.js';
import {
  cursor,
  headerCursor,
  headerLink,
  type Json,
  jsonLink,
  offset,
  type PageFacts,
  pageNumber,
  type Paginator,
  type RequestChange,
  single,
} from 'sluice';
import { pageFacts, valuesAt } from '../page-facts.js';

type Page = Partial<Omit<PageFacts, 'body'>> & {
  headers?: Readonly<Record<string, string>>;
  body?: Json;
};
/** The next request's change, why the list ends, or what an error says. */
type Next = RequestChange | string | RegExp;
type Case = [statement: string, paginator: Paginator, page: Page, next: Next];

function nextOf(paginator: Paginator, { body = null, ...page }: Page): RequestChange | string {
  const read = asDltPages(paginator);
  const values = valuesAt(body, read.paths);
  const step = read.next(pageFacts({ ...page, body: () => body, values }));
  return 'end' in step ? step.end : step;
}

function holds(_statement: string, paginator: Paginator, page: Page, next: Next): void {
  if (next instanceof RegExp) expect(() => nextOf(paginator, page)).toThrow(next);
  else expect(nextOf(paginator, page)).toEqual(next);
}

describe('an offset', () => {
  const plain = offset({ limit: 10 });
  const at = (value: number, body: Json = null, rows = 10): Page => ({
    change: { params: { limit: 10, offset: value } },
    rows,
    body,
  });
  const to = (value: number): RequestChange => ({ params: { limit: 10, offset: value } });
  const total = offset({ limit: 10, totalPath: 'total' });
  const flagged = offset({ limit: 10, hasMorePath: 'more' });
  const all = offset({ limit: 10, totalPath: 'total', maximumOffset: 20, hasMorePath: 'more' });

  it.each<Case>([
    ['moves on by its limit', plain, at(20), to(30)],
    ['moves on by its limit behind a shorter page', plain, at(20, null, 3), to(30)],
    ['moves on by its limit behind a longer page', plain, at(20, null, 15), to(30)],
    ['ends with an empty page', plain, at(20, null, 0), 'empty'],
    [
      'goes on behind an empty page where configured',
      offset({ limit: 10, stopAfterEmptyPage: false, maximumOffset: 50 }),
      at(20, null, 0),
      to(30),
    ],
    ['ends where the next offset is the total', total, at(10, { total: 20 }), 'total'],
    ['goes on below the total', total, at(10, { total: 21 }), to(20)],
    ['reads a total as Python does', total, at(10, { total: ' 2_0 ' }), 'total'],
    ['cuts a total with a fraction', total, at(10, { total: 20.9 }), 'total'],
    ['ends with a total below the rows that were read', total, at(10, { total: 3 }), 'total'],
    ['fails without its total', total, at(0, {}), /`total` must be a number, and nothing is there/],
    ['fails with a total of another kind', total, at(0, { total: '20.0' }), /it is `20\.0`/],
    ['fails with a list for a total', total, at(0, { total: [] }), /it is an object or list/],
    ['reads no total of an empty page', total, at(0, {}, 0), 'empty'],
    [
      'ends where the next offset is the maximum',
      offset({ limit: 10, maximumOffset: 20 }),
      at(10),
      'maximum',
    ],
    ['ends where the flag says no', flagged, at(0, { more: false }), 'has-more'],
    ['ends where the flag is a text that says no', flagged, at(0, { more: 'N' }), 'has-more'],
    ['goes on where the flag is a text that says yes', flagged, at(0, { more: 'Yes' }), to(10)],
    ['ends with an empty page whose flag says yes', flagged, at(0, { more: true }, 0), 'empty'],
    ['fails without its flag', flagged, at(0, {}), /`more` must be a boolean/],
    ['fails with a number for its flag', flagged, at(0, { more: 1 }), /`more` must be a boolean/],
    ['ends by the total before the maximum', all, at(10, { total: 20, more: true }), 'total'],
    ['ends by the maximum before the flag', all, at(10, { total: 99, more: false }), 'maximum'],
    ['fails without its total before its flag', all, at(0, {}), /`total` must be/],
    ['fails without its flag where the total is reached', all, at(10, { total: 2 }), /`more` must/],
    [
      'writes into the body where configured',
      offset({ limit: 5, offsetBodyPath: 'page.from', limitBodyPath: 'page.size' }),
      { change: { json: { 'page.from': 5, 'page.size': 5 } } },
      { json: { 'page.from': 10, 'page.size': 5 } },
    ],
    ['begins where configured', offset({ limit: 10, offset: 7 }), { change: {} }, to(17)],
  ])('%s', holds);
});

describe('a page number', () => {
  const at = (page: number, body: Json = null, rows = 10): Page => ({
    change: { params: { page } },
    rows,
    body,
  });
  const to = (page: number): RequestChange => ({ params: { page } });
  const total = pageNumber({ totalPath: 'pages' });
  const from1 = pageNumber({ basePage: 1, totalPath: 'pages' });

  it.each<Case>([
    ['moves on by one', pageNumber(), at(3), to(4)],
    ['is 1 behind a request without one', pageNumber(), {}, to(1)],
    ['ends with an empty page', pageNumber(), at(3, null, 0), 'empty'],
    ['counts pages from 0', total, at(1, { pages: 2 }), 'total'],
    ['counts pages from its base', from1, at(1, { pages: 2 }), to(2)],
    ['ends with the last page from its base', from1, at(2, { pages: 2 }), 'total'],
    [
      'counts pages from its base where it begins behind it',
      pageNumber({ basePage: 1, page: 2, totalPath: 'pages' }),
      at(2, { pages: 3 }),
      to(3),
    ],
    ['ends before the maximum', pageNumber({ maximumPage: 2 }), at(1), 'maximum'],
    ['sends its size on', pageNumber({ size: 5 }), at(0), { params: { page: 1, limit: 5 } }],
    [
      'finds its flag beside a number of rows',
      pageNumber({ totalRowsPath: 'rows', hasMorePath: 'more' }),
      at(0, { rows: 30, more: true }),
      to(1),
    ],
    [
      'ends with a short page where configured, which dlt has not',
      pageNumber({ size: 10, shortPageEnds: true }),
      at(0, null, 9),
      'short',
    ],
  ])('%s', holds);

  it("keeps the base that it finds out with `basePage: 'auto'`, which dlt has not", () => {
    const first = pageFacts({ change: { params: { page: 1 } } });
    const auto = asDltPages(pageNumber({ basePage: 'auto' }));
    expect(auto.isFirstAgain?.(first)).toBe(true);
    expect(asDltPages(pageNumber()).isFirstAgain?.(first)).toBe(false);
  });
});

describe('a cursor', () => {
  const plain = cursor({ cursorPath: 'next', cursorParam: 'after' });
  const flagged = cursor({ cursorPath: 'next', cursorParam: 'after', hasMorePath: 'more' });
  const strict = cursor({ cursorPath: 'next', cursorParam: 'after', stopAfterEmptyPage: true });
  const both = cursor({ cursorPath: 'next', hasMorePath: 'more', stopAfterEmptyPage: true });

  it.each<Case>([
    ...(['c', 7, -1, 12345678901234567890n] as const).map((next): Case => [
      `goes on with ${String(next)}`,
      plain,
      { body: { next } },
      { params: { after: typeof next === 'bigint' ? String(next) : next } },
    ]),
    ...[null, '', 0, false, [], {}].map((next): Case => [
      `ends with ${JSON.stringify(next)}`,
      plain,
      { body: { next } },
      'no-next',
    ]),
    ['ends without a cursor', plain, { body: {} }, 'no-next'],
    [
      'sends true as Python writes it',
      plain,
      { body: { next: true } },
      { params: { after: 'True' } },
    ],
    ['fails with an object', plain, { body: { next: { a: 1 } } }, /`next` must be a cursor/],
    [
      'goes on behind an empty page',
      plain,
      { rows: 0, body: { next: 'c' } },
      { params: { after: 'c' } },
    ],
    ['ends with an empty page where configured', strict, { rows: 0, body: { next: 'c' } }, 'empty'],
    ['ends where the flag says no', flagged, { body: { next: 'c', more: 'false' } }, 'has-more'],
    ['ends without a cursor where the flag says yes', flagged, { body: { more: true } }, 'no-next'],
    ['fails without its flag, though it has no cursor', flagged, { body: {} }, /`more` must be/],
    ['reads no flag of an empty page that ends it', both, { rows: 0, body: {} }, 'empty'],
  ])('%s', holds);

  it('says that nothing is at its path', () => {
    const read = asDltPages(plain);
    const of = (body: Json): unknown =>
      read.next(pageFacts({ values: valuesAt(body, read.paths) }));
    expect(of({})).toEqual({ end: 'no-next', nextMissing: true });
    expect(of({ next: null })).toEqual({ end: 'no-next' });
  });
});

describe('a link in the body', () => {
  const plain = jsonLink();
  it.each<Case>([
    ['is followed', plain, { body: { next: '/b' } }, { url: '/b' }],
    ['is followed behind an empty page', plain, { rows: 0, body: { next: '/b' } }, { url: '/b' }],
    ['ends the list where it is null', plain, { body: { next: null } }, 'no-next'],
    ['ends the list where it is not there', plain, { body: {} }, 'no-next'],
    ['fails where it is an empty text', plain, { body: { next: '' } }, /address of the next page/],
    ['fails where it is false', plain, { body: { next: false } }, /address of the next page/],
  ])('%s', holds);
});

describe('a cursor in a header', () => {
  it.each<Case>([
    ['is followed', headerCursor(), { headers: { next: 'c' } }, { params: { cursor: 'c' } }],
    [
      'is followed where it is empty',
      headerCursor(),
      { headers: { next: '' } },
      { params: { cursor: '' } },
    ],
    ['ends the list where it is not there', headerCursor(), {}, 'no-next'],
  ])('%s', holds);
});

it('leaves single pages, links in headers and functions as they are', () => {
  const own: Paginator = { ...single(), config: null };
  for (const paginator of [single(), headerLink(), own])
    expect(asDltPages(paginator)).toBe(paginator);
});
