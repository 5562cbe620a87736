import { describe, expect, it } from 'vitest';
import {
  type EndpointConfig,
  endpoint,
  type RestConfig,
  restSource,
  type RestEndpoint,
  type SourceEvent,
} from 'sluice';
import { type LocalServer, serve } from '../../support/local-server.js';
import { readAll, readSource } from '../../support/read-pages.js';

const noticesOf = (events: readonly SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));

interface Given {
  params?: Record<string, number>;
  json?: object;
}

async function notices(server: LocalServer, part: RestEndpoint): Promise<string[]> {
  const { error, events } = await readSource(
    restSource<RestConfig>({
      client: { baseUrl: server.url },
      resources: [{ name: 'x', endpoint: { path: 'x', dataSelector: 'data', ...part } }],
    }),
  );
  expect(error).toBeNull();
  return noticesOf(events);
}

const row = { id: 1, updated_at: '2024-02-01', meta: { 'seen.at': 3, gone: null } };

describe('a path that matches nothing in any response is reported with what was there', () => {
  it.each<[string, RestEndpoint, RegExp]>([
    [
      'a cursor of pages',
      { paginator: { type: 'cursor', cursorPath: 'paging.nextCursor' } },
      /^`paginator.cursorPath` is `paging.nextCursor`.*Did you mean `paging.next_cursor`\?/,
    ],
    ['a cursor by default', { paginator: 'cursor' }, /`paginator.cursorPath` is `cursors.next`/],
    [
      'a link',
      { paginator: { type: 'jsonLink', nextUrlPath: 'nextLink' } },
      /^`paginator.nextUrlPath` is `nextLink`.*Did you mean `@odata.nextLink`/,
    ],
    [
      'a total',
      { paginator: { type: 'offset', limit: 9, totalPath: 'totl' } },
      /^`paginator.totalPath` is `totl`.*Did you mean `total`\?/,
    ],
    [
      'a flag',
      { paginator: { type: 'pageNumber', basePage: 1, hasMorePath: 'hasMore', maximumPage: 2 } },
      /^`paginator.hasMorePath` is `hasMore`.*Did you mean `has_more`\?/,
    ],
  ])('%s', async (_what, part, message) => {
    const server = await serve(() => ({
      json: {
        data: [row],
        paging: { next_cursor: null },
        '@odata.nextLink': null,
        total: 1,
        has_more: false,
      },
    }));
    const found = await notices(
      server,
      part.paginator === undefined ? { paginator: 'single', ...part } : part,
    );
    expect(found.filter((one) => one.startsWith('`'))).toEqual([
      expect.stringMatching(message) as string,
    ]);
  });

  it.each<[string, RestEndpoint['paginator'], Record<string, string>, RegExp | null]>([
    [
      'a header',
      { type: 'headerCursor', cursorKey: 'x-nxt-cursor' },
      { 'x-next-cursor': 'abc' },
      /^`paginator.cursorKey` is `x-nxt-cursor`.*Did you mean `x-next-cursor`\?/,
    ],
    [
      'a relation',
      { type: 'headerLink', rel: 'nxet' },
      { link: '</x?page=2>; rel="next", </x>; rel=self' },
      /^`paginator.rel` is `nxet`.*Did you mean `next`\? There are: `next`, `self`/,
    ],
    ['no standard header', { type: 'headerCursor' }, {}, null],
    ['no standard relation', { type: 'headerLink' }, {}, null],
  ])('%s', async (_what, paginator, headers, message) => {
    const server = await serve(() => ({ json: { data: [row] }, headers }));
    const found = await notices(server, { ...(paginator && { paginator }) });
    expect(found).toEqual(message === null ? [] : [expect.stringMatching(message)]);
  });

  it.each<[string, string, Given]>([
    ['fewer rows came than were requested', 'after', { params: { limit: 100 } }],
    ['a flag says that there is no more', 'meta.next_cursor', { json: { has_more: false } }],
  ])('but not a cursor where %s', async (_what, cursorPath, { params = {}, json = {} }) => {
    const server = await serve(() => ({ json: { data: [row], ...json } }));
    expect(await notices(server, { params, paginator: { type: 'cursor', cursorPath } })).toEqual(
      [],
    );
  });

  it('a data selector, as an error', async () => {
    const server = await serve(() => ({ json: { result: { Items: [row] } } }));
    const { error } = await readAll(
      endpoint({ url: server.url, dataSelector: 'result.items' } satisfies EndpointConfig),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringContaining('Did you mean `result.Items`?') as string,
    });
  });

  it('once for all lists of a resource', async () => {
    const server = await serve(({ url }) => ({
      json: url === '/a' ? [{ id: 1 }, { id: 2 }, { id: 3 }] : { data: [row] },
    }));
    const { events } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          'a',
          {
            name: 'b',
            endpoint: {
              path: 'b/{resources.a.id}',
              dataSelector: 'data',
              paginator: { type: 'cursor', cursorPath: 'nxt' },
            },
          },
        ],
      }),
    );
    expect(noticesOf(events)).toEqual([expect.stringContaining('`paginator.cursorPath`')]);
  });
});

describe('a path that matches is not reported', () => {
  it.each<[string, RestEndpoint, unknown[]]>([
    [
      'on one page of several',
      { paginator: { type: 'jsonLink', nextUrlPath: 'next' } },
      [{ data: [row], next: '?p=2' }, { data: [row] }],
    ],
    [
      'with null for a next page',
      { paginator: { type: 'cursor', cursorPath: 'next' } },
      [{ data: [row], next: null }],
    ],
    [
      'where the API says that there is no more',
      { paginator: { type: 'cursor', cursorPath: 'next', hasMorePath: 'more' } },
      [{ data: [row], more: false }],
    ],
    [
      'nor where there are no rows',
      {
        paginator: { type: 'cursor', cursorPath: 'next' },
      },
      [{ data: [] }],
    ],
  ])('%s', async (_what, part, responses) => {
    let request = 0;
    const server = await serve(() => ({ json: responses[request++] }));
    expect(await notices(server, part)).toEqual([]);
  });
});

describe('a wildcard in a placeholder', () => {
  const resources = (more: object): Parameters<typeof restSource>[0] => ({
    client: { baseUrl: 'http://127.0.0.1:1' },
    resources: ['orders', { name: 'skus', ...more }],
  });

  it.each<[string, object]>([
    ['in a path', { endpoint: { path: 'sku/{resources.orders.items[*].sku}' } }],
    [
      'in parameters',
      { endpoint: { path: 'sku', params: { s: '{resources.orders.items.*.sku}' } } },
    ],
    [
      'in includeFromParent',
      {
        endpoint: { path: 'sku/{resources.orders.id}' },
        includeFromParent: { sku: 'items[*].sku' },
      },
    ],
  ])('is an error that names the way out: %s', (_where, more) => {
    expect(() => restSource(resources(more))).toThrow(
      /many values of a row.*\[\*\]\.items.*`items\[0\]\.sku`/,
    );
  });

  it('has a way out that requests every element', async () => {
    const orders = [
      { id: 1, items: [{ sku: 'x' }, { sku: 'y' }] },
      { id: 2, items: [] },
    ];
    const server = await serve(({ url }) => ({ json: url === '/orders' ? orders : [{ url }] }));
    const { rows } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          'orders',
          { name: 'items', endpoint: { responseOf: 'orders', dataSelector: '[*].items' } },
          { name: 'skus', endpoint: 'sku/{resources.items.sku}' },
        ],
      }),
    );
    expect(rows['skus']).toEqual([{ url: '/sku/x' }, { url: '/sku/y' }]);
  });
});
