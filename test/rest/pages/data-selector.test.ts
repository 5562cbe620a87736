import { describe, expect, it } from 'vitest';
import { detectSelector } from '#src/rest/pages/data-selector.js';
import type { Json } from 'sluice';

describe('the data selector', () => {
  it.each<[string, Json, string]>([
    ['a list itself', [{ id: 1 }], '@'],
    ['an object without lists', { id: 1, name: 'x' }, '@'],
    ['the only list', { articles: [], paging: { next: 1 } }, 'articles'],
    ['a usual name before an earlier other', { errors: [], data: [] }, 'data'],
    ['the first of two usual names', { results: [], data: [] }, 'results'],
    ['a list further down', { _embedded: { items: [] }, _links: {} }, '_embedded.items'],
    ['the first list, depth first, without a usual name', { a: { b: [] }, c: [] }, 'a.b'],
    ['three keys deep', { a: { b: { values: [] } } }, 'a.b.values'],
    ['nothing deeper', { a: { b: { c: { data: [] } } } }, '@'],
    ['lists, not what is in them', { rows: [{ data: [] }] }, 'rows'],
    ['a scalar', 3, '@'],
    ['null', null, '@'],
  ])('is %s', (_what, body, selector) => {
    expect(detectSelector(body)).toBe(selector);
  });
});
