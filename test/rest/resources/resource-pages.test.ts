import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  cursor,
  type JsonObject,
  offset,
  pageNumber,
  type RateLimit,
  type RestEndpoint,
  type RestResource,
  restSource,
  single,
  type Source,
  type SourceEvent,
} from 'sluice';
import { type ReceivedRequest, type LocalServer, serve } from '../../support/local-server.js';
import { readSource, runContext } from '../../support/read-pages.js';

/** Orders with ids of all kinds, each with two refunds. */
const ids = ['a/b', 'c d', 'x@y.org', 'k:1'];
const orders = ids.map((id, n) => ({
  id,
  n,
  customer: { mail: `${n}@x` },
  note: n === 0 ? null : `n${n}`,
}));

function shop(
  server: LocalServer,
  child: Partial<RestResource> = {},
  parent: Partial<RestResource> = {},
): Source {
  return restSource({
    name: 'shop',
    client: { baseUrl: `${server.url}/v1` },
    resources: [
      { name: 'orders', ...parent },
      {
        name: 'refunds',
        endpoint: 'orders/{resources.orders.id}/refunds',
        includeFromParent: { order_id: 'id' },
        ...child,
      },
    ],
  });
}

const noticesOf = (events: readonly SourceEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));

function shopAnswer({ path }: ReceivedRequest): { json: unknown } {
  if (path === '/v1/orders') return { json: orders };
  const id = decodeURIComponent(path.split('/')[3] ?? '');
  return { json: [{ refund: `${id} 1` }, { refund: `${id} 2` }] };
}

const refunds = ids.flatMap((id) => [
  { refund: `${id} 1`, order_id: id },
  { refund: `${id} 2`, order_id: id },
]);
/** No limit but on requests at once. */
const atOnce = (concurrency: number): RateLimit => ({
  requests: 1_000_000,
  per: '1s',
  concurrency,
});

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe('a child resource', () => {
  it('is requested once for every row of its parent, keyed to it', async () => {
    const server = await serve(shopAnswer);
    const { rows, pages, error } = await readSource(shop(server));
    expect(error).toBeNull();
    expect(rows['orders']).toEqual(orders);
    expect(rows['refunds']?.toSorted(byText)).toEqual(refunds.toSorted(byText));
    expect(
      pages
        .filter(({ resource }) => resource === 'refunds')
        .map(({ parent }) => parent)
        .toSorted(byText),
    ).toEqual(ids.map((id) => JSON.stringify({ id })).toSorted(byText));
    expect(pages[0]?.resource).toBe('orders');
  });

  it('takes fields further down and sends them in the query', async () => {
    const server = await serve(shopAnswer);
    await readSource(
      shop(server, {
        endpoint: { path: 'mails', params: { to: '{resources.orders.customer.mail}', limit: 1 } },
      }),
    );
    expect(
      server.requests
        .filter(({ path }) => path === '/v1/mails')
        .map(({ url }) => url)
        .toSorted(),
    ).toEqual([0, 1, 2, 3].map((n) => `/v1/mails?to=${n}%40x&limit=1`));
  });

  it('carries a null of its parent', async () => {
    const server = await serve(shopAnswer);
    const { rows, events } = await readSource(shop(server, { includeFromParent: ['note'] }));
    expect(new Set(rows['refunds']?.map((row) => row['_orders_note']))).toEqual(
      new Set([null, 'n1', 'n2', 'n3']),
    );
    expect(noticesOf(events)).toEqual([]);
  });

  it('carries null for a field that a row of its parent lacks, with a notice', async () => {
    const parents = [{ id: 1, city: 'x' }, { id: 2 }];
    const server = await serve(({ path }) => ({
      json: path === '/v1/orders' ? parents : [{ refund: path }],
    }));
    const { rows, error, events } = await readSource(
      shop(server, { includeFromParent: { town: 'city' } }),
    );
    expect([error, rows['refunds']?.toSorted(byText)]).toEqual([
      null,
      [
        { refund: '/v1/orders/1/refunds', town: 'x' },
        { refund: '/v1/orders/2/refunds', town: null },
      ],
    ]);
    expect(noticesOf(events)).toEqual([
      '`includeFromParent` takes `city` from orders, and some of its rows lack it: the rows below them have null there.',
    ]);
  });

  it('names the fields that are there where no row has the one that is stamped', async () => {
    const server = await serve(shopAnswer);
    const { rows, events } = await readSource(
      shop(server, { includeFromParent: { mail: 'custmer.mail' } }),
    );
    expect(rows['refunds']?.map(({ mail }) => mail)).toEqual(Array(8).fill(null));
    expect(noticesOf(events)).toEqual([
      '`includeFromParent` takes `custmer.mail` from orders, and nothing was there in any response. Did you mean `customer.mail`? There are: `id`, `n`, `customer`, `customer.mail`, `note`. All rows have null there.',
    ]);
  });

  it('names the fields that are there where no row has the one that requests need', async () => {
    const server = await serve(shopAnswer);
    const endpoint = 'orders/{resources.orders.customer.mial}/refunds';
    const { events, rows } = await readSource(
      shop(server, { endpoint, includeFromParent: ['id'] }),
    );
    expect(rows['refunds']).toBeUndefined();
    expect(noticesOf(events)).toEqual([
      expect.stringContaining(
        'the requests need {resources.orders.customer.mial}, and nothing was there in any response. Did you mean `customer.mail`?',
      ),
    ]);
  });

  it('is an error that names the fields that are there where no row may lack one', async () => {
    const server = await serve(shopAnswer);
    const missingParent = 'fail' as const;
    for (const child of [
      { endpoint: { path: 'orders/{resources.orders.n}/x', missingParent } },
      { endpoint: { path: 'orders/{resources.orders.id}/x', missingParent } },
      { endpoint: { path: 'orders/{resources.orders.noet}/x', missingParent } },
    ]) {
      const { error } = await readSource(shop(server, { ...child, includeFromParent: ['nots'] }));
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(/resources\.orders\.no.*Did you mean `note`\?/) as string,
      });
    }
  });

  it('is paged for each parent on its own', async () => {
    const server = await serve(({ path, query }) => {
      if (path === '/orders') return { json: [{ id: 1 }, { id: 2 }] };
      const page = Number(query.get('page'));
      return {
        json: page < (path === '/orders/1/lines' ? 3 : 1) ? [{ line: `${path} ${page}` }] : [],
      };
    });
    const { pages } = await readSource(
      restSource({
        client: { baseUrl: server.url, paginator: pageNumber() },
        resources: [
          { name: 'orders', endpoint: { paginator: single() } },
          { name: 'lines', endpoint: 'orders/{resources.orders.id}/lines' },
        ],
      }),
    );
    const numbers = (parent: string): number[] =>
      pages.filter((page) => page.parent === parent).map(({ index }) => index);
    expect([numbers('{"id":1}'), numbers('{"id":2}')]).toEqual([
      [0, 1, 2, 3],
      [0, 1],
    ]);
  });

  it('is not requested where its parent has no rows', async () => {
    const server = await serve(() => ({ json: [] }));
    const { error, pages, events } = await readSource(shop(server));
    expect([error, pages.length, server.requests.length]).toEqual([null, 1, 1]);
    expect(events.at(-1)).toMatchObject({ kind: 'done', resource: 'refunds', end: 'not-begun' });
  });

  it('is skipped for a parent that is gone, which is reported and does not end the others', async () => {
    const server = await serve((request) =>
      request.path.includes('c%20d') ? { status: 404, json: {} } : shopAnswer(request),
    );
    const { rows, events, error } = await readSource(
      shop(server, {
        endpoint: { path: 'orders/{resources.orders.id}/refunds', skipStatus: [404] },
      }),
    );
    expect(error).toBeNull();
    expect(rows['refunds']?.length).toBe(6);
    expect(events.filter(({ kind }) => kind === 'skip')).toEqual([
      {
        kind: 'skip',
        resource: 'refunds',
        parent: '{"id":"c d"}',
        index: 0,
        status: 404,
        reason: 'status',
      },
    ]);
  });

  it('that fails names itself, its parent and its page, and ends everything', async () => {
    const server = await serve((request) =>
      request.path.includes('c%20d') ? { status: 403, json: {} } : shopAnswer(request),
    );
    const { error } = await readSource(shop(server));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_HTTP',
      message: expect.stringContaining('Resource refunds of parent {"id":"c d"}, page 1') as string,
    });
  });

  it.each<[string, object]>([
    ['lacks the field', { name: 'no id' }],
    ['has null there', { id: null }],
    ['has an empty text there', { id: '' }],
  ])('makes no request for a parent row that %s, and reports it', async (_what, odd) => {
    const server = await serve(({ path }) => ({
      json: path === '/v1/orders' ? [{ id: 1 }, odd, { id: 2 }] : [{ refund: 1 }],
    }));
    const { error, events, rows } = await readSource(shop(server));
    expect(error).toBeNull();
    expect(rows['orders']).toHaveLength(3);
    expect(rows['refunds']).toEqual([
      { refund: 1, order_id: 1 },
      { refund: 1, order_id: 2 },
    ]);
    expect(events.filter(({ kind }) => kind === 'skip')).toEqual([
      expect.objectContaining({
        resource: 'refunds',
        reason: 'missing-parent',
        field: 'orders.id',
        status: null,
      }),
    ]);
  });

  it('refuses a parent row without the field where it says so', async () => {
    const server = await serve(() => ({ json: [{ id: 1 }, { name: 'no id' }] }));
    const endpoint = {
      path: 'orders/{resources.orders.id}/refunds',
      missingParent: 'fail',
    } as const;
    const { error } = await readSource(shop(server, { endpoint }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining('a row of orders has no value there') as string,
    });
  });

  it('sees only the rows that its parent’s processing steps leave', async () => {
    const server = await serve(shopAnswer);
    const steps = [
      { filter: (row: JsonObject) => row['n'] !== 1 },
      { map: (row: JsonObject) => ({ ...row, id: row['n'] ?? null }) },
    ];
    await readSource(shop(server, {}, { processingSteps: steps }));
    expect(server.requests.map(({ path }) => path).toSorted()).toEqual([
      '/v1/orders',
      '/v1/orders/0/refunds',
      '/v1/orders/2/refunds',
      '/v1/orders/3/refunds',
    ]);
  });

  it('finds the key of a map’s member in the field that receives it', async () => {
    const server = await serve(({ path }) => ({
      json: path === '/v1/teams' ? { teams: { t1: { n: 1 }, t2: { n: 2, id: null } } } : [],
    }));
    await readSource(
      restSource({
        client: { baseUrl: `${server.url}/v1` },
        resources: [
          { name: 'teams', endpoint: { dataSelector: 'teams', rows: 'map', key: 'id' } },
          { name: 'members', endpoint: 'teams/{resources.teams.id}/members' },
        ],
      }),
    );
    expect(server.requests.map(({ path }) => path).toSorted()).toEqual([
      '/v1/teams',
      '/v1/teams/t1/members',
      '/v1/teams/t2/members',
    ]);
  });
});

describe('resources on three levels', () => {
  const levels = (server: LocalServer): Source =>
    restSource({
      client: { baseUrl: server.url },
      resources: [
        { name: 'a' },
        { name: 'b', endpoint: 'a/{resources.a.id}/b', includeFromParent: ['id'] },
        {
          name: 'c',
          endpoint: 'a/{resources.b._a_id}/b/{resources.b.id}/c',
          includeFromParent: ['_a_id', 'id'],
        },
      ],
    });
  const response = ({ path }: ReceivedRequest): { json: unknown } => ({
    json: path.endsWith('/c') ? [{ path }] : [{ id: 1 }, { id: 2 }],
  });

  it('reach over several levels, the middle one handing fields of the first on', async () => {
    const server = await serve(response);
    const { rows, pages, error } = await readSource(levels(server));
    expect(error).toBeNull();
    expect(rows['c']?.toSorted(byText)).toEqual(
      [1, 2]
        .flatMap((a) => [1, 2].map((b) => ({ path: `/a/${a}/b/${b}/c`, _b__a_id: a, _b_id: b })))
        .toSorted(byText),
    );
    expect(
      pages
        .filter(({ resource }) => resource === 'c')
        .map(({ parent }) => parent)
        .toSorted(byText),
    ).toEqual(
      [1, 2]
        .flatMap((a) => [1, 2].map((b) => JSON.stringify([{ id: a }, { _a_id: a, id: b }])))
        .toSorted(),
    );
  });

  it('request parents that are not loaded, for their children', async () => {
    const server = await serve(response);
    const source = levels(server).withResources(['c']);
    expect(source.resources.map(({ name, selected }) => [name, selected])).toEqual([
      ['a', false],
      ['b', false],
      ['c', true],
    ]);
    expect((await readSource(source)).rows['c']?.length).toBe(4);
  });

  it('leave out what nobody needs', async () => {
    const server = await serve(response);
    const source = levels(server).withResources(['a']);
    expect(source.resources.map(({ name }) => name)).toEqual(['a']);
    await readSource(source);
    expect(server.requests.map(({ path }) => path)).toEqual(['/a']);
  });

  it('request children of several parents at once, never more than the client sends', async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const server = await serve(async ({ path }, count) => {
      if (path === '/a') return { json: Array.from({ length: 20 }, (_row, id) => ({ id })) };
      // Responses come only when all places are taken, or the last request is here.
      await new Promise<void>((resolve) => {
        held.push(resolve);
        most = Math.max(most, held.length);
        if (held.length === 3 || count === 21) for (const release of held.splice(0)) release();
      });
      return { json: [] };
    });
    await readSource(
      restSource({
        client: { baseUrl: server.url, rateLimit: atOnce(3) },
        resources: ['a', { name: 'b', endpoint: 'a/{resources.a.id}/b' }],
      }),
    );
    expect([server.requests.length, most]).toEqual([21, 3]);
  });

  it('put one listener on the run’s signal, however many requests wait', async () => {
    const context = runContext();
    const listeners: number[] = [];
    const held: (() => void)[] = [];
    const server = await serve(async ({ path }) => {
      if (path === '/a') return { json: Array.from({ length: 15 }, (_row, id) => ({ id })) };
      await new Promise<void>((resolve) => {
        held.push(resolve);
        listeners.push(getEventListeners(context.signal, 'abort').length);
        if (held.length === 15) for (const release of held) release();
      });
      return { json: [] };
    });
    await readSource(
      restSource({
        client: { baseUrl: server.url, rateLimit: atOnce(15) },
        resources: ['a', { name: 'b', endpoint: 'a/{resources.a.id}/b' }],
      }),
      context,
    );
    expect(listeners).toEqual(Array.from({ length: 15 }, () => 1));
  });

  const days = { start: 0, end: 172_800, startParam: 'from', endParam: 'to' };
  it.each<[string, number, RestEndpoint]>([
    ['one by one', 1, { path: 'a/{resources.a.id}/b' }],
    ['in two windows each', 1, { path: 'a/{resources.a.id}/b', windows: days }],
    ['in groups', 3, { params: { ids: '{resources.a.id}' }, groupSize: 3 }],
    ['in large groups', 1_200, { params: { ids: '{resources.a.id}' }, groupSize: 1_200 }],
  ])(
    'hold the parent’s list while more than 1,000 of its rows wait for their children %s, and go on after',
    async (_how, groupSize, endpoint) => {
      const PAGE = 500;
      const LAST = (groupSize === 1 ? 5 : 20) * PAGE;
      const context = runContext();
      let children = 0;
      const early: string[] = [];
      const server = await serve(({ path, query }) => {
        if (path !== '/a') {
          const rows = (query.get('ids') ?? '').split(',').length;
          children += endpoint.windows === undefined ? rows : rows / 2;
          return { json: [] };
        }
        const from = Number(query.get('offset'));
        // A page is requested while the one before is on its way down, which is requested when the
        // one before that is done. Rows in a group that is not full hold nothing up.
        const waiting = from - 2 * PAGE - children;
        if (waiting >= 1_000 + groupSize)
          early.push(`offset ${from} was requested with ${waiting} rows waiting`);
        if (from === LAST) context.stop.abort(new Error('seen enough'));
        return { json: Array.from({ length: PAGE }, (_row, i) => ({ id: from + i })) };
      });
      const resources: RestResource[] = [
        { name: 'a', endpoint: { paginator: offset({ limit: PAGE }) } },
        { name: 'b', endpoint: { paginator: single(), ...endpoint } },
      ];
      const { error } = await readSource(
        restSource({
          client: { baseUrl: server.url, rateLimit: atOnce(8) },
          resources,
        }),
        context,
      );
      expect([early, error]).toEqual([[], new Error('seen enough')]);
    },
  );

  it('end at once when the run is stopped, and leave no listener', async () => {
    const context = runContext();
    let open = 0;
    const server = await serve(({ path }) => {
      if (path === '/v1/orders') return { json: orders };
      if (++open === 4) context.stop.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    const { error } = await readSource(shop(server), context);
    await Promise.all(server.requests.map(({ closed }) => closed));
    expect(error).toMatchObject({ message: 'enough' });
    expect(server.requests.length).toBe(5);
    expect(getEventListeners(context.signal, 'abort')).toEqual([]);
  });
});

describe('a window of time', () => {
  it('is paged on its own, and its pages name it', async () => {
    const server = await serve(({ query }) => ({
      json: {
        next: query.has('cursor') ? null : 'p2',
        rows: [{ from: Number(query.get('from')), page: query.get('cursor') ?? 'p1' }],
      },
    }));
    const { pages, rows } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          {
            name: 'states',
            endpoint: {
              dataSelector: 'rows',
              paginator: cursor({ cursorPath: 'next' }),
              windows: { startParam: 'from', endParam: 'to', start: 100, end: 125, size: 10 },
            },
          },
        ],
      }),
    );
    expect(rows['states']?.toSorted(byText)).toEqual(
      [100, 110, 120].flatMap((from) => [
        { from, page: 'p1' },
        { from, page: 'p2' },
      ]),
    );
    expect(new Set(pages.map(({ parent }) => parent))).toEqual(
      new Set(['{"start":100,"end":110}', '{"start":110,"end":120}', '{"start":120,"end":125}']),
    );
  });
});
