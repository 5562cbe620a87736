import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { EMPTY } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { duckdb, pipeline, restSource, type Source } from 'sluice';
import { coalesce } from 'sluice/sources/coalesce';
import { serve } from '../support/local-server.js';

interface Order {
  id: number;
  placed: Date;
  items: { sku: string }[];
}
const orders: Order[] = [
  { id: 1, placed: new Date('2026-01-02T03:04:05Z'), items: [{ sku: 'a' }, { sku: 'b' }] },
  { id: 2, placed: new Date('2026-01-03T00:00:00Z'), items: [] },
];
const shop = (): Source =>
  restSource({ name: 'shop', client: { baseUrl: 'http://127.0.0.1:9' }, resources: ['orders'] });
const open = (): ReturnType<typeof pipeline> =>
  pipeline({ name: 'rows', destination: duckdb(':memory:') });

describe('run() of rows', () => {
  it.each([
    ['a list', () => orders],
    [
      'a generator',
      function* () {
        yield* orders;
      },
    ],
    [
      'an asynchronous generator',
      async function* () {
        yield* orders;
      },
    ],
  ])('loads %s of objects with dates and lists', async (_, rows) => {
    const loading = open();
    const { tables, resources } = await loading.run(rows(), { table: 'orders' });
    expect(tables).toEqual({ orders: 2, orders__items: 2 });
    expect(resources).toMatchObject([{ name: 'orders', rows: 2, verdict: 'complete' }]);
    expect(
      await loading.dataset().query('SELECT id, epoch(placed) AS placed FROM orders ORDER BY id'),
    ).toEqual(orders.map(({ id, placed }) => ({ id, placed: placed.getTime() / 1000 })));
  });

  it.each([
    ['a generator', () => orders.values()],
    [
      'an asynchronous generator',
      async function* () {
        yield* orders;
      },
    ],
    ['a stream of Node', () => Readable.from(orders)],
    ['a stream of the web', () => ReadableStream.from(orders)],
  ])('refuses %s whose rows an earlier run took', async (_, rows) => {
    const loading = open();
    const given = rows();
    expect((await loading.run(given, { table: 'orders' })).tables).toMatchObject({ orders: 2 });
    await expect(loading.run(given, { table: 'orders' })).rejects.toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      message: expect.stringContaining('it gives them only once. Make a new one') as string,
    });
  });

  it('goes into the schema that the pipeline loaded first, as in dlt', async () => {
    const server = await serve(() => ({ json: [{ id: 1 }] }));
    const loading = open();
    await loading.run(
      restSource({ name: 'shop', client: { baseUrl: server.url }, resources: ['orders'] }),
    );
    await loading.run([{ id: 2 }], { table: 'notes' });
    const { state, schemas } = await loading.sync();
    expect(state).toMatchObject({ default_schema_name: 'shop', schema_names: ['shop'] });
    expect(
      schemas.map(({ name, tables }) => [name, 'orders' in tables, 'notes' in tables]),
    ).toEqual([['shop', true, true]]);
    await loading.run([{ id: 3 }], { table: 'notes' });
    expect(await loading.dataset().query('SELECT id FROM notes ORDER BY id')).toEqual([
      { id: 2 },
      { id: 3 },
    ]);
  });

  it.each(['sluice', 'dlt'] as const)(
    'goes on from its state in that schema: %s',
    async (compat) => {
      const loading = pipeline({ name: 'rows', destination: duckdb(':memory:'), compat });
      const source: Source = {
        name: 'shop',
        resources: [{ name: 'orders' }],
        pages: () => EMPTY,
        withResources: () => source,
      };
      await loading.run(source);
      const incremental = { cursorPath: 'id' };
      for (const rows of [
        [{ id: 1 }, { id: 2 }],
        [{ id: 2 }, { id: 3 }],
      ])
        await loading.run(rows, { table: 'notes', incremental });
      expect(await loading.dataset().query('SELECT id FROM notes ORDER BY id')).toEqual([
        { id: 1 },
        { id: 2 },
        { id: 3 },
      ]);
      const { state } = await loading.sync();
      expect(Object.keys(state.sources)).toEqual(['shop']);
    },
  );

  it('reads nothing of the dataset before the load begins', async () => {
    const real = duckdb(':memory:');
    const dataset = vi.fn((...given: Parameters<typeof real.dataset>) => real.dataset(...given));
    const loading = pipeline({ name: 'rows', destination: { ...real, dataset } });
    await loading.run([{ id: 1 }], { table: 'notes' });
    expect(dataset).not.toHaveBeenCalled();
  });

  it('is a schema of the pipeline’s own name where nothing was loaded before', async () => {
    const loading = open();
    await loading.run([{ id: 1 }], { table: 'notes' });
    expect(await loading.sync()).toMatchObject({
      state: { default_schema_name: 'rows', schema_names: ['rows'] },
    });
  });

  it('does not keep rows back while the next ones are awaited', async () => {
    const loading = open();
    let resume = (): void => undefined;
    const read = new Promise<void>((resolve) => (resume = resolve));
    async function* slow(): AsyncGenerator<{ id: number }> {
      yield { id: 1 };
      yield { id: 2 };
      await read;
      yield { id: 3 };
    }
    const pages: number[] = [];
    const { tables } = await loading.run(slow(), {
      table: 'orders',
      observe(event) {
        if (event.kind !== 'page') return;
        pages.push(event.rows);
        resume();
      },
    });
    expect([pages, tables]).toEqual([[2, 1], { orders: 3 }]);
  });

  it('merges by a key', async () => {
    const loading = open();
    for (let run = 0; run < 2; run += 1)
      await loading.run(orders, { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' });
    expect(await loading.dataset().query('SELECT count(*) AS n FROM orders')).toEqual([{ n: 2 }]);
  });

  it('names the row that is no object', async () => {
    await expect(open().run([{ id: 1 }, 5 as never], { table: 'orders' })).rejects.toThrow(
      /Resource orders, page 1, row 2: `run` returned/,
    );
  });
});

describe('run() of anything else is a config error', () => {
  it.each([
    [undefined, /found undefined/],
    [null, /found null/],
    [new Map(), /found a Map/],
    ['orders', /found the text "orders"/],
    [{ pages: 1, resources: 2 }, /found an object with pages, resources/],
    [Promise.resolve([]), /a promise. Await it first/],
    [{ client: { baseUrl: 'http://x' }, resources: [] }, /Pass it to restSource\(\) first/],
    [[{ id: 1 }], /needs the table/],
    [coalesce, /needs the table .* Call a function that makes a source first/],
    [[shop()], /takes one source; found a list of sources/],
  ])('%j', async (given, message) => {
    await expect(open().run(given as never)).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['table', { table: 'orders' }, /Set `tableName` of a resource in its config/],
    ['writeDisposition', { writeDisposition: 'replace' }, /`resourceDefaults` or a resource/],
    ['primaryKey', { primaryKey: 'id' }, /`resourceDefaults` or a resource/],
    ['columns', { columns: {} }, /Set `columns` of a resource/],
    ['maxTableNesting', { maxTableNesting: 0 }, /`resourceDefaults` or a resource/],
  ])('and `%s` beside a source, which has tables of its own', async (option, options, advice) => {
    const run = open().run(shop(), options as never);
    await expect(run).rejects.toThrow(`\`${option}\` of run() is for rows, and source shop has`);
    await expect(run).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(advice) as string,
    });
  });

  it('and so are a pipeline without a name or a destination', () => {
    for (const config of [
      undefined,
      {},
      { name: 'x' },
      { name: 'x', destination: 'x.duckdb' },
      { name: 'x', destination: duckdb },
    ])
      expect(() => pipeline(config as never)).toThrow(
        expect.objectContaining({ code: 'ERR_SLUICE_CONFIG' }) as Error,
      );
    expect(() => restSource(undefined as never)).toThrow(/found nothing/);
  });
});
