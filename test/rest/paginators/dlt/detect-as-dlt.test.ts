import { expect, it } from 'vitest';
import { detectAsDlt } from '#src/rest/paginators/dlt/detect-as-dlt.js';
import type { Json, PaginatorConfig } from 'sluice';
import { pageFacts } from '../page-facts.js';

const link = (nextUrlPath: string): PaginatorConfig => ({ type: 'jsonLink', nextUrlPath });
const byCursor = (cursorPath: string): PaginatorConfig => ({ type: 'cursor', cursorPath });
const pages = (totalPath: string): PaginatorConfig => ({ type: 'pageNumber', totalPath });
const SINGLE: PaginatorConfig = { type: 'single' };

it.each<[what: string, body: Json, config: PaginatorConfig]>([
  ['an address', { next: 'http://x/b' }, link('next')],
  ['an address without a host', { next: '/b' }, link('next')],
  ['a key that begins with next, in any case', { NextLink: '/b' }, link('NextLink')],
  ['an address below', { meta: { links: { next: '/b' } } }, link('meta.links.next')],
  ['an object with an address', { next: { rel: 'n', href: '/b' } }, link('next.href')],
  ['an object with a key that begins with url', { next: { url_of: '/b' } }, link('next.url_of')],
  [
    'what is in a next object that has no address',
    { next: { a: { next: '/b' } } },
    link('next.a.next'),
  ],
  ['an address before a number of pages', { pages: 3, next: '/b' }, link('next')],
  ['a text that is no address', { next: 'c' }, byCursor('next')],
  ['an empty text', { next: '' }, byCursor('next')],
  ['a number', { next_page: 2 }, byCursor('next_page')],
  ['a boolean', { next: false }, byCursor('next')],
  [
    'the first of two, though the second is an address',
    { next_id: 5, next: '/b' },
    byCursor('next_id'),
  ],
  [
    'the first in document order, however deep',
    { a: { next: 'c' }, next: '/b' },
    byCursor('a.next'),
  ],
  ['a number of pages', { meta: { total_pages: 3 } }, pages('meta.total_pages')],
  ['a number of pages in a text', { TotalPages: '3' }, pages('TotalPages')],
  ['a number of pages before a cursor', { next: 'c', pages: 3 }, pages('pages')],
  ['a cursor where the first number of pages is none', { pages: 'x', next: 'c' }, byCursor('next')],
  ['nothing where next is null', { next: null }, SINGLE],
  ['nothing in a list', { links: [{ next: '/b' }] }, SINGLE],
  ['nothing in an offset', { offset: 0, limit: 2, total: 9 }, SINGLE],
  ['nothing in a list of pages', { pages: [1, 2] }, SINGLE],
  ['nothing in a list alone', [{ next: '/b' }], SINGLE],
])('detects %s', (_what, body, config) => {
  const found = detectAsDlt(pageFacts({ body: () => body }));
  expect(found.paginator.config).toEqual(config);
  expect(found.why).toMatch(/^as in dlt, .*\.$/);
});

it('detects a link in the header before all else', () => {
  const headers = { link: '<http://x/b>; rel="next"' };
  const found = detectAsDlt(pageFacts({ headers, body: () => ({ next: '/c' }) }));
  expect(found.paginator.config).toEqual({ type: 'headerLink' });
});

it('goes on by dlt’s rules: from page 0, whatever the first request was', () => {
  const { paginator } = detectAsDlt(pageFacts({ body: () => ({ pages: 2 }) }));
  expect(paginator.next(pageFacts({ values: [2] }))).toEqual({ params: { page: 1 } });
  const second = pageFacts({ change: { params: { page: 1 } }, values: [2] });
  expect(paginator.next(second)).toEqual({ end: 'total' });
});
