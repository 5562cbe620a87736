import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import { endpoint, type EndpointConfig, type RestEndpoint, restSource } from 'sluice';
import { serve } from '../support/local-server.js';
import { readAll, readSource, rowsOf } from '../support/read-pages.js';

describe('a data selector', () => {
  it.each<[string, unknown]>([
    ['odata.value', { 'odata.value': [{ id: 1 }], odata: { value: [{ id: 2 }] } }],
    ['odata.value', { odata: { value: [{ id: 1 }] } }],
    ['$.d.results', { d: { results: [{ id: 1 }] } }],
    ["$['d.x'].results", { 'd.x': { results: [{ id: 1 }] }, d: { x: { results: [] } } }],
    ["'d.x'.results", { 'd.x': { results: [{ id: 1 }] } }],
    ['d["x.y"]', { d: { 'x.y': [{ id: 1 }] } }],
    ['@graph', { '@graph': [{ id: 1 }] }],
    ['$items', { $items: [{ id: 1 }] }],
    ['d.x.y', { d: { 'x.y': [{ id: 1 }] } }],
    ['$.groups[0].rows', { groups: [{ rows: [{ id: 1 }] }] }],
    ['g[*].a.b', { g: [{ 'a.b': [{ id: 1 }], a: { b: [{ id: 2 }] } }] }],
    ['g[*].a.b', { g: [{ a: { b: [{ id: 1 }] } }] }],
    ['x.g[*].b', { 'x.g': [{ b: [{ id: 1 }] }], x: { g: [] } }],
    ["g[*]['a.b']", { g: [{ 'a.b': [{ id: 1 }] }] }],
    ['g.*.a.b', { g: { k: { 'a.b': [{ id: 1 }] } } }],
  ])('%s is read as the API writes it in %j', async (dataSelector, json) => {
    const server = await serve(() => ({ json }));
    const { pages, error } = await readAll(endpoint({ url: server.url, dataSelector }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }]]);
  });
});

describe('a data selector with a misspelt end behind a wildcard', () => {
  const read = async (
    json: unknown,
    child: RestEndpoint,
  ): Promise<{ messages: string[]; verdict: string }> => {
    const server = await serve(() => ({ json }));
    const { events, error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          { name: 'a', endpoint: { path: 'a', dataSelector: 'all' } },
          { name: 'b', endpoint: child },
        ],
      }),
    );
    expect(error).toBeNull();
    const tally = completenessTally('b');
    for (const event of events) if ('resource' in event && event.resource === 'b') tally.add(event);
    const messages = events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
    return { messages, verdict: tally.result().verdict };
  };
  const all = [{ id: 1 }];
  const groups = [{ people: [{ id: 1 }] }, { people: [] }];

  it.each<[string, RestEndpoint]>([
    ['its own requests', { path: 'b', dataSelector: 'groups[*].peopel' }],
    ['shared responses', { responseOf: 'a', dataSelector: 'groups[*].peopel' }],
  ])('is reported with what was there, and no list is complete: %s', async (_what, endpoint) => {
    expect(await read({ all, groups }, endpoint)).toEqual({
      verdict: 'unproven',
      messages: [
        '`dataSelector` is `groups[*].peopel`, and nothing was there in any response. Did you mean `groups[*].people`? There are: `groups[*].people`.',
      ],
    });
  });

  it.each<[string, unknown, string]>([
    ['some elements have it', [{ people: [{ id: 1 }] }, { name: 'x' }], 'groups[*].people'],
    ['there are no elements', [], 'groups[*].people'],
    ['all lists there are empty', [{ people: [] }, { people: null }], 'groups[*].people'],
  ])('is none where %s', async (_what, found, dataSelector) => {
    const endpoint = { path: 'b', dataSelector };
    expect(await read({ all, groups: found }, endpoint)).toEqual({
      verdict: 'complete',
      messages: [],
    });
  });
});

describe('a path of a paginator', () => {
  const two = (next: (page: number) => object): Parameters<typeof serve>[0] => {
    return ({ query }) => {
      const page = Number(query.get('page') ?? query.get('cursor') ?? 1);
      return { json: { rows: [{ id: page }], ...next(page) } };
    };
  };
  const link = (page: number): string | null => (page < 3 ? `?page=${page + 1}` : null);
  const after = (page: number): number | null => (page < 3 ? page + 1 : null);

  it.each<[string, NonNullable<EndpointConfig['paginator']>, (page: number) => object]>([
    [
      '@odata.nextLink',
      { type: 'jsonLink', nextUrlPath: '@odata.nextLink' },
      (page) => ({ '@odata.nextLink': link(page) }),
    ],
    [
      'a quoted key',
      { type: 'jsonLink', nextUrlPath: "'@odata.nextLink'" },
      (page) => ({ '@odata.nextLink': link(page) }),
    ],
    [
      'a key with dots below another',
      { type: 'jsonLink', nextUrlPath: 'meta.odata.next' },
      (page) => ({ meta: { 'odata.next': link(page) } }),
    ],
    [
      'JSONPath from the root',
      { type: 'jsonLink', nextUrlPath: '$.meta.next' },
      (page) => ({ meta: { next: link(page) } }),
    ],
    [
      'JSONPath in brackets',
      { type: 'cursor', cursorPath: "$['page.info']['next']" },
      (page) => ({ 'page.info': { next: after(page) } }),
    ],
    [
      'a key with dots at the top',
      { type: 'cursor', cursorPath: 'page.next' },
      (page) => ({ 'page.next': after(page) }),
    ],
    [
      'a member of the last row',
      { type: 'cursor', cursorPath: "list[-1].'a.b'" },
      (page) => ({ list: [{ 'a.b': after(page) }] }),
    ],
  ])('may be %s', async (_what, paginator, next) => {
    const server = await serve(two(next));
    const { pages, error } = await readAll(
      endpoint({ url: server.url, dataSelector: 'rows', paginator }),
    );
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }, { id: 2 }, { id: 3 }]]);
  });
});

describe('a field of a parent', () => {
  it.each<[string, unknown]>([
    ['@odata.id', { '@odata.id': 'x', '@odata': { id: 'y' } }],
    ['order.no', { order: { no: 'x' } }],
    ['$.order.no', { order: { no: 'x' } }],
    ["'order.no'", { 'order.no': 'x', order: { no: 'y' } }],
    ['order["no.1"]', { order: { 'no.1': 'x' } }],
    ['lines[0].no', { lines: [{ no: 'x' }, { no: 'y' }] }],
  ])('%s is read as the API writes it', async (field, row) => {
    const server = await serve(({ url }) => ({ json: url === '/orders' ? [row] : [{ ok: 1 }] }));
    const { error, rows } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          'orders',
          {
            name: 'lines',
            endpoint: { path: `lines/{resources.orders.${field}}`, dataSelector: '@' },
            includeFromParent: { no: field },
          },
        ],
      }),
    );
    expect([error, server.requests.map(({ url }) => url)]).toEqual([null, ['/orders', '/lines/x']]);
    expect(rows['lines']).toEqual([{ ok: 1, no: 'x' }]);
  });
});
