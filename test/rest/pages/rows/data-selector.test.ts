import { describe, expect, it } from 'vitest';
import { detectSelector } from '#src/rest/pages/rows/data-selector.js';
import type { Json } from 'sluice';

const ROW = { id: 1, name: 'x' };
const TWO = [ROW, { id: 2, name: 'y' }];
const LINKS = [
  { rel: 'self', href: '/x' },
  { rel: 'next', href: '/y' },
  { rel: 'last', href: '/z' },
];

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
    expect(detectSelector(body).selector).toBe(selector);
  });

  it.each<[string, Json, string, string]>([
    ['own name before another list', { departments: TWO, users: [ROW] }, 'users', 'users'],
    ['own name before a usual name', { data: TWO, users: [ROW] }, 'users', 'users'],
    ['own name in the singular', { data: TWO, user: [ROW] }, 'users', 'user'],
    ['own name in the plural', { data: TWO, companies: [ROW] }, 'company', 'companies'],
    ['own name though empty', { users: [], departments: TWO }, 'users', 'users'],
    ['own name spelt otherwise', { x: TWO, lineItems: [ROW] }, 'line_items', 'lineItems'],
    ['the end of its name', { x: TWO, orders: [ROW] }, 'shop_orders', 'orders'],
    ['the longest list of objects', { a: [ROW], b: TWO, c: [1, 2, 3] }, 'users', 'b'],
    ['objects that other values follow', { items: [], list: [ROW, [ROW], 1] }, 'users', 'list'],
    ['objects behind null', { items: [], list: [null, ROW, 1] }, 'users', 'list'],
    ['objects before other values', { ids: [1, 2, 3], people: [ROW] }, 'users', 'people'],
    ['a usual name before a longer list', { filters2: TWO, items: [ROW] }, 'x', 'items'],
    ['errors where that is its name', { errors: TWO, data: [] }, 'errors', 'errors'],
    ['messages where nothing else is', { messages: TWO, next: null }, 'mails', 'messages'],
    ['the value of its name that is null', { users: null, total: 0 }, 'users', 'users'],
    ['data that is false', { data: false }, 'users', 'data'],
    ['items that are an empty text', { items: '', status: 'ok' }, 'users', 'items'],
    ['data that is null', { data: null, errors: [ROW] }, 'users', 'data'],
  ])('is the list of its %s', (_what, body, name, selector) => {
    expect(detectSelector(body, [name]).selector).toBe(selector);
  });

  it.each<[string, Json, string]>([
    [
      'FHIR',
      { resourceType: 'Bundle', link: LINKS, entry: [{ resource: ROW }], total: 1 },
      'entry',
    ],
    [
      'HAL',
      { _links: { curies: LINKS }, _embedded: { orders: [ROW] }, tags: TWO },
      '_embedded.orders',
    ],
    ['OData', { '@odata.context': '…', warnings: TWO, value: [ROW] }, 'value'],
    ['OData 2', { d: { results: [ROW], __next: '…' } }, 'd.results'],
    ['JSON:API', { included: TWO, data: [ROW], links: { self: '/x' } }, 'data'],
    ['JSON:API without rows', { included: TWO, data: [] }, 'data'],
    ['GraphQL edges', { data: { users: { edges: [{ node: ROW }] } } }, 'data.users.edges'],
    [
      'GraphQL nodes',
      { errors: [], data: { viewer: { repos: { edges: [{ node: ROW }], nodes: [ROW] } } } },
      'data.viewer.repos.nodes',
    ],
    ['Elasticsearch', { hits: { total: { value: 1 }, hits: [{ _id: 1 }] } }, 'hits.hits'],
    ['Hydra', { '@context': '…', 'hydra:member': [ROW] }, 'hydra:member'],
    ['links before rows', { links: LINKS, users: TWO }, 'users'],
    ['links by another name', { navigation: LINKS, people: [ROW] }, 'people'],
    ['errors that are empty', { errors: [], people: TWO }, 'people'],
    ['errors that are not', { errors: TWO, people: [ROW] }, 'people'],
    ['warnings and messages', { warnings: TWO, messages: ['a'], people: [ROW] }, 'people'],
    ['lists that speak of pages', { meta: { sort: TWO, items: TWO }, people: [ROW] }, 'people'],
    ['a key with dots', { 'a.b': TWO }, "['a.b']"],
    ['a row with links and tags', { id: 1, links: LINKS, tags: ['a', 'b'] }, '@'],
    ['values', { ids: [1, 2], total: 2 }, 'ids'],
  ])('finds the rows of %s', (_what, body, selector) => {
    expect(detectSelector(body, ['users']).selector).toBe(selector);
  });

  it.each<[string, Json]>([
    ['nothing', {}],
    ['a count of none', { total: 0 }],
    ['a count of none, and pages', { total_count: 0, page: 1, next: null, links: {} }],
    ['a Bundle without entries', { resourceType: 'Bundle', id: 'b1', total: 0, link: LINKS }],
    ['HAL that counts none', { page: { size: 20, totalElements: 0 }, _links: { self: {} } }],
    ['OData that counts none', { '@odata.context': '…', '@odata.count': 0 }],
    ['JSON:API that counts none', { jsonapi: { version: '1.0' }, meta: { total: 0 } }],
    [
      'Solr that counts none',
      { responseHeader: { status: 0, QTime: 1 }, response: { numFound: 0 } },
    ],
    ['a count of none in words', { success: true, code: 200, total: '0', message: 'no users' }],
    ["Google's list without items", { kind: 'admin#directory#users', etag: '"x"' }],
    ['a page that only names the next one', { nextPageToken: 'abc' }],
    ['errors alone', { errors: [ROW] }],
    ['an error alone', { error: { code: 7, message: 'no' } }],
    ['an error in words', { success: false, message: 'no' }],
    ['a problem (RFC 9457)', { type: 'about:blank', title: 'No', status: 403, detail: 'x' }],
    ['an error of JSON-RPC', { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'x' } }],
    ['errors of GraphQL without data', { data: { viewer: null }, errors: [ROW] }],
  ])('is nowhere in %s', (_what, body) => {
    expect(detectSelector(body, ['users'])).toMatchObject({ selector: null, isCertain: false });
  });

  it.each<[string, Json]>([
    ['with counts', { id: 1, total: 0, count: 0 }],
    ['with errors', { id: 1, name: 'x', errors: [ROW] }],
    ['with a status', { status: 'ok', version: '1.0' }],
    ['with nothing in a usual name', { id: 1, name: 'x', data: null, content: {} }],
    ['with nothing in a name like its own', { id: 1, name: 'x', user: null }],
    ['of statistics', { total: 5, active: 2 }],
    ['of GraphQL', { data: { viewer: { id: 1 } }, errors: [ROW] }],
  ])('is the response itself, where that is a row %s', (_what, body) => {
    expect(detectSelector(body, ['users']).selector).toBe('@');
  });

  it.each<[string, Json, string]>([
    ['null', { users: null, departments: TWO }, 'users'],
    ['null in the singular', { user: null, departments: TWO }, 'user'],
    ['an object', { users: {}, departments: TWO }, 'users'],
    ['text', { users: '', departments: TWO }, 'users'],
    ['false', { users: false, departments: TWO }, 'users'],
    ['null further down', { data: { users: null, departments: TWO } }, 'data.users'],
    ['null in a usual name', { items: null, departments: TWO }, 'items'],
  ])('is its own list though that is empty: %s', (_what, body, selector) => {
    expect(detectSelector(body, ['users'])).toEqual({
      selector,
      isCertain: false,
      others: [selector.replace(/users?|items/, 'departments')],
    });
  });

  it('is uncertain where the list is empty, and names the other lists', () => {
    expect(detectSelector({ a: [], b: { c: [ROW] } }, [])).toMatchObject({
      selector: 'b.c',
      isCertain: true,
      others: ['a'],
    });
    expect(detectSelector({ a: [], links: LINKS }, [])).toMatchObject({
      selector: 'a',
      isCertain: false,
      others: ['links'],
    });
  });
});
