import { getEventListeners } from 'node:events';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  bearer,
  cursor,
  endpoint,
  Gate,
  headerLink,
  httpClient,
  jsonLink,
  offset,
  pageNumber,
  type SourceEvent,
} from 'sluice';
import { type ReceivedRequest, serve } from '../support/local-server.js';
import { readAll, rowsOf } from '../support/read-pages.js';

const quick = { retry: { baseMs: 1 } };

/** Numbered rows, `from` to just below `to`. */
function rows(from: number, to: number): { id: number }[] {
  return Array.from({ length: Math.max(0, to - from) }, (_row, i) => ({ id: from + i }));
}

/** A list of `total` rows by offset, at most `cap` a page. */
function slice({ query }: ReceivedRequest, total: number, cap = 100): { id: number }[] {
  const from = Number(query.get('offset') ?? 0);
  return rows(from, Math.min(total, from + Math.min(cap, Number(query.get('limit') ?? cap))));
}

describe('endpoint', () => {
  it('gives the pages of a list in order, with their rows, positions and numbers', async () => {
    const server = await serve(({ query }) => {
      const after = Number(query.get('after') ?? 0);
      return {
        json: { meta: { next: after < 4 ? after + 2 : null }, data: rows(after, after + 2) },
      };
    });
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/v1/orders?detail=false`,
        params: { orderBy: 'id' },
        dataSelector: 'data',
        paginator: cursor({ cursorPath: 'meta.next', cursorParam: 'after' }),
        observe: (event) => events.push(event),
      }),
    );
    expect(error).toBeNull();
    expect(
      pages.map(({ resource, parent, index, next }) => ({ resource, parent, index, next })),
    ).toMatchObject([
      { resource: 'orders', parent: null, index: 0, next: { params: { after: 2 } } },
      { resource: 'orders', parent: null, index: 1, next: { params: { after: 4 } } },
      { resource: 'orders', parent: null, index: 2, next: null },
    ]);
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 6));
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/v1/orders?detail=false&orderBy=id',
      '/v1/orders?detail=false&orderBy=id&after=2',
      '/v1/orders?detail=false&orderBy=id&after=4',
    ]);
    expect(events.filter(({ kind }) => kind === 'page' || kind === 'done')).toEqual([
      ...pages.map(({ index, body }) => ({
        kind: 'page',
        resource: 'orders',
        parent: null,
        index,
        rows: 2,
        bytes: body.length,
      })),
      {
        kind: 'done',
        resource: 'orders',
        parent: null,
        end: 'no-next',
        pages: 3,
        rows: 6,
        declared: null,
        pageSize: null,
        maxPageRows: 2,
        lastPageRows: 2,
        autoDetected: false,
        nextMissing: false,
        more: null,
        fault: null,
        doubt: null,
      },
    ]);
  });

  it('is cold, and every subscription reads anew', async () => {
    const server = await serve(() => ({ json: rows(0, 3) }));
    const list = endpoint({ url: server.url });
    expect(server.requests).toEqual([]);
    await readAll(list);
    expect((await readAll(list)).pages.flatMap(rowsOf)).toEqual(rows(0, 3));
    expect(server.requests.length).toBe(2);
  });

  it('completes after one page without rows', async () => {
    const server = await serve(() => ({ json: { items: [] } }));
    const { pages, error } = await readAll(endpoint({ url: server.url, paginator: pageNumber() }));
    expect([pages.length, pages[0]?.rows.count, error]).toEqual([1, 0, null]);
  });

  it('loses no row to a server that gives fewer than requested', async () => {
    const server = await serve((request) => ({ json: slice(request, 250, 100) }));
    const { pages } = await readAll(
      endpoint({ url: server.url, paginator: offset({ limit: 500 }) }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 250));
  });

  it('requests one page ahead and no more while the gate is closed', async () => {
    const gate = new Gate(0);
    const server = await serve((request) => ({ json: slice(request, 40, 10) }));
    const lists = (): number => server.requests.filter(({ path }) => path === '/list').length;
    let whileShut = -1;
    const open = async (): Promise<void> => {
      // Other requests pass meanwhile, so there was time for one of the list.
      for (let i = 0; i < 10; i += 1) await (await fetch(`${server.url}/other`)).text();
      whileShut = lists();
      gate.release(1);
    };
    const { pages } = await readAll(
      endpoint({
        url: `${server.url}/list`,
        paginator: offset({ limit: 10 }),
        gate,
        observe: (event) => {
          if (event.kind !== 'page') return;
          if (event.index === 0) gate.add(1);
          // Page 2 was under way when the gate shut; page 3 must not be requested before it opens.
          if (event.index === 1) void open();
        },
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 40));
    expect(whileShut).toBe(2);
  });

  it('counts and keys the members of a map', async () => {
    const server = await serve(() => ({
      json: { people: { a1: { name: 'Ann' }, b2: { name: 'Bob', id: 'own' } }, total: 2 },
    }));
    const { pages } = await readAll(
      endpoint({
        url: server.url,
        dataSelector: 'people',
        rows: 'map',
        key: 'id',
        paginator: offset({ limit: 10, totalPath: 'total' }),
      }),
    );
    expect(pages.map((page) => page.rows.count)).toEqual([2]);
    expect(pages.flatMap(rowsOf)).toEqual([
      { id: 'a1', name: 'Ann' },
      { id: 'own', id_8oktkq: 'b2', name: 'Bob' },
    ]);
  });

  it('takes the first of several selectors that is there', async () => {
    const server = await serve(() => ({ json: { conversations: rows(0, 2), other: rows(5, 9) } }));
    const { pages } = await readAll(
      endpoint({ url: server.url, dataSelector: ['items', 'conversations', '@'] }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 2));
  });

  it('finds the rows on the first page and looks in the same place on the others', async () => {
    const server = await serve(({ query }) =>
      query.has('cursor')
        ? { json: { cursors: {}, results: [], data: rows(0, 9) } }
        : { json: { cursors: { next: 'b' }, first: rows(5, 7), results: rows(0, 2) } },
    );
    const { pages } = await readAll(endpoint({ url: server.url, paginator: cursor() }));
    expect(pages.map((page) => page.rows.count)).toEqual([2, 0]);
  });

  it('names resource, page, wanted path and the keys that were there when nothing is at the selector', async () => {
    const server = await serve(({ query }) => ({
      json: query.get('page') === '0' ? { data: rows(0, 1) } : { error: 'x', items: [] },
    }));
    const { pages, error } = await readAll(
      endpoint({ url: `${server.url}/orders`, dataSelector: 'data', paginator: pageNumber() }),
    );
    expect(pages.length).toBe(1);
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringMatching(
        /Resource orders, page 2: .*`data`.*`error`, `items`/s,
      ) as string,
    });
  });

  it.each([
    ['with a selector', 'data'],
    ['without one', undefined],
  ])('repeats a request whose body ends too early, %s', async (_what, dataSelector) => {
    const server = await serve((_asked, count) => ({
      text: count === 1 ? '{"data":[{"id":0},{"id"' : '{"data":[{"id":0},{"id":1}]}',
    }));
    const { pages } = await readAll(
      endpoint({
        url: server.url,
        client: quick,
        ...(dataSelector !== undefined && { dataSelector }),
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 2));
    expect(server.requests.length).toBe(2);
  });

  it('does not repeat a request whose body is not JSON', async () => {
    const server = await serve(() => ({ text: 'Welcome to the gateway' }));
    const { error } = await readAll(endpoint({ url: `${server.url}/orders`, client: quick }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_JSON',
      message: expect.stringContaining('Resource orders, page 1') as string,
    });
    expect(server.requests.length).toBe(1);
  });

  it.each<[string, number, object]>([
    [
      'skips a status that means that nothing is there',
      404,
      { kind: 'skip', resource: 'x', parent: null, index: 0, status: 404, reason: 'status' },
    ],
    [
      'takes a response without content for an empty list',
      204,
      { kind: 'done', pages: 1, rows: 0, lastPageRows: 0 },
    ],
  ])('%s', async (_what, status, last) => {
    const server = await serve(() => ({ status }));
    const events: SourceEvent[] = [];
    const read = await readAll(
      endpoint({
        url: server.url,
        resource: 'x',
        skipStatus: [404],
        client: quick,
        observe: (event) => events.push(event),
      }),
    );
    expect([read.pages.flatMap(rowsOf), read.error]).toEqual([[], null]);
    expect(events.at(-1)).toMatchObject(last);
    expect(server.requests.length).toBe(1);
  });

  it('says that a list whose middle was skipped ended there', async () => {
    const server = await serve(({ query }) =>
      query.get('page') === '0' ? { json: rows(0, 1) } : { status: 403 },
    );
    const events: SourceEvent[] = [];
    const { pages } = await readAll(
      endpoint({
        url: server.url,
        skipStatus: [403],
        paginator: pageNumber(),
        client: quick,
        observe: (event) => events.push(event),
      }),
    );
    expect(pages.length).toBe(1);
    expect(events.slice(-2)).toMatchObject([
      { kind: 'skip', index: 1, status: 403 },
      { kind: 'done', end: 'skipped', pages: 1, rows: 1 },
    ]);
  });

  it('names the resource when the API refuses', async () => {
    const server = await serve(() => ({ status: 403, json: { error: 'plan' } }));
    const { error } = await readAll(endpoint({ url: `${server.url}/usage` }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_HTTP',
      status: 403,
      message: expect.stringMatching(/^Resource usage, page 1: .*403/) as string,
    });
  });

  it('requests an address relative to the base of a shared client', async () => {
    const server = await serve(() => ({ json: [] }));
    await readAll(
      endpoint({
        url: 'orders',
        client: httpClient({ baseUrl: `${server.url}/v1`, auth: bearer('t0ken') }),
      }),
    );
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/v1/orders', 'Bearer t0ken'],
    ]);
  });
});

describe('links', () => {
  it('count from the page that has them, redirects followed', async () => {
    const server = await serve(({ url }) => {
      if (url === '/orders') return { status: 302, headers: { location: '/v2/orders' } };
      return {
        json: {
          next: url === '/v2/orders' ? '?page=2' : url === '/v2/orders?page=2' ? 'more/3' : null,
          rows: [{ url }],
        },
      };
    });
    const { pages } = await readAll(
      endpoint({ url: `${server.url}/orders`, dataSelector: 'rows', paginator: jsonLink() }),
    );
    expect(pages.flatMap(rowsOf)).toEqual([
      { url: '/v2/orders' },
      { url: '/v2/orders?page=2' },
      { url: '/v2/more/3' },
    ]);
  });

  it('to another host take no credentials along', async () => {
    const other = await serve(() => ({ json: rows(1, 2) }));
    const server = await serve(() => ({
      json: rows(0, 1),
      headers: { link: `<${other.url}/p2>; rel="next"` },
    }));
    const { pages } = await readAll(
      endpoint({ url: server.url, client: { auth: bearer('t0ken') }, paginator: headerLink() }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(0, 2));
    expect([
      server.requests[0]?.headers.authorization,
      other.requests[0]?.headers.authorization,
    ]).toEqual(['Bearer t0ken', undefined]);
  });

  it.each(['http://[', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'that are no web addresses end the list after its page: %s',
    async (next) => {
      const server = await serve(() => ({ json: { next, rows: rows(0, 2) } }));
      const { pages, error } = await readAll(
        endpoint({ url: `${server.url}/orders`, dataSelector: 'rows', paginator: jsonLink() }),
      );
      expect(pages.flatMap(rowsOf)).toEqual(rows(0, 2));
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_PAGINATION',
        message: `Resource orders, page 1: the link to the next page is not an address: \`${next}\`. The page is ${server.url}/orders.`,
      });
    },
  );
});

describe('guards', () => {
  it('end a list whose cursor repeats, and keep what was read', async () => {
    const server = await serve((_asked, count) => ({
      json: { next: 'a', rows: rows(count, count + 1) },
    }));
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/orders`,
        dataSelector: 'rows',
        paginator: cursor({ cursorPath: 'next' }),
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual(rows(1, 3));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_PAGINATION',
      message: expect.stringMatching(/^Resource orders, page 2: .*in circles/) as string,
    });
  });

  it('detect a circle that leads back to the first page before it is read again', async () => {
    const server = await serve(({ query }) => ({
      json: {
        next: query.get('page') === '2' ? '/orders' : '/orders?page=2',
        rows: [{ page: query.get('page') }],
      },
    }));
    const { pages, error } = await readAll(
      endpoint({ url: `${server.url}/orders`, dataSelector: 'rows', paginator: jsonLink() }),
    );
    expect(pages.flatMap(rowsOf)).toEqual([{ page: null }, { page: '2' }]);
    expect(error).toMatchObject({ code: 'ERR_SLUICE_PAGINATION' });
  });

  it('detect that an API ignores page numbers, though its envelope changes', async () => {
    const server = await serve((_asked, count) => ({
      json: { requestId: count, rows: rows(0, 3) },
    }));
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/orders`,
        dataSelector: 'rows',
        paginator: pageNumber({ pageParam: 'pgae' }),
        observe: (event) => events.push(event),
      }),
    );
    expect([pages.length, error, server.requests.length]).toEqual([1, null, 3]);
    expect(events.at(-1)).toMatchObject({ kind: 'done', end: 'repeat', pages: 1, rows: 3 });
  });

  it('take three equal pages for the end of a list that ignores offset, and say so', async () => {
    const server = await serve((_asked, count) => ({
      json: { at: count, roles: { a: { n: 1 }, b: { n: 2 } } },
    }));
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/roles`,
        dataSelector: 'roles',
        rows: 'map',
        paginator: offset({ limit: 100 }),
        observe: (event) => events.push(event),
      }),
    );
    expect([pages.length, error]).toEqual([1, null]);
    expect(events.slice(-2)).toEqual([
      {
        kind: 'notice',
        resource: 'roles',
        message: expect.stringContaining('three pages in a row have the same rows') as string,
      },
      {
        kind: 'done',
        resource: 'roles',
        parent: null,
        end: 'repeat',
        pages: 1,
        rows: 2,
        declared: null,
        pageSize: 100,
        maxPageRows: 2,
        lastPageRows: 2,
        autoDetected: false,
        nextMissing: false,
        more: null,
        fault: null,
        doubt: null,
      },
    ]);
  });

  it('do not take it for complete where the total says that there is more', async () => {
    const server = await serve(() => ({ json: { total: 50, rows: rows(0, 10) } }));
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        dataSelector: 'rows',
        paginator: offset({ limit: 10, totalPath: 'total' }),
        observe: (event) => events.push(event),
      }),
    );
    expect([pages.length, error]).toEqual([1, null]);
    expect(events.at(-1)).toMatchObject({ end: 'repeat', rows: 10, declared: { rows: 50 } });
  });

  it('let equal rows pass where the API gives the position', async () => {
    const server = await serve(({ query }) => ({
      json: {
        next: { null: 'b', b: 'c' }[String(query.get('cursor'))] ?? null,
        rows: [{ state: 'idle' }],
      },
    }));
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        dataSelector: 'rows',
        paginator: cursor({ cursorPath: 'next' }),
      }),
    );
    expect([pages.length, error]).toEqual([3, null]);
  });

  it('stop at the ceiling on pages, after its last page', async () => {
    const server = await serve((request) => ({ json: slice(request, 1_000, 10) }));
    const { pages, error } = await readAll(
      endpoint({ url: `${server.url}/orders`, paginator: offset({ limit: 10 }), maxPages: 3 }),
    );
    expect([pages.length, server.requests.length]).toEqual([3, 3]);
    // The list is not at its end: the position says where it goes on.
    expect(pages.at(-1)?.next).toMatchObject({ params: { limit: 10, offset: 30 } });
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_PAGINATION',
      message: expect.stringContaining('more than 3 pages') as string,
    });
  });
});

describe('stopping', () => {
  it('unsubscribing ends the request under way, and no other follows', async () => {
    let arrived = (): void => undefined;
    const second = new Promise<void>((resolve) => (arrived = resolve));
    const server = await serve((request, count) => {
      if (count === 1) return { json: slice(request, 100, 10) };
      arrived();
      return new Promise(() => undefined);
    });
    const signal = new AbortController().signal;
    const subscription = endpoint({
      url: server.url,
      paginator: offset({ limit: 10 }),
      signal,
    }).subscribe();
    await second;
    subscription.unsubscribe();
    await server.requests[1]?.closed;
    expect(server.requests.length).toBe(2);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('taking a few pages stops the list', async () => {
    const server = await serve((request) => ({ json: slice(request, 1_000, 10) }));
    await firstValueFrom(
      endpoint({ url: server.url, paginator: offset({ limit: 10 }) }).pipe(take(1)),
    );
    // Page 2 may have been requested ahead; it was given up.
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  it('aborting errors with the reason, ends the request under way and leaves no listener', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const server = await serve(() => {
      stop.abort(reason);
      return new Promise(() => undefined);
    });
    expect(await readAll(endpoint({ url: server.url, signal: stop.signal }))).toEqual({
      pages: [],
      error: reason,
    });
    await server.requests[0]?.closed;
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('requests nothing for a signal that has aborted already', async () => {
    const server = await serve(() => ({ json: [] }));
    const { error } = await readAll(
      endpoint({ url: server.url, signal: AbortSignal.abort(new Error('before')) }),
    );
    expect(error).toMatchObject({ message: 'before' });
    expect(server.requests).toEqual([]);
  });

  it('leaves no listener on the signal when the list is read to its end', async () => {
    const server = await serve((request) => ({ json: slice(request, 30, 10) }));
    const { signal } = new AbortController();
    await readAll(endpoint({ url: server.url, paginator: offset({ limit: 10 }), signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a link to another host', () => {
  it.each([
    [false, 0],
    [true, 1],
  ])(
    'has the body of the request only where that host may see it (authHosts: %s)',
    async (trusted, times) => {
      const other = await serve(() => ({ json: { data: [{ id: 2 }], next: null } }));
      const server = await serve(() => ({ json: { data: [{ id: 1 }], next: `${other.url}/2` } }));
      const client = { ...quick, authHosts: trusted ? [new URL(other.url).host] : [] };
      const { error } = await readAll(
        endpoint({
          url: server.url,
          method: 'POST',
          json: { api_key: 'body-key-1' },
          dataSelector: 'data',
          paginator: jsonLink({ nextUrlPath: 'next' }),
          client,
        }),
      );
      expect(other.requests.length).toBe(times);
      if (!trusted)
        expect(error).toMatchObject({
          code: 'ERR_SLUICE_HTTP',
          message: expect.stringMatching(/page 2: .*is not sent the request's body/) as string,
        });
      else
        expect([error, await other.requests[0]?.body]).toEqual([null, '{"api_key":"body-key-1"}']);
    },
  );
});

describe('options of an endpoint that cannot be', () => {
  const url = 'https://api.example.com/orders';
  it.each<[string, object, string]>([
    [
      'a relative address',
      { url: '/orders' },
      '`url`: `/orders` is not an http address. Give the whole',
    ],
    [
      'another scheme',
      { url: 'ftp://example.com/a' },
      '`url`: `ftp://example.com/a` is not an http',
    ],
    [
      'a password in the address',
      { url: 'https://u:p@x.example/' },
      'auth: basic(user, password) }',
    ],
    ['auth', { url, auth: bearer('t') }, 'belongs into `client`: { client: { auth: … } }'],
    ['a rate limit', { url, rateLimit: '1/1s' }, 'belongs into `client`'],
    ['path', { path: 'orders' }, '`path`: is `url` here'],
    ['base URL', { baseUrl: 'https://api.example.com' }, '`baseUrl`: is the first part of `url`'],
    ['name', { url, name: 'orders' }, '`name`: is `resource` here'],
    ['a key', { url, primaryKey: 'id' }, '`primaryKey`: belongs into flatten({ primaryKey: … })'],
    ['a table', { url, tableName: 'orders' }, '`tableName`: is `table` of flatten()'],
    ['incremental', { url, incremental: {} }, '`incremental`: is for resources of restSource()'],
    ['a key for maps beside a list', { url, key: 'id' }, '`key`: does nothing here'],
    ['a body of a GET', { url, json: {} }, '`json`: a GET has no body'],
    [
      'two bodies',
      { url, method: 'POST', json: {}, data: 'a' },
      '`data`: the endpoint has both `json` and `data`',
    ],
    [
      'a placeholder',
      { url: `${url}/{resources.orders.id}` },
      '`url`: {resources.orders.id} is filled for resources of restSource() only',
    ],
  ])('%s', (_, options, message) => {
    expect(() => endpoint(options as never)).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });

  it('takes a relative address with a shared client', () => {
    const client = httpClient({ baseUrl: 'https://api.example.com/v1' });
    expect(() => endpoint({ url: 'orders', client })).not.toThrow();
  });

  it('shows no password of the address', () => {
    expect(() => endpoint({ url: 'https://u:pass@x.example/' })).toThrow(/^((?!pass@).)*$/s);
  });
});
