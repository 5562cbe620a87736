import { describe, expect, it } from 'vitest';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import { cursor, offset, type PaginatorConfig, single } from 'sluice';
import { pageFacts } from './page-facts.js';

const CONFIGS: PaginatorConfig[] = [
  { type: 'single' },
  { type: 'jsonLink', nextUrlPath: 'links.next' },
  { type: 'headerLink', rel: 'older' },
  { type: 'headerCursor', cursorKey: 'x-next', cursorParam: 'after' },
  {
    type: 'cursor',
    cursorPath: 'next',
    cursorBodyPath: 'paging.after',
    hasMorePath: 'more',
    stopAfterEmptyPage: true,
  },
  {
    type: 'offset',
    limit: 10,
    offset: 5,
    offsetParam: 'skip',
    limitBodyPath: 'top',
    totalPath: 'total',
    maximumOffset: 90,
    hasMorePath: 'more',
    stopAfterEmptyPage: false,
  },
  {
    type: 'pageNumber',
    basePage: 1,
    page: 3,
    pageBodyPath: 'page',
    size: 10,
    sizeParam: 'size',
    totalPath: 'pages',
    totalRowsPath: 'rows',
    maximumPage: 9,
    hasMorePath: 'more',
    stopAfterEmptyPage: true,
    shortPageEnds: true,
  },
  { type: 'pageNumber', basePage: 'auto', sizeBodyPath: 'size' },
];

describe('paginatorOf', () => {
  it.each(CONFIGS.map((config) => [config.type, config] as const))(
    'makes %s from data, which it gives back, through JSON too',
    (_type, config) => {
      const made = paginatorOf(config);
      expect(made).toMatchObject({ config });
      const again = paginatorOf(JSON.parse(JSON.stringify(config)) as PaginatorConfig);
      expect(JSON.stringify(again)).toBe(JSON.stringify(made));
    },
  );

  it('makes one from its type alone, with the defaults', () => {
    expect(paginatorOf('cursor')).toMatchObject({
      paths: ['cursors.next'],
      config: { type: 'cursor' },
    });
    expect(paginatorOf('pageNumber')).toMatchObject({ first: { params: { page: 0 } } });
  });

  it('leaves auto to the first page', () => {
    expect(paginatorOf('auto')).toBe('auto');
    expect(paginatorOf({ type: 'auto' })).toBe('auto');
  });

  it('gives a paginator as it is', () => {
    const own = cursor();
    expect(paginatorOf(own)).toBe(own);
    expect(paginatorOf(single())).toMatchObject({ config: { type: 'single' } });
  });

  it('takes null for not given, as dlt', () => {
    const config = { type: 'offset', limit: 10, totalPath: null } as unknown as PaginatorConfig;
    expect(paginatorOf(config)).toMatchObject({ paths: [], config: { type: 'offset', limit: 10 } });
  });

  it('makes one from a function, which ends with null and can read the body and headers', () => {
    const made = paginatorOf(({ body, header, change }) => {
      const { left } = body() as { left: number };
      return left === 0
        ? null
        : { params: { at: `${header('x-at')}-${left}-${Object.keys(change).length}` } };
    });
    if (made === 'auto') throw new Error('not a paginator');
    expect(made).toMatchObject({ first: {}, paths: [], pageSize: null, config: null });
    expect(made.next(pageFacts({ body: () => ({ left: 2 }), headers: { 'x-at': 'a' } }))).toEqual({
      params: { at: 'a-2-0' },
    });
    expect(made.next(pageFacts({ body: () => ({ left: 0 }) }))).toEqual({ end: 'custom' });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown type',
      { type: 'pages' },
      /^Paginator: `type`: found text "pages"\. A paginator has one of these types: single, auto, jsonLink, headerLink, headerCursor, cursor, offset, pageNumber\.$/,
    ],
    [
      'an unknown type alone',
      'page_number',
      /found text "page_number"; it must be a paginator, one of single, .*, an object with a `type` or a function\. Did you mean `pageNumber`\?/,
    ],
    ['a type that objects have by birth', 'constructor', /found text "constructor"/],
    ['null', null, /found null; it must be a paginator, one of single, auto/],
    ['a number', 5, /found number 5/],
    ['no type', { cursorPath: 'next' }, /`type`: found nothing/],
    [
      'an unknown key',
      { type: 'cursor', cursorpath: 'next' },
      /`cursorpath`: unknown key\. Did you mean `cursorPath`\? Paginator cursor takes cursorPath, cursorParam, cursorBodyPath, hasMorePath, stopAfterEmptyPage/,
    ],
    [
      'a key for one that takes none',
      { type: 'auto', limit: 5 },
      /`limit`: unknown key\. Paginator auto takes nothing else/,
    ],
    [
      'a type alone that needs more',
      'offset',
      /`limit`: is missing; it must be a whole number of at least 1/,
    ],
    ['what the paginator refuses', { type: 'offset', limit: -5 }, /`limit`: found number -5/],
  ])('refuses %s', (_what, given, message) => {
    expect(() => paginatorOf(given as PaginatorConfig)).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  it('reads the same from a config as from the call', () => {
    expect(JSON.stringify(paginatorOf({ type: 'offset', limit: 5 }))).toBe(
      JSON.stringify(offset({ limit: 5 })),
    );
  });
});
