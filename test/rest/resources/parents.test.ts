import { describe, expect, it } from 'vitest';
import { type JsonObject, type RestResource, restSource, type Source } from 'sluice';
import { type ReceivedRequest, type LocalServer, serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const sourceOf = (server: LocalServer, resources: readonly (string | RestResource)[]): Source =>
  restSource({ name: 'shop', client: { baseUrl: server.url, paginator: 'single' }, resources });
const urls = (server: LocalServer, begin: string): string[] =>
  server.requests
    .map(({ url }) => url)
    .filter((url) => url.startsWith(begin))
    .toSorted();

/** Shops 1 and 2, each with two orders, each with one line. */
const shops = ({ path }: ReceivedRequest): { json: unknown } => {
  if (path === '/shops')
    return {
      json: [
        { id: 1, city: 'Kyiv' },
        { id: 2, city: 'Oslo' },
      ],
    };
  const shop = /^\/shops\/(\d)\/orders$/.exec(path)?.[1];
  if (shop !== undefined) return { json: [{ id: `${shop}a` }, { id: `${shop}b` }] };
  if (path === '/days') return { json: [{ day: 'mon' }, { day: 'tue' }] };
  return { json: [{ request: path }] };
};

describe('a child of a child', () => {
  it('takes fields of every row above it, also of one that the parent does not pass on', async () => {
    const server = await serve(shops);
    const { rows, error } = await readSource(
      sourceOf(server, [
        'shops',
        { name: 'orders', endpoint: 'shops/{resources.shops.id}/orders' },
        {
          name: 'lines',
          endpoint: {
            path: 'lines/{resources.shops.city}/{resources.orders.id}',
            dataSelector: '@',
          },
          includeFromParent: { order_id: 'id', city: 'shops.city' },
        },
      ]),
    );
    expect(error).toBeNull();
    expect(rows['lines']?.toSorted(byText)).toEqual(
      [
        ['Kyiv', '1a'],
        ['Kyiv', '1b'],
        ['Oslo', '2a'],
        ['Oslo', '2b'],
      ]
        .map(([city, order]) => ({ request: `/lines/${city}/${order}`, order_id: order, city }))
        .toSorted(byText),
    );
  });
});

describe('a child of several parents', () => {
  it('is requested with each row of one and each of the other', async () => {
    const server = await serve(shops);
    const { rows, pages, error } = await readSource(
      sourceOf(server, [
        'shops',
        'days',
        {
          name: 'sales',
          endpoint: { path: 'sales/{resources.shops.id}/{resources.days.day}', dataSelector: '@' },
          includeFromParent: ['shops.id', 'days.day'],
        },
      ]),
    );
    expect(error).toBeNull();
    expect(urls(server, '/sales')).toEqual([
      '/sales/1/mon',
      '/sales/1/tue',
      '/sales/2/mon',
      '/sales/2/tue',
    ]);
    expect(rows['sales']).toContainEqual({
      request: '/sales/2/mon',
      _shops_id: 2,
      _days_day: 'mon',
    });
    expect(
      new Set(pages.filter(({ resource }) => resource === 'sales').map(({ parent }) => parent))
        .size,
    ).toBe(4);
  });

  it('must say whose fields are stamped', () => {
    const resources = [
      'a',
      'b',
      { name: 'c', endpoint: '{resources.a.id}/{resources.b.id}/c', includeFromParent: ['id'] },
    ];
    expect(() => restSource({ client: { baseUrl: 'http://x' }, resources })).toThrow(
      '`resources[2].includeFromParent`: there are several parents (a, b): write `<parent>.id`.',
    );
  });
});

describe('rows that are given', () => {
  it('request children as rows of an API do, and are loaded themselves', async () => {
    const server = await serve(shops);
    const { rows } = await readSource(
      sourceOf(server, [
        { name: 'reports', data: [{ id: 'r/1' }, { id: 'r2' }] },
        {
          name: 'metrics',
          endpoint: { path: 'metrics/{resources.reports.id}', dataSelector: '@' },
        },
      ]),
    );
    expect(rows['reports']).toEqual([{ id: 'r/1' }, { id: 'r2' }]);
    expect(urls(server, '/metrics')).toEqual(['/metrics/r%2F1', '/metrics/r2']);
  });

  it('may come from an async iterable, page by page, and may be none', async () => {
    const server = await serve(shops);
    async function* ids(): AsyncGenerator<JsonObject> {
      for (let id = 0; id < 1_001; id += 1) yield { id };
    }
    const { pages } = await readSource(
      sourceOf(server, [
        { name: 'ids', data: ids },
        { name: 'none', data: [] },
      ]),
    );
    expect(pages.map(({ resource, index, rows }) => [resource, index, rows.count])).toEqual([
      ['ids', 0, 1_000],
      ['ids', 1, 1],
    ]);
  });
});

describe('groups', () => {
  it('request several rows of the parent at once, across its pages', async () => {
    const server = await serve(({ path, query }) => {
      if (path === '/users')
        return {
          json: {
            users:
              Number(query.get('page') ?? 0) === 0
                ? [{ id: 1 }, { id: 2 }, { id: 3 }]
                : [{ id: 4 }, { id: 5 }],
            pages: 2,
          },
        };
      return { json: (query.get('ids') ?? '').split(',').map((id) => ({ id: Number(id) })) };
    });
    const { rows, error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          {
            name: 'users',
            endpoint: {
              dataSelector: 'users',
              paginator: { type: 'pageNumber', totalPath: 'pages' },
            },
          },
          {
            name: 'details',
            endpoint: {
              params: { ids: '{resources.users.id}' },
              groupSize: 2,
              paginator: 'single',
            },
          },
        ],
      }),
    );
    expect(error).toBeNull();
    expect(urls(server, '/details')).toEqual([
      '/details?ids=1%2C2',
      '/details?ids=3%2C4',
      '/details?ids=5',
    ]);
    expect(rows['details']?.map(({ id }) => id).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('are lists in a JSON body', async () => {
    const bodies: unknown[] = [];
    const server = await serve(async ({ path, body }) => {
      if (path === '/users') return { json: [{ id: 1 }, { id: 2 }] };
      bodies.push(JSON.parse(await body));
      return { json: [] };
    });
    await readSource(
      sourceOf(server, [
        'users',
        {
          name: 'details',
          endpoint: {
            method: 'POST',
            json: { filter: { ids: '{resources.users.id}' } },
            groupSize: 10,
          },
        },
      ]),
    );
    expect(bodies).toEqual([{ filter: { ids: [1, 2] } }]);
  });

  it('cannot stamp fields of their many parents', () => {
    expect(() =>
      restSource({
        client: { baseUrl: 'http://x' },
        resources: [
          'a',
          {
            name: 'b',
            endpoint: { params: { ids: '{resources.a.id}' }, groupSize: 2 },
            includeFromParent: ['id'],
          },
        ],
      }),
    ).toThrow(/groupSize.*rows do not tell which parent/);
  });
});

describe('one response with several tables', () => {
  it('is requested once, and each resource takes its rows', async () => {
    const server = await serve(({ path }) => ({
      json:
        path === '/people'
          ? {
              people: { p1: { name: 'Imani' } },
              teams: { t1: { name: 'Tier 1' }, t2: { name: 'Tier 2' } },
              total: 1,
            }
          : [{ path }],
    }));
    const { rows, error } = await readSource(
      sourceOf(server, [
        { name: 'people', endpoint: { dataSelector: 'people', rows: 'map', key: 'id' } },
        {
          name: 'teams',
          endpoint: { responseOf: 'people', dataSelector: 'teams', rows: 'map', key: 'id' },
        },
        {
          name: 'members',
          endpoint: { path: 'teams/{resources.teams.id}/members', dataSelector: '@' },
        },
      ]),
    );
    expect(error).toBeNull();
    expect(rows['teams']).toEqual([
      { name: 'Tier 1', id: 't1' },
      { name: 'Tier 2', id: 't2' },
    ]);
    expect(server.requests.map(({ path }) => path).toSorted()).toEqual([
      '/people',
      '/teams/t1/members',
      '/teams/t2/members',
    ]);
  });

  it('that lacks the rows of another resource on a later page is an error that names the option', async () => {
    const server = await serve(({ query }) => ({
      json: query.has('page')
        ? { people: [{ id: 2 }], next: null }
        : { people: [{ id: 1 }], teams: [{ id: 9 }], next: '?page=2' },
    }));
    const of = (mayBeMissing: boolean): Source =>
      restSource({
        name: 'shop',
        client: { baseUrl: server.url, paginator: { type: 'jsonLink' } },
        resources: [
          { name: 'people', endpoint: { dataSelector: 'people' } },
          {
            name: 'teams',
            endpoint: { responseOf: 'people', dataSelector: 'teams', mayBeMissing },
          },
        ],
      });
    const { error } = await readSource(of(false));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringMatching(
        /^Resource teams, page 2 of the responses of people: Nothing is at `teams`\..*set `mayBeMissing: true` on the endpoint\.$/,
      ) as string,
    });
    const { rows, error: none } = await readSource(of(true));
    expect([none, rows['teams']]).toEqual([null, [{ id: 9 }]]);
  });
});

describe('a request', () => {
  it('takes values of its parent in path, query, headers, form and JSON, typed where they stand alone', async () => {
    const seen: { url: string; header: unknown; body: string; type: unknown }[] = [];
    const server = await serve(async ({ path, url, headers, body }) => {
      if (path === '/users') return { json: [{ id: 7, big: 1 }] };
      seen.push({
        url,
        header: headers['x-user'],
        body: await body,
        type: headers['content-type'],
      });
      return { json: [] };
    });
    const requests = {
      headers: { 'X-User': 'user {resources.users.id}' },
      params: { q: 'id:{resources.users.id}' },
      method: 'POST' as const,
    };
    await readSource(
      sourceOf(server, [
        'users',
        {
          name: 'a',
          endpoint: {
            ...requests,
            path: 'a',
            json: {
              id: '{resources.users.id}',
              text: '#{resources.users.id}',
              list: ['{resources.users.id}'],
              query: '{ viewer { id } }',
            },
          },
        },
        {
          name: 'b',
          endpoint: {
            ...requests,
            path: 'b',
            data: { id: '{resources.users.id}', many: ['x', '{resources.users.id}'] },
          },
        },
        {
          name: 'c',
          endpoint: {
            ...requests,
            path: 'c',
            data: '<id>{resources.users.id}</id>',
            headers: { 'content-type': 'text/xml' },
          },
        },
      ]),
    );
    expect(seen.toSorted(byText)).toEqual(
      [
        {
          url: '/a?q=id%3A7',
          header: 'user 7',
          body: '{"id":7,"text":"#7","list":[7],"query":"{ viewer { id } }"}',
          type: 'application/json',
        },
        {
          url: '/b?q=id%3A7',
          header: 'user 7',
          body: 'id=7&many=x&many=7',
          type: 'application/x-www-form-urlencoded',
        },
        { url: '/c?q=id%3A7', header: undefined, body: '<id>7</id>', type: 'text/xml' },
      ].toSorted(byText),
    );
  });

  it('has one body', () => {
    expect(() =>
      restSource({
        client: { baseUrl: 'http://x' },
        resources: [{ name: 'a', endpoint: { method: 'POST', json: {}, data: '' } }],
      }),
    ).toThrow(
      '`resources[0].endpoint.data`: resource a has both `json` and `data`; a request has one body.',
    );
  });
});
