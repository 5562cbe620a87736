import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  duckdb,
  type LoadInfo,
  type Pipeline,
  pipeline,
  type PipelineConfig,
  type RestConfig,
  type RestResource,
  restSource,
  type RunOptions,
  type Source,
} from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { deferred } from '../support/deferred.js';
import { type LocalServer, type ReceivedRequest, serve } from '../support/local-server.js';

interface FailingServer extends LocalServer {
  /** Lets the failing response go out. */
  fail: () => void;
}

/**
 * An API with four pages of two rows each. It fails once, with its third request, when the two
 * pages before are committed.
 */
async function failing(
  rowsOf: (page: number, request: ReceivedRequest) => object[] = (page) => [
    { id: page * 2 },
    { id: page * 2 + 1 },
  ],
): Promise<FailingServer> {
  const committed = deferred();
  const server = await serve(async (request, count) => {
    if (count === 3) {
      await committed.promise;
      return { status: 500 };
    }
    const page = Number(request.query.get('after') ?? 0);
    return { json: { data: rowsOf(page, request), next: page < 3 ? page + 1 : null } };
  });
  return { ...server, fail: () => committed.resolve() };
}

const endpoint = {
  path: 'orders',
  dataSelector: 'data',
  paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
} as const;

function shop(server: LocalServer, about: Partial<RestResource> = {}): Source {
  return restSource({
    name: 'shop',
    client: { baseUrl: server.url, retry: { attempts: 1 } },
    resources: [{ name: 'orders', endpoint, ...about }],
  });
}

function open(path: string, about: Partial<PipelineConfig> = {}): Pipeline {
  return pipeline({
    name: 'shop',
    dataset: 'data',
    destination: duckdb(path, { thread: false }),
    batch: { rows: 1 },
    commit: { rows: 1 },
    ...about,
  });
}

async function run(
  server: Pick<FailingServer, 'fail'>,
  path: string,
  source: Source,
  options: RunOptions = {},
  about: Partial<PipelineConfig> = {},
): Promise<{ info: LoadInfo; notices: string[]; rows: unknown[] }> {
  const notices: string[] = [];
  let pages = 0;
  await using own = open(path, about);
  const info = await own.run(source, {
    ...options,
    observe: (event) => {
      if (event.kind === 'notice') notices.push(event.message);
      if (event.kind === 'commit' && (pages += event.positions.length) === 2) server.fail();
    },
  });
  return {
    info,
    notices,
    rows: await own
      .dataset()
      .query('SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM orders ORDER BY id'),
  };
}

const pagesOf = ({ requests }: LocalServer): (string | null)[] =>
  requests.map(({ query }) => query.get('after'));
const ids = (...numbers: number[]): object[] => numbers.map((id) => ({ id }));

/** A list of two rows a page, of which a row is inserted at the front when the load has stopped. */
async function moving(
  about: Partial<RestResource>,
  beside: (rows: number) => object = () => ({}),
): ReturnType<typeof run> {
  const path = databasePath();
  let all = Array.from({ length: 8 }, (_, id) => ({ id, tags: [{ tag: id }] }));
  const committed = deferred();
  const served = await serve(async ({ query }, count) => {
    if (count === 3) {
      await committed.promise;
      all = [{ id: 100, tags: [{ tag: 100 }] }, ...all];
      return { status: 500 };
    }
    const page = Number(query.get('page'));
    return { json: { ...beside(all.length), data: all.slice(page * 2, page * 2 + 2) } };
  });
  const server = { ...served, fail: () => committed.resolve() };
  const paginator = { type: 'pageNumber', stopAfterEmptyPage: true } as const;
  const source = shop(server, { ...about, endpoint: { ...endpoint, paginator } });
  await expect(run(server, path, source)).rejects.toThrow('500');
  return run(server, path, source);
}

describe('a list that moved while its load was stopped', () => {
  it('has each key once where rows are appended, and its verdict says what may be missing', async () => {
    const { info, rows } = await moving({ primaryKey: 'id' });
    expect(rows).toEqual(ids(0, 1, 2, 3, 4, 5, 6, 7));
    expect(info.tables).toEqual({ orders: 8, orders__tags: 8 });
    expect(info.resources[0]?.reasons).toEqual([expect.stringContaining('may be shifted')]);
  });

  it.each([
    ['fewer rows', (rows: number) => ({ total: rows - 3 })],
    ['more rows', (rows: number) => ({ total: rows + 30 })],
    ['a part that failed', () => ({ errors: ['one shard'] })],
  ])('has each key once where its responses state %s as well', async (_, beside) => {
    const { info, rows } = await moving({ primaryKey: 'id' }, beside);
    expect(rows).toEqual(ids(0, 1, 2, 3, 4, 5, 6, 7));
    expect(info.tables).toEqual({ orders: 8, orders__tags: 8 });
  });

  it('has rows twice where they have no key, and its verdict says so', async () => {
    const { info, rows } = await moving({});
    expect(rows).toEqual(ids(0, 1, 2, 3, 3, 4, 5, 6, 7));
    expect(info.resources[0]).toMatchObject({
      verdict: 'unproven',
      reasons: [expect.stringContaining('may be shifted')],
    });
  });
});

describe('a load that failed', () => {
  it('is resumed by the next run, which says so and counts both parts', async () => {
    const path = databasePath();
    const server = await failing();
    await expect(run(server, path, shop(server))).rejects.toThrow('500');
    const { info, notices, rows } = await run(server, path, shop(server));
    expect(rows).toEqual(ids(0, 1, 2, 3, 4, 5, 6, 7));
    expect(pagesOf(server)).toEqual([null, '1', '2', '2', '3']);
    expect(info).toMatchObject({
      tables: { orders: 8 },
      resumed: { tables: { orders: 4 } },
      resources: [{ name: 'orders', verdict: 'complete', pages: 4, rows: 8, lists: 1 }],
    });
    expect(notices).toEqual([
      `Load ${info.loadId} was stopped and is resumed: 4 rows of it are there already. \`resume: false\` begins it anew.`,
    ]);
    // The next load is one of its own.
    const again = await run(server, path, shop(server));
    expect([again.info.resumed, again.info.tables]).toEqual([undefined, { orders: 8 }]);
    expect(again.info.loadId).not.toBe(info.loadId);
  });

  it.each<[string, RunOptions, Partial<RestResource>, Partial<PipelineConfig>, string]>([
    ['with `resume: false`', { resume: false }, {}, {}, '`resume` is false'],
    [
      'after too long',
      { resume: { maxAgeMs: 1e-9 } },
      {},
      {},
      'is older than `resume.maxAgeMs` allows',
    ],
    [
      'for another request',
      {},
      { endpoint: { ...endpoint, params: { a: 1 } } },
      {},
      'was another one',
    ],
    ['with another step', {}, { processingSteps: [{ filter: () => true }] }, {}, 'was another one'],
    ['with another key', {}, { primaryKey: 'id' }, {}, 'was another one'],
    ['with the rules of dlt', {}, {}, { compat: 'dlt' }, 'was another one'],
    ['with another contract', { schemaContract: 'evolve' }, {}, {}, 'was another one'],
    ['with a refresh', { refresh: 'drop_data' }, {}, {}, 'was another one'],
  ])('is begun anew %s', async (_, options, about, config, why) => {
    const path = databasePath();
    const server = await failing();
    await expect(run(server, path, shop(server))).rejects.toThrow('500');
    const { info, notices, rows } = await run(server, path, shop(server, about), options, config);
    expect(rows).toEqual(ids(0, 1, 2, 3, 4, 5, 6, 7));
    expect(pagesOf(server)).toEqual([null, '1', '2', null, '1', '2', '3']);
    expect(info.resumed).toBeUndefined();
    expect(notices.filter((notice) => notice.includes('begun anew'))).toEqual([
      expect.stringContaining(why),
    ]);
  });

  it.each<[string, NonNullable<RestConfig['client']['auth']>]>([
    ['an API key', { type: 'apiKey', name: 'k', apiKey: 'pin4', location: 'query' }],
    ['a function', ({ url }) => url.searchParams.set('k', 'pin4')],
  ])('is resumed without what %s puts into links, however short it is', async (_, auth) => {
    const committed = deferred();
    const server = await serve(async ({ query }, count) => {
      if (count === 3) await committed.promise;
      if (count === 3 || query.get('k') !== 'pin4') return { status: 500 };
      const page = Number(query.get('after') ?? 0);
      const next = page < 3 ? `?k=${query.get('k')}&after=${page + 1}` : null;
      return { json: { data: [{ id: page }], next } };
    });
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url, retry: { attempts: 1 }, auth },
      resources: [
        {
          name: 'orders',
          endpoint: {
            path: 'orders',
            dataSelector: 'data',
            paginator: { type: 'jsonLink', nextUrlPath: 'next' },
          },
        },
      ],
    });
    const path = databasePath();
    const fail = (): void => committed.resolve();
    await expect(run({ fail }, path, source)).rejects.toThrow('status 500');
    await using stopped = open(path);
    const kept = await stopped.dataset().query('SELECT next FROM _sluice_positions');
    expect(JSON.stringify(kept)).toContain('orders?after=2');
    expect(JSON.stringify(kept)).not.toContain('pin4');
    const { info } = await run({ fail }, path, source);
    expect(info.resumed?.tables).toEqual({ orders: 2 });
    expect(pagesOf(server).slice(3)).toEqual(['2', '3']);
  });

  it('is resumed with other secrets, limits and retries', async () => {
    const path = databasePath();
    const server = await failing();
    const source = (token: string, concurrency: number): Source =>
      restSource({
        name: 'shop',
        client: {
          baseUrl: server.url,
          auth: { type: 'bearer', token },
          retry: { attempts: concurrency },
          rateLimit: { requests: 100, per: '1s', concurrency },
        },
        resources: [{ name: 'orders', endpoint: { ...endpoint, params: { api_key: token } } }],
      });
    await expect(run(server, path, source('secret-of-the-first', 1))).rejects.toThrow('500');
    const { info } = await run(server, path, source('secret-of-the-second', 2));
    expect([info.resumed?.tables, info.tables]).toEqual([{ orders: 4 }, { orders: 8 }]);
  });

  it('is resumed with the rules of dlt, which have one cursor for all lists', async () => {
    const path = databasePath();
    const server = await failing((page) => [{ id: 9 - page }]);
    const source = shop(server, { endpoint: { ...endpoint, incremental: { cursorPath: 'id' } } });
    const dlt = { compat: 'dlt' } as const;
    await expect(run(server, path, source, {}, dlt)).rejects.toThrow('500');
    const { info, rows } = await run(server, path, source, {}, dlt);
    expect([info.resumed?.tables, rows]).toEqual([{ orders: 2 }, ids(6, 7, 8, 9)]);
    // The furthest value, and the hash of its row, are those of the first part.
    const again = await run(server, path, source, {}, dlt);
    expect(again.info.tables).toEqual({});
  });

  it('keeps what a contract left out of its first part, too', async () => {
    const path = databasePath();
    const server = await failing((page) => [{ id: page, ...(page % 2 === 1 && { late: page }) }]);
    const before = await serve(() => ({ json: { data: [{ id: 100 }], next: null } }));
    await run(server, path, shop(before));
    const options = { schemaContract: { columns: 'discard_row' }, quarantine: true } as const;
    await expect(run(server, path, shop(server), options)).rejects.toThrow('500');
    const { info, rows } = await run(server, path, shop(server), options);
    expect(rows).toEqual(ids(0, 2, 100));
    expect([info.discarded, info.resources[0]?.discarded]).toEqual([
      { orders: { rows: 2, values: 0 } },
      { rows: 2, values: 0 },
    ]);
    await using own = open(path);
    expect(
      await own.dataset().query('SELECT count(*)::INT AS rows FROM _sluice_quarantine'),
    ).toEqual([{ rows: 2 }]);
  });

  it('lets new columns into the table that it made itself, whatever the contract', async () => {
    const path = databasePath();
    const server = await failing((page) => [
      { id: page, ...(page > 1 && { late: `page ${page}` }) },
    ]);
    const frozen = { schemaContract: { columns: 'freeze' } } as const;
    await expect(run(server, path, shop(server, frozen))).rejects.toThrow('500');
    const { rows } = await run(server, path, shop(server, frozen));
    expect(rows).toEqual([
      { id: 0, late: null },
      { id: 1, late: null },
      { id: 2, late: 'page 2' },
      { id: 3, late: 'page 3' },
    ]);
  });

  it('fits what comes to the columns that were staged', async () => {
    const path = databasePath();
    const server = await failing((page) => [{ id: page, code: page > 1 ? 'text' : page }]);
    const merged = { primaryKey: 'id', writeDisposition: 'merge' } as const;
    await expect(run(server, path, shop(server, merged))).rejects.toThrow('500');
    const { rows } = await run(server, path, shop(server, merged));
    expect(rows).toEqual([
      { id: 0, code: 0, code__v_text: null },
      { id: 1, code: 1, code__v_text: null },
      { id: 2, code: null, code__v_text: 'text' },
      { id: 3, code: null, code__v_text: 'text' },
    ]);
  });

  it.each(['discard_value', 'freeze'] as const)(
    'is begun anew as if it had made no tables (contract: %s)',
    async (columns) => {
      const path = databasePath();
      const server = await failing((page) => [
        { id: page, tags: [{ tag: page }], ...(page > 1 && { late: page, more: [{ of: page }] }) },
      ]);
      const options = { schemaContract: { columns } } as const;
      await expect(run(server, path, shop(server), options)).rejects.toThrow('500');
      const { info, rows } = await run(server, path, shop(server), { ...options, resume: false });
      expect(rows).toEqual([
        { id: 0, late: null },
        { id: 1, late: null },
        { id: 2, late: 2 },
        { id: 3, late: 3 },
      ]);
      expect(info.tables).toEqual({ orders: 4, orders__tags: 4, orders__more: 2 });
      expect(info.discarded).toBeUndefined();
    },
  );

  it('is begun anew with the types that the configuration has by now', async () => {
    const path = databasePath();
    const server = await failing((page) => [{ id: page, code: page }]);
    await expect(run(server, path, shop(server))).rejects.toThrow('500');
    const { rows } = await run(
      server,
      path,
      shop(server, { columns: { code: { dataType: 'text' } } }),
    );
    expect(rows[0]).toEqual({ id: 0, code: '0' });
  });

  it('is begun anew in the tables that somebody has changed, or that have other rows', async () => {
    for (const change of [
      "ALTER TABLE orders ADD COLUMN note VARCHAR DEFAULT 'none'",
      "INSERT INTO orders (id, _dlt_id, _dlt_load_id) VALUES (9, 'nine', 'own')",
    ]) {
      const path = databasePath();
      const server = await failing((page) => [{ id: page }]);
      await expect(run(server, path, shop(server))).rejects.toThrow('500');
      await using own = open(path);
      await own.dataset().query(change);
      const { rows } = await run(server, path, shop(server), { resume: false });
      expect(rows).toEqual(
        change.startsWith('ALTER')
          ? [0, 1, 2, 3].map((id) => ({ id, note: 'none' }))
          : ids(0, 1, 2, 3, 9),
      );
    }
  });

  it('is resumed where the first part of its address is a secret that was exchanged', async () => {
    const path = databasePath();
    const server = await failing();
    const source = (token: string): Source =>
      restSource({
        name: 'shop',
        client: {
          baseUrl: `${server.url}/${token}`,
          auth: { type: 'bearer', token },
          retry: { attempts: 1 },
        },
        resources: [{ name: 'orders', endpoint }],
      });
    await expect(run(server, path, source('secret-of-the-first'))).rejects.toThrow('500');
    const { info } = await run(server, path, source('secret-of-the-second'));
    expect([info.resumed?.tables, info.tables]).toEqual([{ orders: 4 }, { orders: 8 }]);
  });

  it('is resumed where a page may hold more by now', async () => {
    const path = databasePath();
    const server = await failing();
    await expect(run(server, path, shop(server, { limits: { depth: 50 } }))).rejects.toThrow('500');
    const { info } = await run(server, path, shop(server, { limits: { depth: 60 } }));
    expect(info.resumed?.tables).toEqual({ orders: 4 });
  });

  it('is begun anew where another body is sent, whatever its members are called', async () => {
    const path = databasePath();
    const server = await failing();
    const source = (start: number): Source =>
      shop(server, {
        endpoint: { ...endpoint, method: 'POST', repeatable: true, json: { windows: { start } } },
      });
    await expect(run(server, path, source(1))).rejects.toThrow('500');
    const { info, notices } = await run(server, path, source(2));
    expect(info.resumed).toBeUndefined();
    expect(notices[0]).toContain('begun anew, because the configuration');
  });

  it('goes on with its cursor and with the values that it began with', async () => {
    const path = databasePath();
    const server = await failing((page) => [{ id: page, at: page < 2 ? 9 - page : page }]);
    const since = (initialValue: number): Source =>
      shop(server, {
        endpoint: {
          ...endpoint,
          incremental: { cursorPath: 'at', startParam: 'since', initialValue },
        },
      });
    await expect(run(server, path, since(1))).rejects.toThrow('500');
    const { notices } = await run(server, path, since(5));
    expect(notices).toContain(
      'The windows and cursors of orders begin and end where they did before the stop, not where they would now.',
    );
    expect(server.requests.map(({ query }) => query.get('since'))).toEqual(Array(5).fill('1'));
    await run(server, path, since(5));
    // The furthest value was in the first part.
    expect(server.requests.at(-1)?.query.get('since')).toBe('9');
  });

  it.each([1, 3])(
    'is begun anew where rows were missing and that is a failure (%i)',
    async (rows) => {
      const path = databasePath();
      // The last page is in a commit of its own, or in none.
      const commits = { commit: { rows } };
      let total = 9;
      const api = await serve(({ query }) => {
        const page = Number(query.get('after') ?? 0);
        return { json: { data: [{ id: page }], total, next: page < 3 ? page + 1 : null } };
      });
      const server = { ...api, fail: () => undefined };
      const strict = { incomplete: 'fail' } as const;
      await expect(run(server, path, shop(server), strict, commits)).rejects.toThrow(
        'rows are missing',
      );
      total = 4;
      const again = await run(server, path, shop(server), strict, commits);
      expect([again.rows, again.info.resumed]).toEqual([ids(0, 1, 2, 3), undefined]);
    },
  );

  it('is begun anew where a source does not say where its pages are', async () => {
    const path = databasePath();
    const server = await failing();
    const inner = shop(server);
    const source: Source = {
      ...inner,
      pages: (context) =>
        inner.pages(context).pipe(map(({ place: _, events: __, ...page }) => page)),
    };
    await expect(run(server, path, source)).rejects.toThrow('500');
    const { notices, rows } = await run(server, path, source);
    expect(rows).toEqual(ids(0, 1, 2, 3, 4, 5, 6, 7));
    expect(notices).toEqual([expect.stringContaining('do not say where they are in the load')]);
  });

  it('keeps its place while the pipeline loads another source', async () => {
    const path = databasePath();
    const server = await failing();
    await expect(run(server, path, shop(server))).rejects.toThrow('500');
    const other = await serve(() => ({ json: [{ id: 1 }] }));
    const cursor = { incremental: { cursorPath: 'id' }, paginator: 'single' } as const;
    await using own = open(path);
    const source = restSource({
      name: 'other',
      client: { baseUrl: other.url },
      resources: [{ name: 'others', endpoint: cursor }],
    });
    await own.run(source);
    const { info } = await run(server, path, shop(server));
    expect(info.resumed?.tables).toEqual({ orders: 4 });
    // The state of the later load is the pipeline's still.
    const again = await own.run(source);
    expect(again.tables).toEqual({});
  });
});

it('a position that leads in circles says that the load may be begun anew, which mends it', async () => {
  let isMended = false;
  const server = await serve(({ query }) => {
    const page = Number(query.get('after')?.slice(1) ?? 0);
    const next = page === 2 && !isMended ? 0 : page + 1;
    return {
      json: { data: [{ id: page * 2 }, { id: page * 2 + 1 }], next: page < 3 ? `c${next}` : null },
    };
  });
  await using loading = pipeline({
    name: 'shop',
    destination: duckdb(databasePath()),
    batch: { rows: 1 },
    commit: { rows: 1 },
  });
  const run = (options: RunOptions = {}): Promise<LoadInfo> =>
    loading.run(shop(server, { primaryKey: 'id', writeDisposition: 'merge' }), options);
  await expect(run()).rejects.toThrow('points to a page that was requested before');
  isMended = true;
  await expect(run()).rejects.toMatchObject({
    code: 'ERR_SLUICE_PAGINATION',
    message: expect.stringContaining('`resume: false` begins it anew'),
  });
  expect(await run({ resume: false })).toMatchObject({ tables: { orders: 8 } });
});
