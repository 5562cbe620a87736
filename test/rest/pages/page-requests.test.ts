import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { lastValueFrom, tap } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ConfigError,
  endpoint,
  type EndpointConfig,
  Gate,
  pipeline,
  duckdb,
  type RestEndpoint,
  restSource,
  type SourceEvent,
} from 'sluice';
import { deferred } from '../../support/deferred.js';
import {
  type LocalServer,
  type ReceivedRequest,
  type ServedResponse,
  serve,
} from '../../support/local-server.js';
import { readAll, rowsOf, runContext } from '../../support/read-pages.js';

const PAGES = 12;
const byNumber = { type: 'pageNumber', totalRowsPath: 'total' } as const;
const numberOf = ({ query }: ReceivedRequest): number =>
  Number(query.get('page') ?? query.get('offset') ?? query.get('after') ?? 0);

/** A page of two rows of a list of 24. */
function pageAt(number: number, about: object = {}): ServedResponse {
  const data = number < PAGES ? [{ id: 2 * number }, { id: 2 * number + 1 }] : [];
  return { json: { data, total: 2 * PAGES, ...about } };
}

/** Waits until as many requests came, and lets further ones come that are sent with them. */
async function requested({ requests }: LocalServer, count: number): Promise<number[]> {
  while (requests.length < count) await turn();
  for (let i = 0; i < 50; i += 1) await turn();
  return requests.map(numberOf);
}

async function read(
  server: LocalServer,
  config: Partial<EndpointConfig> = {},
): Promise<{ ids: unknown[]; error: unknown; events: SourceEvent[] }> {
  const events: SourceEvent[] = [];
  const { pages, error } = await readAll(
    endpoint({
      url: `${server.url}/orders`,
      dataSelector: 'data',
      paginator: byNumber,
      client: { retry: { baseMs: 1, attempts: 2 } },
      observe: (event) => events.push(event),
      ...config,
    }),
  );
  return { ids: pages.flatMap(rowsOf).map(({ id }) => id), error, events };
}

const count = (events: readonly SourceEvent[], kind: SourceEvent['kind']): number =>
  events.filter((event) => event.kind === kind).length;
const all = Array.from({ length: 2 * PAGES }, (_row, i) => i);

describe('pages of a list with a stated total', () => {
  it('are requested at once, as many as the client sends at once, and no more before their turn', async () => {
    const second = deferred();
    const server = await serve(async (request) => {
      if (numberOf(request) === 1) await second.promise;
      return pageAt(numberOf(request));
    });
    const reading = read(server);
    expect(await requested(server, 5)).toEqual([0, 1, 2, 3, 4]);
    second.resolve();
    const { ids, error } = await reading;
    expect([ids, error]).toEqual([all, null]);
    // The page behind the last one shows that there is no more, as one after another.
    expect(server.requests).toHaveLength(PAGES + 1);
  });

  it.each([
    [3, [0, 1, 2, 3]],
    [9, [0, 1, 2, 3, 4]],
    [false, [0, 1]],
    [1, [0, 1]],
  ] as const)('are %j at once with that `parallelPages`', async (parallelPages, expected) => {
    const second = deferred();
    const server = await serve(async (request) => {
      if (numberOf(request) === 1) await second.promise;
      return pageAt(numberOf(request));
    });
    const reading = read(server, { parallelPages });
    expect(await requested(server, expected.length)).toEqual(expected);
    second.resolve();
    expect((await reading).ids).toEqual(all);
  });

  it('count in the bytes that may be in flight to the loader', async () => {
    const second = deferred();
    const server = await serve(async (request) => {
      if (numberOf(request) === 1) await second.promise;
      return pageAt(numberOf(request), { padding: 'x'.repeat(1_000) });
    });
    const gate = new Gate(2_500);
    const reading = read(server, { gate });
    expect(await requested(server, 4)).toEqual([0, 1, 2, 3]);
    expect(gate.inFlight).toBe(0);
    second.resolve();
    expect((await reading).ids).toEqual(all);
    expect(gate.reserve(2_500)).toBe(true);
  });

  it.each<[string, Partial<EndpointConfig>, object?]>([
    ['without a stated total', { paginator: 'pageNumber' }, { total: undefined }],
    ['with an estimated total', {}, { total: undefined, approximate_total: 24 }],
    ['with `maxPages`', { maxPages: 50 }],
    ['by a POST that may change something', { method: 'POST', json: {} }],
    ['with `repeatable: false`', { repeatable: false }],
    [
      'by a function',
      { paginator: ({ index, rows }) => (rows === 0 ? null : { params: { page: index + 1 } }) },
    ],
    ['by a cursor', { paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } }],
    ['that a function of `responseActions` looks at', { responseActions: [() => undefined] }],
  ])('are requested one after another %s', async (_what, config, about) => {
    let [inFlight, most] = [0, 0];
    const server = await serve(async (request) => {
      most = Math.max(most, ++inFlight);
      for (let i = 0; i < 20; i += 1) await turn();
      inFlight -= 1;
      const number = numberOf(request);
      return pageAt(number, { ...about, ...(number + 1 < PAGES && { next: number + 1 }) });
    });
    expect((await read(server, config)).ids).toEqual(all);
    expect(most).toBe(1);
  });

  it('are requested at once by a POST that only reads', async () => {
    const second = deferred();
    const server = await serve(async (request) => {
      if (numberOf(request) === 1) await second.promise;
      return pageAt(numberOf(request));
    });
    const reading = read(server, { method: 'POST', json: {}, repeatable: true });
    expect(await requested(server, 5)).toEqual([0, 1, 2, 3, 4]);
    second.resolve();
    expect((await reading).ids).toEqual(all);
  });

  it.each<[string, (number: number) => ServedResponse, string]>([
    [
      'states another total',
      (number) => pageAt(number, number >= 3 ? { total: 25 } : {}),
      'states 25 rows in all, and the pages before it 24 rows',
    ],
    [
      'has fewer rows',
      (number) => (number === 3 ? { json: { data: [{ id: 6 }], total: 24 } } : pageAt(number)),
      'has 1 row, and 2 rows were expected',
    ],
    [
      'has more rows',
      (number) =>
        number === 3
          ? { json: { data: [{ id: 5 }, { id: 6 }, { id: 7 }], total: 24 } }
          : pageAt(number),
      'has 3 rows, and 2 rows were expected',
    ],
    [
      'equals the page before it',
      (number) => pageAt(number === 3 ? 2 : number),
      'has the rows of the page before it',
    ],
  ])('are requested one after another behind a page that %s', async (_what, respond, why) => {
    const first = deferred();
    let [inFlight, most] = [0, 0];
    const server = await serve(async (request, nth) => {
      const number = numberOf(request);
      if (number === 1) await first.promise;
      // The fourth page is that of number 3: all that is requested behind it counts.
      if (number > 3 && nth > 7) most = Math.max(most, ++inFlight);
      for (let i = 0; i < 20; i += 1) await turn();
      if (number > 3 && nth > 7) inFlight -= 1;
      return respond(number);
    });
    const reading = read(server);
    await requested(server, 5);
    first.resolve();
    const { events, error } = await reading;
    const fallback = `pages are requested one after another from page 5 on, because page 4 ${why}`;
    expect(error).toBeNull();
    expect(events.find((event) => event.kind === 'done')).toMatchObject({ fallback });
    expect(events.filter((event) => event.kind === 'notice')).toMatchObject([
      { message: `Resource orders: ${fallback}` },
    ]);
    expect(count(events, 'request')).toBeGreaterThanOrEqual(server.requests.length);
    expect(most).toBe(1);
  });

  it('are requested again after passing errors and rate limits, and come in order', async () => {
    const refused = new Set<number>();
    const server = await serve((request) => {
      const number = numberOf(request);
      if (number % 3 !== 2 || refused.has(number)) return pageAt(number);
      refused.add(number);
      return number % 2 === 0
        ? { status: 503, json: {} }
        : { status: 429, headers: { 'retry-after': '0' }, json: {} };
    });
    const { ids, error } = await read(server);
    expect([ids, error]).toEqual([all, null]);
  });

  it('give an error in its turn, behind the pages in front of it', async () => {
    const server = await serve((request) =>
      numberOf(request) === 5
        ? { status: 400, json: { message: 'no' } }
        : pageAt(numberOf(request)),
    );
    const { ids, error } = await read(server);
    expect(ids).toEqual(all.slice(0, 10));
    expect(error).toMatchObject({ message: expect.stringContaining('page 6') as string });
  });

  it('are all aborted when the list is unsubscribed', async () => {
    const never = deferred();
    const server = await serve(async (request) => {
      if (numberOf(request) > 0) await never.promise;
      return pageAt(numberOf(request));
    });
    const subscription = endpoint({
      url: `${server.url}/orders`,
      dataSelector: 'data',
      paginator: byNumber,
    }).subscribe();
    await requested(server, 5);
    subscription.unsubscribe();
    await Promise.all(server.requests.map(({ closed }) => closed));
    never.resolve();
  });
});

describe('pages of several lists of one host', () => {
  it('are not requested ahead while other lists wait for the host', async () => {
    const reserve = vi.spyOn(Gate.prototype, 'reserve');
    onTestFinished(() => reserve.mockRestore());
    const server = await serve((request) => pageAt(numberOf(request)));
    const names = Array.from({ length: 8 }, (_, i) => `list_${i}`);
    const { pages } = await readAll(
      restSource({
        client: { baseUrl: server.url, rateLimit: { requests: 1_000, per: 1, concurrency: 2 } },
        resourceDefaults: { endpoint: { dataSelector: 'data', paginator: byNumber } },
        resources: names,
      }).pages(runContext()),
    );
    expect(pages.flatMap(rowsOf)).toHaveLength(names.length * 2 * PAGES);
    // Those of the last lists, which wait for no other.
    expect(reserve.mock.calls.length).toBeLessThan(2 * PAGES);
  });
});

describe('`parallelPages` as a number', () => {
  it('requests pages ahead without a total, drops those behind the end and counts them', async () => {
    const behind = deferred();
    const server = await serve(async (request) => {
      const number = numberOf(request);
      if (number > PAGES) await behind.promise;
      return pageAt(number, { total: undefined });
    });
    const { ids, error, events } = await read(server, {
      parallelPages: 3,
      paginator: 'pageNumber',
    });
    expect([ids, error]).toEqual([all, null]);
    expect(server.requests.map(numberOf).some((number) => number > PAGES)).toBe(true);
    expect(count(events, 'request')).toBeGreaterThanOrEqual(server.requests.length);
    expect(events.find((event) => event.kind === 'done')).toMatchObject({
      end: 'empty',
      pages: 13,
    });
    behind.resolve();
  });

  it('takes an error behind the end for none', async () => {
    const server = await serve((request) =>
      numberOf(request) > PAGES
        ? { status: 400, json: {} }
        : pageAt(numberOf(request), { total: undefined }),
    );
    const { ids, error } = await read(server, { parallelPages: 4, paginator: 'pageNumber' });
    expect([ids, error]).toEqual([all, null]);
  });

  it('is refused where pages are requested one after another anyway', () => {
    const refused = (about: Partial<EndpointConfig>, why: string): void =>
      expect(() => endpoint({ url: 'http://x.test/a', parallelPages: 3, ...about })).toThrow(why);
    refused({ paginator: 'cursor' }, 'takes each position from the page before it');
    refused({ paginator: () => null }, 'takes each position from the page before it');
    refused({ maxPages: 3 }, '`maxPages` limits');
    refused({ method: 'POST' }, 'a POST may change something');
    refused({ parallelPages: 0 }, 'parallelPages');
    expect(() => endpoint({ url: 'http://x.test/a', parallelPages: 3 })).not.toThrow();
  });

  it('says that it is more than the client sends at once, or that the paging which is found cannot use it', async () => {
    const server = await serve((request) => {
      const number = numberOf(request);
      return pageAt(number, number + 1 < PAGES ? { next_cursor: number + 1 } : {});
    });
    const messages = (events: readonly SourceEvent[]): string[] =>
      events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
    const { events } = await read(server, { parallelPages: 9, paginator: 'auto' });
    expect(messages(events)).toEqual([
      expect.stringContaining('`parallelPages` is 9, and the client sends at most 4'),
      expect.stringContaining('paging: '),
      expect.stringContaining('`parallelPages` does nothing here'),
    ]);
  });

  const shop = (server: LocalServer, own: RestEndpoint, defaults: RestEndpoint = {}) =>
    restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resourceDefaults: { endpoint: { dataSelector: 'data', ...defaults } },
      resources: [{ name: 'orders', endpoint: own }],
    });

  it('is refused beside `incremental.rowOrder`, and as a default does nothing there', async () => {
    const server = await serve(() => ({ json: { data: [] } }));
    const incremental = { cursorPath: 'id', rowOrder: 'desc' } as const;
    expect(() => shop(server, { incremental, parallelPages: 2 })).toThrow(ConfigError);
    expect(() => shop(server, { incremental }, { parallelPages: 2 })).not.toThrow();
  });

  it("is refused with `compat: 'dlt'` before any request, and false is not", async () => {
    const server = await serve((request) => pageAt(numberOf(request), { pages: PAGES }));
    const run = (own: RestEndpoint): Promise<unknown> =>
      pipeline({ name: 'p', destination: duckdb(':memory:'), compat: 'dlt' }).run(
        shop(server, { paginator: { type: 'pageNumber', totalPath: 'pages' }, ...own }),
      );
    await expect(run({ parallelPages: 2 })).rejects.toThrow("compat: 'dlt'");
    expect(server.requests).toHaveLength(0);
    await run({ parallelPages: false });
    expect(server.requests).toHaveLength(PAGES);
  });
});

describe('a page that is worked on', () => {
  it('does not hold the request for the next one back', async () => {
    const arrived = new Int32Array(new SharedArrayBuffer(4));
    const server = new Worker(SERVER, { eval: true, workerData: arrived });
    onTestFinished(async () => void (await server.terminate()));
    const [port] = (await once(server, 'message')) as [number];
    const waits: string[] = [];
    const config = {
      url: `http://127.0.0.1:${port}/orders`,
      dataSelector: 'data',
      paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
    } as const;
    await lastValueFrom(
      endpoint(config).pipe(
        // This thread does nothing else until the next request has come to the other one.
        tap(({ index, next }) => {
          if (next !== null) waits.push(Atomics.wait(arrived, 0, index + 1, 20_000));
        }),
      ),
    );
    expect(waits).toHaveLength(5);
    expect(waits).not.toContain('timed-out');
  });
});

/** A server in a thread of its own that counts its requests in shared memory: six pages. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData: arrived } = require('node:worker_threads');
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('after') ?? 0);
    Atomics.add(arrived, 0, 1);
    Atomics.notify(arrived, 0);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: [{ id: page }], ...(page < 5 && { next: page + 1 }) }));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;
