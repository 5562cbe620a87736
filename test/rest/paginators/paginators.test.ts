import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cursor, headerLink, jsonLink, offset, type PageFacts, pageNumber, type Paginator, single } from 'sluice';
import { linkOf } from '#src/rest/paginators/header-link.js';

function facts(over: Partial<PageFacts> & { link?: string } = {}): PageFacts {
  const { link, ...rest } = over;
  return { index: 0, rows: 10, values: [], asked: {}, header: (name) => (name === 'link' ? (link ?? null) : null), ...rest };
}

describe('single', () => {
  it('asks once and adds nothing', () => {
    expect(single().first).toEqual({});
    expect(single().next(facts())).toBeNull();
  });
});

describe('pageNumber', () => {
  const at = (page: number, over: Partial<PageFacts> = {}): PageFacts => facts({ asked: { params: { page } }, ...over });

  it.each<[string, Paginator, PageFacts, unknown]>([
    ['begins at 0, as dlt, and sends it', pageNumber(), at(0), { page: 1 }],
    ['counts from the page asked for', pageNumber({ basePage: 1 }), at(7), { page: 8 }],
    ['sends size on every page', pageNumber({ size: 50, sizeParam: 'per_page' }), at(0), { page: 1, per_page: 50 }],
    ['ends on an empty page', pageNumber(), at(3, { rows: 0 }), null],
    ['goes on after a page shorter than asked: servers clamp sizes', pageNumber({ size: 500 }), at(0, { rows: 100 }), { page: 1, limit: 500 }],
    ['ends on a short page where the service fills its pages', pageNumber({ size: 100, shortPageEnds: true }), at(2, { rows: 99 }), null],
    ['goes on after a full page there', pageNumber({ size: 100, shortPageEnds: true }), at(2, { rows: 100 }), { page: 3, limit: 100 }],
    ['ends at the stated number of pages, base 0', pageNumber({ totalPath: 'pages' }), at(4, { values: [5] }), null],
    ['ends at the stated number of pages, base 1', pageNumber({ totalPath: 'pages', basePage: 1 }), at(5, { values: ['5'] }), null],
    ['goes on below it', pageNumber({ totalPath: 'pages', basePage: 1 }), at(4, { values: [5] }), { page: 5 }],
    ['goes on when the number is missing', pageNumber({ totalPath: 'pages' }), at(0, { values: [undefined] }), { page: 1 }],
    ['goes on when the number is null', pageNumber({ totalPath: 'pages' }), at(0, { values: [null] }), { page: 1 }],
    ['does not believe 0 pages beside rows', pageNumber({ totalPath: 'pages' }), at(0, { values: [0] }), { page: 1 }],
    ['takes maximumPage as exclusive, as dlt', pageNumber({ maximumPage: 5 }), at(4), null],
    ['reads up to it', pageNumber({ maximumPage: 5 }), at(3), { page: 4 }],
  ])('%s', (_what, paginator, page, params) => {
    expect(paginator.next(page)).toEqual(params === null ? null : { params });
  });

  it('asks for the first page by number', () => {
    expect(pageNumber({ basePage: 1, size: 20 }).first).toEqual({ params: { page: 1, limit: 20 } });
  });
});

describe('offset', () => {
  const at = (from: number, over: Partial<PageFacts> = {}): PageFacts => facts({ asked: { params: { limit: 10, offset: from } }, ...over });
  const plain = offset({ limit: 10 });
  const counted = offset({ limit: 10, totalPath: 'total' });

  it.each<[string, Paginator, PageFacts, number | null]>([
    ['moves on by the rows that came', plain, at(20, { rows: 7 }), 27],
    ['ends on an empty page', plain, at(20, { rows: 0 }), null],
    ['ends when the total is reached', counted, at(90, { values: [100] }), null],
    ['takes a total as text', counted, at(90, { values: ['100'] }), null],
    ['goes on below the total', counted, at(80, { values: [100] }), 90],
    ['goes on after a short page below the total', counted, at(80, { rows: 3, values: [100] }), 83],
    ['follows a total that grows', counted, at(90, { values: [120] }), 100],
    ['goes on when the total is missing', counted, at(0, { values: [undefined] }), 10],
    ['goes on when the total is null', counted, at(0, { values: [null] }), 10],
    ['takes -1 for not known', counted, at(0, { values: [-1] }), 10],
    ['does not believe a total below what was read', counted, at(90, { values: [50] }), 100],
  ])('%s', (_what, paginator, page, next) => {
    expect(paginator.next(page)).toEqual(next === null ? null : { params: { limit: 10, offset: next } });
  });

  it('sends limit and offset from the start, under the given names', () => {
    expect(offset({ limit: 5, offset: 2, limitParam: 'count', offsetParam: 'skip' }).first).toEqual({ params: { count: 5, skip: 2 } });
  });

  it('takes repeated rows for the end of a list that ignores offset, and for a fault where the total says there are more', () => {
    expect(plain.onRepeat?.(at(10))).toBe('end');
    expect(counted.onRepeat?.(at(10, { values: [null] }))).toBe('end');
    expect(counted.onRepeat?.(at(10, { values: [100] }))).toBe('fault');
  });
});

describe('cursor', () => {
  const plain = cursor({ cursorPath: 'next', cursorParam: 'after' });
  const flagged = cursor({ cursorPath: 'next', cursorParam: 'after', hasMorePath: 'more' });

  it.each<[string, Paginator, unknown[], string | number | null]>([
    ['sends the cursor', plain, ['abc'], 'abc'],
    ['takes 0 for a cursor', plain, [0], 0],
    ['takes "0" for a cursor', plain, ['0'], '0'],
    ['keeps the digits of a long cursor', plain, [12345678901234567890n], '12345678901234567890'],
    ['ends on null', plain, [null], null],
    ['ends on a missing cursor', plain, [undefined], null],
    ['ends on empty text', plain, [''], null],
    ['ends on false', plain, [false], null],
    ['ends when the flag says so, whatever the cursor', flagged, ['abc', false], null],
    ['reads a flag as text', flagged, ['abc', 'no'], null],
    ['goes on while the flag says so', flagged, ['abc', true], 'abc'],
    ['goes on by the cursor when the flag is missing', flagged, ['abc', undefined], 'abc'],
    ['ends without flag and cursor', flagged, [undefined, undefined], null],
  ])('%s', (_what, paginator, values, next) => {
    expect(paginator.next(facts({ values: values as PageFacts['values'] }))).toEqual(next === null ? null : { params: { after: next } });
  });

  it('is an error, not an end, when there is more and no cursor, or the cursor is no scalar', () => {
    expect(() => flagged.next(facts({ values: [null, true] }))).toThrow(/`more` says that there are more rows, but there is no cursor at `next`/);
    expect(() => plain.next(facts({ values: [{ id: 1 }] }))).toThrow(/`next` was to be a cursor and is an object or list/);
  });

  it('has dlt’s defaults', () => {
    expect(cursor().paths).toEqual(['cursors.next']);
    expect(cursor().next(facts({ values: ['x'] }))).toEqual({ params: { cursor: 'x' } });
  });
});

describe('jsonLink', () => {
  it.each<[string, unknown, string | null]>([
    ['follows an absolute address', 'http://x/p2', 'http://x/p2'],
    ['hands a relative one on as it is', '?page=2', '?page=2'],
    ['ends on null', null, null],
    ['ends when it is missing', undefined, null],
    ['ends on empty text', '', null],
  ])('%s', (_what, value, url) => {
    expect(jsonLink().next(facts({ values: [value as string] }))).toEqual(url === null ? null : { url });
  });

  it('is an error, not an end, when the path leads to an object', () => {
    expect(() => jsonLink({ nextUrlPath: 'links.next' }).next(facts({ values: [{ href: 'http://x/p2' }] }))).toThrow(/`links.next` was to be the address of the next page and is an object or list/);
  });
});

describe('headerLink', () => {
  it.each<[string, string, string | null]>([
    ['GitHub’s form', '<https://x/?page=1>; rel="prev", <https://x/?page=3>; rel="next"', 'https://x/?page=3'],
    ['an unquoted relation', '<https://x/2>; rel=next', 'https://x/2'],
    ['several relations in one', '<https://x/2>; rel="last next"', 'https://x/2'],
    ['any case', '<https://x/2>; REL="NEXT"', 'https://x/2'],
    ['white space anywhere', '  <https://x/2>  ;  rel = "next" ', 'https://x/2'],
    ['commas and semicolons in the address', '<https://x/?ids=1,2;3>; rel="next"', 'https://x/?ids=1,2;3'],
    ['other parameters before it', '<https://x/2>; title="a, b; c"; type=text; rel="next"', 'https://x/2'],
    ['a quoted text that looks like a relation', '<https://x/1>; title="; rel=next", <https://x/2>; rel="next"', 'https://x/2'],
    ['escaped quotes', '<https://x/1>; title="\\"; rel=next; \\"", <https://x/2>; rel=next', 'https://x/2'],
    ['the first of two relations of a link', '<https://x/1>; rel="prev"; rel="next"', null],
    ['a parameter without a value', '<https://x/2>; flag; rel=next', 'https://x/2'],
    ['a relation that only begins alike', '<https://x/2>; rel="next-archive"', null],
    ['a parameter that only ends alike', '<https://x/2>; xrel="next"', null],
    ['a relative address', '</orders?page=2>; rel="next"', '/orders?page=2'],
    ['no link', '', null],
    ['no relation', '<https://x/2>', null],
  ])('reads %s', (_what, header, url) => {
    expect(linkOf(header, 'next')).toBe(url);
    expect(headerLink().next(facts({ link: header }))).toEqual(url === null ? null : { url });
  });

  it('finds next among any links, in linear time', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', ';', ' ', '=', '<', '>', '/') });
    fc.assert(fc.property(fc.array(text), (others) => {
      const links = others.map((one) => `<https://x/${one.replaceAll('>', '')}>; title="${one}"; rel="other"`);
      expect(linkOf([...links, '<https://x/n>; rel="next"'].join(', '), 'next')).toBe('https://x/n');
    }));
    expect(linkOf(`<x>${'; '.repeat(8_000)}`, 'next')).toBeNull();
  });
});

describe('every list is read whole by counting paginators', () => {
  /** Rows as a server gives them that never gives more than `cap`, and may keep some rows of a page back. */
  const list = fc.record({ total: fc.integer({ min: 0, max: 60 }), asked: fc.integer({ min: 1, max: 30 }), cap: fc.integer({ min: 1, max: 30 }), stated: fc.constantFrom('right', 'null', 'none', 'text') });

  it('whatever sizes the server gives and whatever it states', () => {
    fc.assert(fc.property(list, ({ total, asked, cap, stated }) => {
      const state = { right: total, null: null, none: undefined, text: String(total) }[stated];
      const got: number[] = [];
      const paginator = offset({ limit: asked, totalPath: 'total' });
      let change: ReturnType<Paginator['next']> = paginator.first;
      for (let index = 0; change !== null && index < 200; index += 1) {
        const from = Number(change.params?.['offset']);
        const rows = Array.from({ length: Math.min(asked, cap, Math.max(0, total - from)) }, (_row, i) => from + i);
        got.push(...rows);
        change = paginator.next(facts({ index, rows: rows.length, values: [state], asked: change }));
      }
      expect(change).toBeNull();
      expect(got).toEqual(Array.from({ length: total }, (_row, i) => i));
    }));
  });

  it('and page numbers lose no page in the middle that is short', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (pages, size) => {
      const paginator = pageNumber({ size });
      const read: number[] = [];
      let change: ReturnType<Paginator['next']> = paginator.first;
      for (let index = 0; change !== null && index < 50; index += 1) {
        const page = Number(change.params?.['page']);
        read.push(...(pages[page] === undefined ? [] : [page]));
        change = paginator.next(facts({ index, rows: pages[page] ?? 0, asked: change }));
      }
      expect(read).toEqual(pages.map((_rows, i) => i));
    }));
  });
});
