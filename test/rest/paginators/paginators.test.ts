import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_SIGNS } from '#src/rest/paginators/detect/page-signs.js';
import { linkOf } from '#src/rest/paginators/header-link.js';
import { statedCount } from '#src/rest/paginators/stated-count.js';
import {
  cursor,
  type EndReason,
  headerCursor,
  headerLink,
  type Json,
  jsonLink,
  offset,
  type PageFacts,
  pageNumber,
  type Paginator,
  single,
} from 'sluice';
import { pageFacts, valuesAt } from './page-facts.js';

/**
 * A row of a table: what is stated, the paginator, the page, and the change it leads to, or why the
 * list ends.
 */
type Case = [statement: string, paginator: Paginator, page: PageFacts, next: object | EndReason];

function holds(
  _statement: string,
  paginator: Paginator,
  page: PageFacts,
  next: object | EndReason,
): void {
  expect(paginator.next(page)).toEqual(typeof next === 'string' ? { end: next } : next);
}

describe('single', () => {
  it('makes one request and adds nothing to it', () => {
    expect(single().first).toEqual({});
    expect(single().next(pageFacts())).toEqual({ end: 'single' });
  });
});

describe('pageNumber', () => {
  const at = (page: number, over: Partial<PageFacts> = {}): PageFacts =>
    pageFacts({ change: { params: { page } }, ...over });
  const flagged = pageNumber({ hasMorePath: 'more' });
  const auto = pageNumber({ basePage: 'auto', totalPath: 'pages' });

  it.each<Case>([
    ['counts from the page requested', pageNumber({ basePage: 1 }), at(7), { params: { page: 8 } }],
    [
      'sends size on every page',
      pageNumber({ size: 50, sizeParam: 'per_page' }),
      at(0),
      { params: { page: 1, per_page: 50 } },
    ],
    [
      'writes page and size into the body where configured',
      pageNumber({ pageBodyPath: 'paging.page', size: 50, sizeBodyPath: 'paging.size' }),
      pageFacts({ change: { json: { 'paging.page': 3 } } }),
      { json: { 'paging.page': 4, 'paging.size': 50 } },
    ],
    ['ends on an empty page', pageNumber(), at(3, { rows: 0 }), 'empty'],
    [
      'goes on after an empty page where configured',
      pageNumber({ stopAfterEmptyPage: false, maximumPage: 9 }),
      at(3, { rows: 0 }),
      { params: { page: 4 } },
    ],
    [
      'goes on after a page shorter than requested: servers clamp sizes',
      pageNumber({ size: 500 }),
      at(0, { rows: 100 }),
      { params: { page: 1, limit: 500 } },
    ],
    [
      'ends on a short page where the service fills its pages',
      pageNumber({ size: 100, shortPageEnds: true }),
      at(2, { rows: 99 }),
      'short',
    ],
    [
      'goes on after a full page there',
      pageNumber({ size: 100, shortPageEnds: true }),
      at(2, { rows: 100 }),
      { params: { page: 3, limit: 100 } },
    ],
    [
      'ends on an empty page there too',
      pageNumber({ size: 100, shortPageEnds: true }),
      at(2, { rows: 0 }),
      'empty',
    ],
    [
      'ends at the stated number of pages, base 0',
      pageNumber({ totalPath: 'pages' }),
      at(4, { values: [5] }),
      'total',
    ],
    [
      'ends at the stated number of pages, base 1',
      pageNumber({ totalPath: 'pages', basePage: 1 }),
      at(5, { values: ['5'] }),
      'total',
    ],
    [
      'counts pages from the base, wherever it began',
      pageNumber({ totalPath: 'pages', basePage: 1, page: 4 }),
      at(5, { values: [5] }),
      'total',
    ],
    [
      'goes on below it',
      pageNumber({ totalPath: 'pages', basePage: 1 }),
      at(4, { values: [5] }),
      { params: { page: 5 } },
    ],
    [
      'goes on when the number is missing',
      pageNumber({ totalPath: 'pages' }),
      at(0, { values: [undefined] }),
      { params: { page: 1 } },
    ],
    [
      'goes on when the number is null',
      pageNumber({ totalPath: 'pages' }),
      at(0, { values: [null] }),
      { params: { page: 1 } },
    ],
    [
      'does not believe 0 pages beside rows',
      pageNumber({ totalPath: 'pages' }),
      at(0, { values: [0] }),
      { params: { page: 1 } },
    ],
    [
      'goes through empty pages up to the stated number',
      pageNumber({ totalPath: 'pages', stopAfterEmptyPage: false }),
      at(3, { rows: 0, values: [5] }),
      { params: { page: 4 } },
    ],
    [
      'and not beyond it',
      pageNumber({ totalPath: 'pages', stopAfterEmptyPage: false }),
      at(6, { rows: 0, values: [5] }),
      'total',
    ],
    ['takes maximumPage as exclusive, as dlt', pageNumber({ maximumPage: 5 }), at(4), 'maximum'],
    ['reads up to it', pageNumber({ maximumPage: 5 }), at(3), { params: { page: 4 } }],
    ['ends when the flag says so', flagged, at(0, { values: [false] }), 'has-more'],
    [
      'loses the rest where a page is empty and the flag says that there is more',
      flagged,
      at(3, { rows: 0, values: [true] }),
      'lost',
    ],
    [
      'goes on after such a page where configured',
      pageNumber({ hasMorePath: 'more', stopAfterEmptyPage: false }),
      at(3, { rows: 0, values: [true] }),
      { params: { page: 4 } },
    ],
    ['reads a flag as text', flagged, at(0, { values: ['no'] }), 'has-more'],
    [
      'goes on while the flag says so',
      flagged,
      at(0, { values: ['Yes'] }),
      { params: { page: 1 } },
    ],
    [
      'goes on when the flag is missing',
      flagged,
      at(0, { values: [undefined] }),
      { params: { page: 1 } },
    ],
    [
      'believes the flag rather than the number of pages',
      pageNumber({ totalPath: 'pages', hasMorePath: 'more' }),
      at(4, { values: [5, true] }),
      { params: { page: 5 } },
    ],
    [
      'keeps to the maximum whatever the flag',
      pageNumber({ maximumPage: 5, hasMorePath: 'more' }),
      at(4, { values: [true] }),
      'maximum',
    ],
    [
      'requests page 1 after a first page without a number',
      auto,
      pageFacts({ values: [3] }),
      { params: { page: 1 } },
    ],
    [
      'counts the pages that were read, whatever the base',
      auto,
      at(3, { index: 2, values: [3] }),
      'total',
    ],
    ['reads the only page once', auto, pageFacts({ values: [1] }), 'total'],
  ])('%s', holds);

  it('begins at 0, as dlt, and sends it', () => {
    expect(pageNumber().first).toEqual({ params: { page: 0 } });
    expect(pageNumber({ basePage: 1, size: 20 }).first).toEqual({ params: { page: 1, limit: 20 } });
    expect(pageNumber({ basePage: 1, page: 4 }).first).toEqual({ params: { page: 4 } });
    expect(pageNumber({ basePage: 'auto', size: 20 }).first).toEqual({ params: { limit: 20 } });
  });

  it('takes page 1 for the first page once more only where the base is not known', () => {
    expect(pageNumber().isFirstAgain?.(at(1))).toBe(false);
    expect(auto.isFirstAgain?.(at(1))).toBe(true);
    expect(auto.isFirstAgain?.(at(2))).toBe(false);
  });

  it('states its page size and what the API declares', () => {
    const counted = pageNumber({ size: 20, totalPath: 'pages', totalRowsPath: 'rows' });
    expect([counted.pageSize, pageNumber().pageSize]).toEqual([20, null]);
    expect(counted.declared?.(at(0, { values: ['3', 57] }))).toEqual({ pages: 3, rows: 57 });
    expect(counted.declared?.(at(0, { values: [null, 57] }))).toEqual({ rows: 57 });
    expect(counted.declared?.(at(0, { values: [null, undefined] }))).toBeNull();
  });

  it.each<[string, () => Paginator, RegExp]>([
    [
      'page and path for it',
      () => pageNumber({ pageParam: 'page', pageBodyPath: 'page' }),
      /both pageParam and pageBodyPath/,
    ],
    ['an empty name', () => pageNumber({ pageParam: '' }), /empty pageParam/],
    [
      'size and path for it',
      () => pageNumber({ size: 5, sizeParam: 'size', sizeBodyPath: 'size' }),
      /both sizeParam and sizeBodyPath/,
    ],
    [
      'a size of 0',
      () => pageNumber({ size: 0 }),
      /`size`: found number 0; it must be a whole number of at least 1/,
    ],
    ['half a page', () => pageNumber({ basePage: 0.5 }), /`basePage`: found number 0\.5/],
    ['a base below 0', () => pageNumber({ basePage: -1 }), /basePage/],
    [
      'a page to begin with and no base',
      () => pageNumber({ basePage: 'auto', page: 3 }),
      /basePage is auto/,
    ],
    [
      'short pages without a size',
      () => pageNumber({ shortPageEnds: true }),
      /needs size for shortPageEnds/,
    ],
    ['no end', () => pageNumber({ stopAfterEmptyPage: false }), /would never end/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});

describe('offset', () => {
  const at = (from: number, over: Partial<PageFacts> = {}): PageFacts =>
    pageFacts({ change: { params: { limit: 10, offset: from } }, ...over });
  const to = (from: number): object => ({ params: { limit: 10, offset: from } });
  const plain = offset({ limit: 10 });
  const counted = offset({ limit: 10, totalPath: 'total' });
  const flagged = offset({ limit: 10, totalPath: 'total', hasMorePath: 'more' });
  const through = offset({ limit: 10, totalPath: 'total', stopAfterEmptyPage: false });
  const fromOne = offset({ limit: 10, offset: 1, totalPath: 'total' });

  it.each<Case>([
    [
      'moves on by the rows that came, where no page was as long as the limit',
      plain,
      at(20, { rows: 7, maxPageRows: 9 }),
      to(27),
    ],
    ['moves on by the limit, once a page was as long', plain, at(20, { rows: 7 }), to(30)],
    [
      'moves on by the page size that the response repeats',
      plain,
      at(20, { rows: 3, maxPageRows: 4, signs: { ...NO_SIGNS, limit: 5 } }),
      to(25),
    ],
    [
      'skips no rows for a page size above the one requested',
      plain,
      at(0, { rows: 10, signs: { ...NO_SIGNS, limit: 100 } }),
      to(10),
    ],
    [
      'does not end at a total that is an estimate',
      counted,
      at(90, {
        values: [100],
        signs: { ...NO_SIGNS, total: { rows: 100, isEstimate: true, what: '' } },
      }),
      to(100),
    ],
    ['does not end at 10,000', counted, at(9_990, { values: [10_000] }), to(10_000)],
    [
      'does not end at a total that pages of different lengths add up to',
      counted,
      at(90, { values: [100], index: 11 }),
      to(100),
    ],
    ['ends on an empty page', plain, at(20, { rows: 0 }), 'empty'],
    [
      'writes offset and limit into the body where configured',
      offset({ limit: 10, offsetBodyPath: 'page.from', limitBodyPath: 'page.size' }),
      pageFacts({ change: { json: { 'page.from': 20, 'page.size': 10 } } }),
      { json: { 'page.size': 10, 'page.from': 30 } },
    ],
    [
      'writes one into the body and sends the other',
      offset({ limit: 10, offsetBodyPath: 'from' }),
      pageFacts({ change: { params: { limit: 10 }, json: { from: 20 } } }),
      { params: { limit: 10 }, json: { from: 30 } },
    ],
    ['ends when the total is reached', counted, at(90, { values: [100] }), 'total'],
    ['takes a total as text', counted, at(90, { values: ['100'] }), 'total'],
    ['goes on below the total', counted, at(80, { values: [100] }), to(90)],
    [
      'goes on after a short page below the total',
      counted,
      at(80, { rows: 3, values: [100] }),
      to(90),
    ],
    ['follows a total that grows', counted, at(90, { values: [120] }), to(100)],
    ['goes on when the total is missing', counted, at(0, { values: [undefined] }), to(10)],
    ['goes on when the total is null', counted, at(0, { values: [null] }), to(10)],
    ['takes -1 for not known', counted, at(0, { values: [-1] }), to(10)],
    ['does not believe a total below what was read', counted, at(90, { values: [50] }), to(100)],
    [
      'does not take the count of a full first page for the total',
      counted,
      at(0, { values: [10] }),
      to(10),
    ],
    ['takes it where the page is short', counted, at(0, { rows: 7, values: [7] }), 'total'],
    ['ends at a total that counts from 1', fromOne, at(91, { values: [100] }), 'total'],
    ['does not end one row before it', fromOne, at(90, { values: [100] }), to(100)],
    [
      'takes the maximum as exclusive, as dlt',
      offset({ limit: 10, maximumOffset: 30 }),
      at(20),
      'maximum',
    ],
    ['reads up to it', offset({ limit: 10, maximumOffset: 31 }), at(20), to(30)],
    ['ends when the flag says so', flagged, at(0, { values: [100, 'n'] }), 'has-more'],
    [
      'loses the rest where a page is empty and the flag says that there is more',
      flagged,
      at(20, { rows: 0, values: [undefined, true] }),
      'lost',
    ],
    ['believes the flag rather than the total', flagged, at(90, { values: [100, true] }), to(100)],
    [
      'goes by the total when the flag is missing',
      flagged,
      at(90, { values: [100, undefined] }),
      'total',
    ],
    [
      'moves on by the limit over an empty page where configured',
      through,
      at(20, { rows: 0, values: [100] }),
      to(30),
    ],
    ['and ends there at the total', through, at(95, { rows: 0, values: [100] }), 'total'],
  ])('%s', holds);

  it('sends limit and offset from the start, under the names of the config', () => {
    expect(offset({ limit: 5, offset: 2, limitParam: 'count', offsetParam: 'skip' }).first).toEqual(
      { params: { count: 5, skip: 2 } },
    );
  });

  it('states its page size and what the API declares', () => {
    expect(counted.pageSize).toBe(10);
    expect(counted.declared?.(at(0, { values: ['57'] }))).toEqual({ rows: 57 });
    expect(counted.declared?.(at(0, { values: [null] }))).toBeNull();
    expect(plain.declared?.(at(0))).toBeNull();
  });

  it.each<[string, () => Paginator, RegExp]>([
    [
      'no limit',
      () => offset({} as { limit: number }),
      /`limit`: is missing; it must be a whole number of at least 1/,
    ],
    ['a limit of 0', () => offset({ limit: 0 }), /limit/],
    ['half a row', () => offset({ limit: 1.5 }), /found number 1\.5/],
    ['a limit as text', () => offset({ limit: '10' as unknown as number }), /found text "10"/],
    [
      'an offset below 0',
      () => offset({ limit: 1, offset: -1 }),
      /`offset`: found number -1; it must be a whole number of at least 0/,
    ],
    [
      'parameter and path for the offset',
      () => offset({ limit: 1, offsetParam: 'o', offsetBodyPath: 'o' }),
      /both offsetParam and offsetBodyPath/,
    ],
    [
      'parameter and path for the limit',
      () => offset({ limit: 1, limitParam: 'l', limitBodyPath: 'l' }),
      /both limitParam and limitBodyPath/,
    ],
    ['no end', () => offset({ limit: 1, stopAfterEmptyPage: false }), /would never end/],
  ])('refuses %s', (_what, make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});

describe('cursor', () => {
  const plain = cursor({ cursorPath: 'next', cursorParam: 'after' });
  const flagged = cursor({ cursorPath: 'next', cursorParam: 'after', hasMorePath: 'more' });
  const inBody = cursor({ cursorPath: 'next', cursorBodyPath: 'paging.after' });
  const full = cursor({ cursorPath: 'next', cursorParam: 'after', stopAfterEmptyPage: true });
  const got = (...values: PageFacts['values']): PageFacts => pageFacts({ values });

  it.each<Case>([
    ['sends the cursor', plain, got('abc'), { params: { after: 'abc' } }],
    ['takes 0 for a cursor', plain, got(0), { params: { after: 0 } }],
    ['ends at -1', plain, got(-1), 'no-next'],
    ['ends at "-1"', plain, got('-1'), 'no-next'],
    ['ends at "null"', plain, got('null'), 'no-next'],
    ['takes "0" for a cursor', plain, got('0'), { params: { after: '0' } }],
    [
      'keeps the digits of a long cursor',
      plain,
      got(12345678901234567890n),
      { params: { after: '12345678901234567890' } },
    ],
    [
      'writes it into the body where configured, as it came',
      inBody,
      got(12345678901234567890n),
      { json: { 'paging.after': 12345678901234567890n } },
    ],
    ['ends on null', plain, got(null), 'no-next'],
    [
      'ends on a missing cursor, and says so',
      plain,
      got(undefined),
      { end: 'no-next', nextMissing: true },
    ],
    ['ends on empty text', plain, got(''), 'no-next'],
    ['ends on false', plain, got(false), 'no-next'],
    ['ends when the flag says so, whatever the cursor', flagged, got('abc', false), 'has-more'],
    ['reads a flag as text', flagged, got('abc', 'no'), 'has-more'],
    ['goes on while the flag says so', flagged, got('abc', true), { params: { after: 'abc' } }],
    [
      'goes on by the cursor when the flag is missing',
      flagged,
      got('abc', undefined),
      { params: { after: 'abc' } },
    ],
    [
      'ends without flag and cursor',
      flagged,
      got(undefined, undefined),
      { end: 'no-next', nextMissing: true },
    ],
    [
      'goes on after an empty page, as dlt',
      plain,
      pageFacts({ rows: 0, values: ['abc'] }),
      { params: { after: 'abc' } },
    ],
    [
      'ends on an empty page where configured',
      full,
      pageFacts({ rows: 0, values: ['abc'] }),
      'empty',
    ],
  ])('%s', holds);

  it('is an error, not an end, when there is more and no cursor, or the cursor is no scalar', () => {
    expect(() => flagged.next(got(null, true))).toThrow(
      /`more` says that there are more rows, but there is no cursor at `next`/,
    );
    expect(() => plain.next(got({ id: 1 }))).toThrow(
      /`next` must be a cursor and is an object or list/,
    );
  });

  it('refuses both a parameter and a path', () => {
    expect(() => cursor({ cursorParam: 'a', cursorBodyPath: 'a' })).toThrow(
      /both cursorParam and cursorBodyPath/,
    );
  });

  it('has dlt’s defaults', () => {
    expect(cursor().paths).toEqual(['cursors.next']);
    expect(cursor().next(got('x'))).toEqual({ params: { cursor: 'x' } });
  });

  it.each<[string, string, Json, string | null]>([
    ['the last row’s id', 'data[-1].id', { data: [{ id: 'a' }, { id: 'b' }] }, 'b'],
    ['the last row itself', 'ids[-1]', { ids: ['a', 'b'] }, 'b'],
    ['the last but one', 'ids[-2]', { ids: ['a', 'b'] }, 'a'],
    ['the last of a body that is a list', '[-1].id', [{ id: 'a' }, { id: 'b' }], 'b'],
    [
      'a list deep inside the last row',
      'data[-1].tags[-1].id',
      { data: [{ tags: [{ id: 'x' }, { id: 'y' }] }] },
      'y',
    ],
    ['the first row by number', 'data[0].id', { data: [{ id: 'a' }] }, 'a'],
    ['a key with a dot', "['page.info'].next", { 'page.info': { next: 'n' } }, 'n'],
    ['nothing in an empty list', 'data[-1].id', { data: [] }, null],
    ['nothing where there is no list', 'data[-1].id', { data: { id: 1 } }, null],
  ])('reads %s', (_what, cursorPath, body, next) => {
    const paginator = cursor({ cursorPath });
    expect(paginator.next(pageFacts({ values: valuesAt(body, paginator.paths) }))).toEqual(
      next === null ? { end: 'no-next', nextMissing: true } : { params: { cursor: next } },
    );
  });
});

describe('an empty list or object in the place of the next page', () => {
  it.each([[[]], [{}]])('is the end: %j', (next) => {
    for (const paginator of [cursor({ cursorPath: 'next' }), jsonLink()]) {
      const page = pageFacts({ values: valuesAt({ next }, paginator.paths) });
      expect(paginator.next(page)).toEqual({ end: 'no-next' });
    }
  });
});

describe('headerCursor', () => {
  const paginator = headerCursor({ cursorKey: 'X-Next', cursorParam: 'after' });

  it.each<Case>([
    [
      'sends the header’s value',
      paginator,
      pageFacts({ headers: { 'x-next': 'abc' } }),
      { params: { after: 'abc' } },
    ],
    [
      'takes 0 for a cursor',
      paginator,
      pageFacts({ headers: { 'x-next': '0' } }),
      { params: { after: '0' } },
    ],
    ['ends without the header', headerCursor(), pageFacts(), 'no-next'],
    [
      'says that the configured header is missing',
      paginator,
      pageFacts(),
      { end: 'no-next', nextMissing: true },
    ],
    ['ends on an empty one', paginator, pageFacts({ headers: { 'x-next': ' ' } }), 'no-next'],
    [
      'has dlt’s defaults',
      headerCursor(),
      pageFacts({ headers: { next: 'abc' } }),
      { params: { cursor: 'abc' } },
    ],
  ])('%s', holds);
});

describe('jsonLink', () => {
  const inList = jsonLink({ nextUrlPath: "links[?(@.rel=='next')].href" });
  const links = (...rels: string[]): PageFacts =>
    pageFacts({
      values: valuesAt(
        { links: rels.map((rel) => ({ rel, href: `http://x/${rel}` })) },
        inList.paths,
      ),
    });

  it.each<Case>([
    [
      'follows an absolute address',
      jsonLink(),
      pageFacts({ values: ['http://x/p2'] }),
      { url: 'http://x/p2' },
    ],
    [
      'hands a relative one on as it is',
      jsonLink(),
      pageFacts({ values: ['?page=2'] }),
      { url: '?page=2' },
    ],
    ['ends on null', jsonLink(), pageFacts({ values: [null] }), 'no-next'],
    [
      'ends when it is missing, and says so',
      jsonLink(),
      pageFacts({ values: [undefined] }),
      { end: 'no-next', nextMissing: true },
    ],
    ['ends on empty text', jsonLink(), pageFacts({ values: [''] }), 'no-next'],
    [
      'finds the relation in a list of links, wherever it stands',
      inList,
      links('self', 'next', 'last'),
      { url: 'http://x/next' },
    ],
    [
      'ends where the list has no such relation',
      inList,
      links('self', 'prev'),
      { end: 'no-next', nextMissing: true },
    ],
  ])('%s', holds);

  it('is an error, not an end, when the path leads to an object', () => {
    expect(() =>
      jsonLink({ nextUrlPath: 'links.next' }).next(
        pageFacts({ values: [{ href: 'http://x/p2' }] }),
      ),
    ).toThrow(/`links.next` must be the address of the next page and is an object or list/);
  });
});

describe('headerLink', () => {
  const page = new URL('http://local/list');
  it.each<[string, string, string | null]>([
    [
      'GitHub’s form',
      '<https://x/?page=1>; rel="prev", <https://x/?page=3>; rel="next"',
      'https://x/?page=3',
    ],
    ['an unquoted relation', '<https://x/2>; rel=next', 'https://x/2'],
    ['several relations in one', '<https://x/2>; rel="last next"', 'https://x/2'],
    ['any case', '<https://x/2>; REL="NEXT"', 'https://x/2'],
    ['white space anywhere', '  <https://x/2>  ;  rel = "next" ', 'https://x/2'],
    [
      'commas and semicolons in the address',
      '<https://x/?ids=1,2;3>; rel="next"',
      'https://x/?ids=1,2;3',
    ],
    [
      'other parameters before it',
      '<https://x/2>; title="a, b; c"; type=text; rel="next"',
      'https://x/2',
    ],
    [
      'a quoted text that looks like a relation',
      '<https://x/1>; title="; rel=next", <https://x/2>; rel="next"',
      'https://x/2',
    ],
    [
      'escaped quotes',
      '<https://x/1>; title="\\"; rel=next; \\"", <https://x/2>; rel=next',
      'https://x/2',
    ],
    ['the first of two relations of a link', '<https://x/1>; rel="prev"; rel="next"', null],
    ['a parameter without a value', '<https://x/2>; flag; rel=next', 'https://x/2'],
    ['a relation that only begins alike', '<https://x/2>; rel="next-archive"', null],
    ['a parameter that only ends alike', '<https://x/2>; xrel="next"', null],
    ['a relative address', '</orders?page=2>; rel="next"', '/orders?page=2'],
    ['single quotes', "<https://x/2>; title='a; b'; rel='last next'", 'https://x/2'],
    ['a link without <…>', 'https://x/2?ids=1,2; rel="next"', 'https://x/2?ids=1,2'],
    [
      'a link from another address',
      '<https://x/1>; rel=next; anchor="/other", <https://x/2>; rel=next',
      'https://x/2',
    ],
    [
      'a link from the page by its address',
      '<https://x/2>; anchor="list"; rel=next',
      'https://x/2',
    ],
    ['a link from the page by no address', '<https://x/2>; rel=next; anchor=""', 'https://x/2'],
    ['a link from an address that is none', '<https://x/2>; rel=next; anchor="http://"', null],
    ['no link', '', null],
    ['no relation', '<https://x/2>', null],
  ])('reads %s', (_what, header, url) => {
    expect(linkOf(header, 'next', page)).toBe(url);
    expect(headerLink().next(pageFacts({ headers: { link: header } }))).toEqual(
      url === null ? { end: 'no-next' } : { url },
    );
  });

  it('follows another relation where configured', () => {
    const page = pageFacts({
      headers: { link: '<https://x/2>; rel="next", <https://x/older>; rel="older"' },
    });
    expect(headerLink({ rel: 'older' }).next(page)).toEqual({ url: 'https://x/older' });
  });

  it('finds next among any links, in linear time', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', ';', ' ', '=', '<', '>', '/') });
    fc.assert(
      fc.property(fc.array(text), (others) => {
        const links = others.map(
          (one) => `<https://x/${one.replaceAll('>', '')}>; title="${one}"; rel="other"`,
        );
        expect(linkOf([...links, '<https://x/n>; rel="next"'].join(', '), 'next', page)).toBe(
          'https://x/n',
        );
      }),
    );
    expect(linkOf(`<x>${'; '.repeat(8_000)}`, 'next', page)).toBeNull();
  });
});

describe('statedCount', () => {
  it.each<[Json | undefined, number | null]>([
    [5, 5],
    [0, 0],
    ['5', 5],
    [' 5 ', 5],
    [5n, 5],
    [-1, null],
    [1e30, null],
    [2n ** 63n - 1n, null],
    ['9223372036854775807', null],
    ['', null],
    ['many', null],
    [null, null],
    [undefined, null],
    [true, null],
    [[5], null],
    [{ value: 5 }, null],
  ])('reads %s as %s', (value, count) => {
    expect(statedCount(value)).toBe(count);
  });
});
