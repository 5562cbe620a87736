import { describe, expect, it } from 'vitest';
import { PagesAhead } from '#src/rest/pages/pages-ahead.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import type { Paginator, PaginatorConfig } from 'sluice';
import { pageFacts } from '../paginators/page-facts.js';

const total = (rows: number | null): { total: number | null; totalPages: null } => ({
  total: rows,
  totalPages: null,
});

/** The pages that are requested ahead behind a first page of ten rows. */
function ahead(
  config: PaginatorConfig,
  size: { total: number | null; totalPages: number | null },
  mode: number | false | null = null,
): unknown[] | null {
  const paginator = paginatorOf(config) as Paginator;
  const facts = { ...pageFacts({ rows: 10 }), change: paginator.first };
  const changes = new PagesAhead(mode).after(facts, paginator, size);
  if (changes === null) return null;
  const first: unknown[] = [];
  for (const { params = {} } of changes) {
    first.push(params['offset'] ?? params['page']);
    if (first.length === 5) break;
  }
  return first;
}

describe('the requests that are sent ahead of the next one', () => {
  it.each<[PaginatorConfig, Parameters<typeof ahead>[1], unknown[] | null]>([
    [{ type: 'offset', limit: 10, totalPath: 'total' }, total(100), [20, 30, 40, 50, 60]],
    [{ type: 'offset', limit: 100, totalPath: 'total' }, total(35), [20, 30, 35]],
    [{ type: 'pageNumber' }, total(30), [2, 3]],
    [{ type: 'pageNumber', hasMorePath: 'more' }, total(30), [2]],
    [{ type: 'pageNumber', maximumPage: 3 }, total(100), [2]],
    [{ type: 'pageNumber' }, { total: null, totalPages: 4 }, [2, 3, 4]],
    [{ type: 'pageNumber' }, total(10), []],
    [{ type: 'pageNumber' }, total(null), null],
    [{ type: 'pageNumber', basePage: 'auto' }, total(100), null],
    [{ type: 'pageNumber', page: 4 }, total(100), null],
    [{ type: 'cursor' }, total(100), null],
    [{ type: 'jsonLink' }, total(100), null],
  ])('of %j and %j are %j', (config, size, expected) => {
    expect(ahead(config, size)).toEqual(expected);
  });

  it('need no total where a number is configured, and are none where it is false', () => {
    expect(ahead({ type: 'pageNumber' }, total(null), 2)).toEqual([2, 3, 4, 5, 6]);
    expect(ahead({ type: 'pageNumber' }, total(100), false)).toBeNull();
    expect(ahead({ type: 'cursor' }, total(100), 2)).toBeNull();
  });
});
