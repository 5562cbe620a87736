import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, restSource, type RestEndpoint } from 'sluice';
import { type ReceivedRequest, type LocalServer, serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

/** Orders that were changed at or after `since`, by time. */
function ordersSince(
  { query }: ReceivedRequest,
  orders: readonly { id: number; at: string }[],
): { json: unknown } {
  return {
    json: orders.filter(
      ({ at }) => at >= (query.get('since') ?? '') && at < (query.get('until') ?? '~'),
    ),
  };
}

async function run(server: LocalServer, endpoint: RestEndpoint): Promise<void> {
  const source = restSource({
    name: 'shop',
    client: { baseUrl: server.url },
    resources: [{ name: 'orders', primaryKey: 'id', writeDisposition: 'merge', endpoint }],
  });
  await using loading = pipeline({
    name: 'p',
    destination: duckdb(folder.path('t.duckdb')),
    dataset: 'data',
  });
  await loading.run(source);
}

type Page2 = () => { json?: unknown; status?: number };

const incremental = { cursorPath: 'at', startParam: 'since', initialValue: '2026-01-01' };
const queries = (server: LocalServer): (string | null)[] =>
  server.requests.map(({ query }) => query.get('since'));

describe('an incremental resource', () => {
  it('begins where the last run ended, in another process too', async () => {
    const orders = [
      { id: 1, at: '2026-01-05' },
      { id: 2, at: '2026-02-01' },
    ];
    const server = await serve((request) => ordersSince(request, orders));
    await run(server, { path: 'orders', incremental });
    orders.push({ id: 3, at: '2026-03-01' });
    await run(server, { path: 'orders', incremental });
    await run(server, { path: 'orders', incremental });
    expect(queries(server)).toEqual(['2026-01-01', '2026-02-01', '2026-03-01']);
    expect(
      await duckdb(folder.path('t.duckdb')).query('SELECT id FROM data.orders ORDER BY id'),
    ).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });

  it('keeps its value through a run without rows, and through one that fails', async () => {
    const responses: ({ json: unknown } | { status: number })[] = [
      { json: [{ id: 1, at: '2026-01-05' }] },
      { json: [] },
      { status: 403 },
      { json: [] },
    ];
    const server = await serve(() => responses.shift() ?? { json: [] });
    await run(server, { path: 'orders', incremental });
    await run(server, { path: 'orders', incremental });
    await expect(run(server, { path: 'orders', incremental })).rejects.toThrow(/403/);
    await run(server, { path: 'orders', incremental });
    expect(queries(server)).toEqual(['2026-01-01', '2026-01-05', '2026-01-05', '2026-01-05']);
  });

  it('requests everything where there is no initial value', async () => {
    const server = await serve((request) => ordersSince(request, [{ id: 1, at: '2026-01-05' }]));
    await run(server, { path: 'orders', incremental: { cursorPath: 'at', startParam: 'since' } });
    expect(server.requests[0]?.url).toBe('/orders');
  });

  it('with an end value is a backfill, which does not change the stored value', async () => {
    const server = await serve((request) =>
      ordersSince(request, [
        { id: 1, at: '2026-01-05' },
        { id: 2, at: '2026-02-01' },
      ]),
    );
    await run(server, { path: 'orders', incremental });
    await run(server, {
      path: 'orders',
      incremental: { ...incremental, endParam: 'until', endValue: '2026-01-31' },
    });
    await run(server, { path: 'orders', incremental });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/orders?since=2026-01-01',
      '/orders?since=2026-01-01&until=2026-01-31',
      '/orders?since=2026-02-01',
    ]);
  });

  it('fills its values into placeholders', async () => {
    const seen: string[] = [];
    const server = await serve(async (request) => {
      seen.push(`${request.url} ${await request.body}`);
      return { json: [{ id: 1, at: 20 }] };
    });
    const endpoint: RestEndpoint = {
      path: 'orders/{incremental.start_value}',
      method: 'POST',
      json: { from: '{incremental.startValue}' },
      dataSelector: '@',
      incremental: { cursorPath: 'at', initialValue: 10 },
    };
    await run(server, endpoint);
    await run(server, endpoint);
    expect(seen).toEqual(['/orders/10 {"from":10}', '/orders/20 {"from":20}']);
  });

  it.each<[string, Partial<RestEndpoint>, Page2]>([
    [
      'a response in its middle was skipped',
      { responseActions: [{ statusCode: 403, action: 'ignore' }] },
      () => ({ status: 403 }),
    ],
    [
      'its configured maximum was reached',
      { paginator: { type: 'offset', limit: 1, maximumOffset: 1 } },
      () => ({ json: { data: [{ id: 2, at: '2026-02-02' }] } }),
    ],
    [
      'it gave fewer rows than it had declared',
      { paginator: { type: 'offset', limit: 1, totalPath: 'total' } },
      () => ({ json: { data: [], total: 5 } }),
    ],
  ])('does not advance its value where %s', async (_what, more, page2) => {
    const server = await serve(({ query }) =>
      query.get('offset') === '0'
        ? { json: { data: [{ id: 1, at: '2026-01-02' }], total: 5 } }
        : page2(),
    );
    const endpoint: RestEndpoint = {
      path: 'orders',
      dataSelector: 'data',
      paginator: { type: 'offset', limit: 1 },
      incremental,
      ...more,
    };
    await run(server, endpoint);
    await run(server, endpoint);
    expect(new Set(queries(server))).toEqual(new Set(['2026-01-01']));
    expect(
      await duckdb(folder.path('t.duckdb')).query('SELECT id FROM data.orders WHERE id = 1'),
    ).toHaveLength(1);
  });

  it('does not advance its value where the last response is a part, and nothing says that it is the last', async () => {
    const server = await serve(() => ({ status: 206, json: [{ id: 1, at: '2026-01-02' }] }));
    const endpoint: RestEndpoint = { path: 'orders', paginator: 'single', incremental };
    await run(server, endpoint);
    await run(server, endpoint);
    expect(queries(server)).toEqual(['2026-01-01', '2026-01-01']);
  });

  it('keeps its value apart from that of another pipeline on the same dataset', async () => {
    const server = await serve((request) => ordersSince(request, [{ id: 1, at: '2026-03-01' }]));
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: [
        {
          name: 'orders',
          primaryKey: 'id',
          writeDisposition: 'merge',
          endpoint: { path: 'orders', incremental },
        },
      ],
    });
    for (const name of ['one', 'two', 'one']) {
      await using loading = pipeline({
        name,
        destination: duckdb(folder.path('t.duckdb')),
        dataset: 'data',
      });
      await loading.run(source);
    }
    expect(queries(server)).toEqual(['2026-01-01', '2026-01-01', '2026-03-01']);
  });

  it('keeps the value of a parent that is read and not loaded', async () => {
    const server = await serve(({ path }) => ({
      json: path === '/shops' ? [{ id: 'a', at: '2026-03-01' }] : [],
    }));
    const source = restSource({
      client: { baseUrl: server.url, paginator: 'single' },
      resources: [
        { name: 'shops', selected: false, endpoint: { path: 'shops', incremental } },
        { name: 'orders', endpoint: 'shops/{resources.shops.id}/orders' },
      ],
    });
    for (let i = 0; i < 2; i += 1) {
      await using loading = pipeline({
        name: 'p',
        destination: duckdb(folder.path('t.duckdb')),
        dataset: 'data',
      });
      await loading.run(source);
    }
    expect(
      server.requests.flatMap(({ path, query }) => (path === '/shops' ? [query.get('since')] : [])),
    ).toEqual(['2026-01-01', '2026-03-01']);
  });

  it('keeps a value for each parent', async () => {
    // A whole number that is a double is sent back as one.
    const server = await serve(({ path }) => ({
      text:
        path === '/shops'
          ? '[{"id":"a"},{"id":"b"}]'
          : `[{"id":"${path}","at":${path === '/shops/a/orders' ? '1' : '2.0'}}]`,
    }));
    const source = restSource({
      client: { baseUrl: server.url, paginator: 'single' },
      resources: [
        { name: 'shops' },
        {
          name: 'orders',
          primaryKey: 'id',
          writeDisposition: 'merge',
          endpoint: {
            path: 'shops/{resources.shops.id}/orders',
            incremental: { cursorPath: 'at', startParam: 'since' },
          },
        },
      ],
    });
    const path = folder.path('t.duckdb');
    for (let i = 0; i < 2; i += 1) {
      await using loading = pipeline({ name: 'p', destination: duckdb(path), dataset: 'data' });
      await loading.run(source);
    }
    expect(
      server.requests
        .map(({ url }) => url)
        .filter((url) => url.includes('since'))
        .toSorted(),
    ).toEqual(['/shops/a/orders?since=1', '/shops/b/orders?since=2.0']);
    expect(await duckdb(path).query('SELECT count(*) AS kept FROM data._sluice_positions')).toEqual(
      [{ kept: 2 }],
    );
  });
});

describe('the state that is stored for later runs', () => {
  const kept = (): Promise<unknown> =>
    duckdb(folder.path('t.duckdb')).query('SELECT count(*) AS kept FROM data._sluice_positions');
  const paged = ({ query }: ReceivedRequest): { json: unknown } => {
    const page = Number(query.get('page') ?? 1);
    return { json: { items: [{ id: page, at: page }], page, total_pages: 2 } };
  };

  it.each<[string, Partial<RestEndpoint>, number]>([
    ['windows with paging that was found', {}, 1],
    [
      'windows with cursors',
      {
        incremental: { cursorPath: 'at' },
        paginator: { type: 'pageNumber', basePage: 1, totalPath: 'total_pages' },
        dataSelector: 'items',
      },
      3,
    ],
    ['windows with both', { incremental: { cursorPath: 'at' } }, 3],
  ])('does not grow from run to run with %s', async (_what, part, rows) => {
    const server = await serve(paged);
    for (let i = 1; i <= 5; i += 1) {
      // The last window ends later in every run, as one that ends now does.
      const windows = { startParam: 'from', start: 0, end: 172_800 + i, size: 86_400 };
      await run(server, { path: 'orders', windows, ...part });
      expect(await kept()).toEqual([{ kept: rows }]);
    }
  });

  it('does not grow with parents that come and go', async () => {
    let shop = 0;
    const server = await serve((request) =>
      request.url === '/shops' ? { json: [{ id: (shop += 1) }] } : paged(request),
    );
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: ['shops', { name: 'orders', endpoint: 'shops/{resources.shops.id}/orders' }],
    });
    for (let i = 1; i <= 3; i += 1) {
      await using loading = pipeline({
        name: 'p',
        destination: duckdb(folder.path('t.duckdb')),
        dataset: 'data',
      });
      await loading.run(source);
      expect(await kept()).toEqual([{ kept: 1 }]);
    }
    expect(server.requests.map(({ url }) => url).slice(-2)).toEqual([
      '/shops/3/orders?page=1',
      '/shops/3/orders?page=2',
    ]);
  });
});

describe('paging that was detected', () => {
  it('is kept for later runs, which use it from the first page on', async () => {
    const server = await serve(({ query }) => {
      const page = Number(query.get('page') ?? 1);
      return { json: { items: [{ id: page, at: page }], page, total_pages: 2 } };
    });
    await run(server, { path: 'orders' });
    await run(server, { path: 'orders' });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/orders',
      '/orders?page=2',
      '/orders?page=1',
      '/orders?page=2',
    ]);
  });

  it('is detected anew when the request has changed', async () => {
    const server = await serve(({ query }) => {
      const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit'))];
      return {
        json: {
          items: Array.from({ length: 6 }, (_, id) => ({ id })).slice(offset, offset + limit),
          offset,
          limit,
          total: 6,
        },
      };
    });
    await run(server, { path: 'orders', params: { limit: 2 } });
    server.requests.length = 0;
    await run(server, { path: 'orders', params: { limit: 5 } });
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['5', '5']);
  });
});

describe('completeness', () => {
  it('is in the load info and in a table', async () => {
    const server = await serve(({ path, query }) => ({
      json:
        path === '/short'
          ? { data: query.get('offset') === '0' ? [{ id: 1 }] : [], total: 3 }
          : path === '/full'
            ? Array.from({ length: 100 }, (_, id) => ({ id }))
            : [{ id: 1 }],
    }));
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: [
        'good',
        'full',
        {
          name: 'short',
          endpoint: {
            dataSelector: 'data',
            paginator: { type: 'offset', limit: 10, totalPath: 'total' },
          },
        },
      ],
    });
    await using loading = pipeline({
      name: 'p',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'data',
    });
    const info = await loading.run(source);
    const rows = await loading
      .dataset()
      .query(
        'SELECT resource, verdict, reasons, lists, requests, pages, rows, declared_rows, loaded_rows, skipped FROM data._sluice_completeness ORDER BY resource',
      );
    expect(rows).toEqual(
      info.resources
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
        .map(
          ({ name, verdict, reasons, lists, requests, pages, rows: read, declared, skipped }) => ({
            resource: name,
            verdict,
            reasons: JSON.stringify(reasons),
            lists,
            requests,
            pages,
            rows: read,
            declared_rows: declared,
            loaded_rows: read,
            skipped,
          }),
        ),
    );
    expect(info.resources.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['good', 'complete'],
      ['full', 'unproven'],
      ['short', 'incomplete'],
    ]);
    expect(String(info)).toMatch(
      /Resource full is unproven: one page of exactly 100 rows.*\nResource short is INCOMPLETE: the API declared 3 rows and gave 1$/,
    );
  });

  it('ends the run before it is completed, where `incomplete` is fail', async () => {
    const server = await serve(({ query }) => ({
      json: { data: query.get('offset') === '0' ? [{ id: 1 }] : [], total: 3 },
    }));
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: [
        {
          name: 'orders',
          endpoint: {
            dataSelector: 'data',
            paginator: { type: 'offset', limit: 10, totalPath: 'total' },
          },
        },
      ],
    });
    await using loading = pipeline({
      name: 'p',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'data',
    });
    await expect(loading.run(source, { incomplete: 'fail' })).rejects.toMatchObject({
      code: 'ERR_SLUICE_INCOMPLETE',
      message: expect.stringContaining('orders: the API declared 3 rows and gave 1') as string,
    });
    expect(await loading.dataset().query('SELECT count(*) AS committed FROM orders')).toEqual([
      { committed: 1 },
    ]);
    expect(await loading.dataset().query('SELECT count(*) AS loads FROM data._dlt_loads')).toEqual([
      { loads: 0 },
    ]);
  });
});
