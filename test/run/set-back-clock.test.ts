import { afterEach, expect, it, vi } from 'vitest';
import { duckdb, type LoadInfo, pipeline, type RestResource, restSource } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { serve } from '../support/local-server.js';

afterEach(() => {
  vi.useRealTimers();
});

/** The last load ids of this thread and of a loader's thread are not those of one process. */
async function load(path: string, thread: boolean, source: RestResource, url: string) {
  await using shop = pipeline({
    name: 'shop',
    dataset: 'data',
    destination: duckdb(path, { thread }),
  });
  const info = await shop.run(
    restSource({ name: 'shop', client: { baseUrl: url }, resources: [source] }),
  );
  return { info, query: await shop.dataset().query('SELECT * FROM orders ORDER BY ALL') };
}

const byId = (one: Pick<LoadInfo, 'loadId'>, other: Pick<LoadInfo, 'loadId'>): boolean =>
  one.loadId < other.loadId;

it('loads each row once after the clock was set back', async () => {
  const path = databasePath();
  let last = 2;
  const server = await serve(({ query }) => {
    const since = Number(query.get('since') ?? 0);
    return { json: Array.from({ length: last - since + 1 }, (_, i) => ({ id: since + i })) };
  });
  const orders: RestResource = {
    name: 'orders',
    endpoint: {
      paginator: 'single',
      incremental: { cursorPath: 'id', startParam: 'since', initialValue: 0 },
    },
  };
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  const ahead = await load(path, false, orders, server.url);
  vi.useRealTimers();
  last = 3;
  const back = await load(path, true, orders, server.url);
  expect(byId(ahead.info, back.info)).toBe(true);
  last = 4;
  const again = await load(path, true, orders, server.url);
  expect(server.requests.map(({ query }) => query.get('since'))).toEqual(['0', '2', '3']);
  expect(again.query).toHaveLength(5);
});

it('ends a version where the next one begins after the clock was set back', async () => {
  const path = databasePath();
  let name = 'old';
  const server = await serve(() => ({ json: [{ id: 1, name, [name]: 1 }] }));
  const orders: RestResource = {
    name: 'orders',
    writeDisposition: { disposition: 'merge', strategy: 'scd2' },
    endpoint: { paginator: 'single' },
  };
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await load(path, false, orders, server.url);
  vi.useRealTimers();
  name = 'new';
  const { query } = await load(path, true, orders, server.url);
  const versions = query as { name: string; _dlt_valid_from: Date; _dlt_valid_to: Date | null }[];
  const of = (wanted: string) => versions.find((one) => one.name === wanted);
  expect(of('old')?._dlt_valid_to).toEqual(of('new')?._dlt_valid_from);
  expect(of('new')?._dlt_valid_to).toBeNull();
  await using shop = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(path) });
  // The version of the schema that counts is the one that was written last.
  const { schemas } = await shop.sync();
  expect(Object.keys(schemas[0]?.tables['orders']?.columns ?? {})).toContain('new');
});

it('keeps the load of another pipeline apart that was stopped after the clock was set back', async () => {
  const path = databasePath();
  const list = (name: string, fails: () => boolean) =>
    serve(({ query }) => {
      const page = Number(query.get('after') ?? 0);
      if (page === 2 && fails()) return { status: 500 };
      return { json: { data: [{ id: `${name}${page}` }], next: page < 3 ? page + 1 : null } };
    });
  const read = async (name: string, url: string, thread = true) => {
    const own = pipeline({
      name,
      dataset: 'data',
      destination: duckdb(path, { thread }),
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    const endpoint = {
      path: 'orders',
      dataSelector: 'data',
      paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
    } as const;
    const client = { baseUrl: url, retry: { attempts: 1 } };
    try {
      await own.run(restSource({ name, client, resources: [{ name: 'orders', endpoint }] }));
    } finally {
      await own.close();
    }
  };
  let isDown = false;
  const [shop, other] = [await list('s', () => isDown), await list('o', () => false)];
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await read('shop', shop.url, false);
  vi.useRealTimers();
  isDown = true;
  await expect(read('shop', shop.url)).rejects.toThrow('500');
  await read('other', other.url);
  isDown = false;
  await read('shop', shop.url);
  await using all = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(path) });
  expect(
    await all
      .dataset()
      .query('SELECT id, count(*)::INT AS times FROM orders GROUP BY id ORDER BY id'),
  ).toEqual([
    ...[0, 1, 2, 3].map((page) => ({ id: `o${page}`, times: 1 })),
    ...[0, 1, 2, 3].map((page) => ({ id: `s${page}`, times: 2 })),
  ]);
});
