import { channel } from 'node:diagnostics_channel';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  apiKey,
  ConfigError,
  duckdb,
  jsonLink,
  type Page,
  pipeline,
  restSource,
  type RunEvent,
  type Source,
} from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const encoder = new TextEncoder();

function sourceOf(
  pages: Record<string, readonly object[][]>,
  resources: Source['resources'] = Object.keys(pages).map((name) => ({ name })),
): Source {
  return {
    name: 'made',
    resources,
    pages: () =>
      from(
        Object.entries(pages).flatMap(([resource, all]) =>
          all.map((rows, index): Page => {
            const body = encoder.encode(JSON.stringify(rows));
            return {
              resource,
              parent: null,
              index,
              body,
              rows:
                rows.length === 0
                  ? { kind: 'none', start: 0, end: 0, count: 0 }
                  : { kind: 'array', start: 0, end: body.length, count: rows.length },
              next: null,
              stamp: null,
              state: null,
            };
          }),
        ),
      ),
    withResources: () => sourceOf(pages, resources),
  };
}

describe('pipeline', () => {
  const folder = tempFolder();
  const made = (config: { dataset?: string } = {}): ReturnType<typeof pipeline> =>
    pipeline({ name: 'My Pipeline', destination: duckdb(folder.path('t.duckdb')), ...config });

  it('names its dataset as dlt does', () => {
    expect(made().dataset().name).toBe('my_pipeline_dataset');
    expect(made({ dataset: 'Shop Data' }).dataset().name).toBe('shop_data');
  });

  it('reports what it loaded as plain data and as dlt’s summary', async () => {
    const info = await made().run(
      sourceOf({ orders: [[{ id: 1, items: [1, 2] }], [{ id: 2 }]], empty: [[]] }),
    );
    const untold = {
      verdict: 'unproven',
      reasons: ['no event says how its lists ended'],
      lists: 0,
      declared: null,
      skipped: 0,
    };
    expect(JSON.parse(JSON.stringify(info))).toEqual({
      pipeline: 'My Pipeline',
      dataset: 'my_pipeline_dataset',
      destination: { name: 'duckdb', location: `duckdb:${folder.path('t.duckdb')}` },
      loadId: expect.stringMatching(/^\d+\.\d{6}$/) as string,
      startedAt: expect.stringMatching(/Z$/) as string,
      finishedAt: expect.stringMatching(/Z$/) as string,
      packages: [{ loadId: info.loadId, state: 'loaded', failedJobs: 0 }],
      tables: { orders: 2, orders__items: 2 },
      resources: [
        { name: 'orders', requests: 0, pages: 0, rows: 0, ...untold },
        { name: 'empty', requests: 0, pages: 0, rows: 0, ...untold },
      ],
      trace: expect.objectContaining({ outcome: 'complete', loadId: info.loadId }) as object,
    });
    expect(String(info).split('\n')).toEqual([
      expect.stringMatching(/^Pipeline My Pipeline load step completed in \d+\.\d\d seconds$/),
      '1 load package(s) were loaded to destination duckdb and into dataset my_pipeline_dataset',
      `The duckdb destination used duckdb:${folder.path('t.duckdb')} location to store data`,
      `Load package ${info.loadId} is LOADED and contains no failed jobs`,
      'Resource orders is unproven: no event says how its lists ended',
      'Resource empty is unproven: no event says how its lists ended',
    ]);
  });

  it('streams its steps, and requests nothing before it is subscribed', async () => {
    let requests = 0;
    const source = sourceOf({ orders: [[{ id: 1 }]] });
    const steps = made().stream({
      ...source,
      pages: (context) => ((requests += 1), source.pages(context)),
    });
    expect(requests).toBe(0);
    expect((await lastValueFrom(steps.pipe(toArray()))).map(({ kind }) => kind)).toEqual([
      'append',
      'commit',
      'complete',
    ]);
    expect(requests).toBe(1);
  });

  it('passes rows through processing steps, and loads no table for a resource that is not selected', async () => {
    const resources: Source['resources'] = [
      {
        name: 'orders',
        tableName: 'Kept Orders',
        processingSteps: [
          { filter: ({ id }) => id !== 1 },
          { map: ({ id }) => ({ id: Number(id) * 10 }) },
        ],
      },
      { name: 'hidden', selected: false },
    ];
    const info = await made().run(
      sourceOf({ orders: [[{ id: 1 }, { id: 2 }]], hidden: [[{ id: 9 }]] }, resources),
    );
    expect(info.tables).toEqual({ kept_orders: 1 });
  });

  it('emits every event to observers and diagnostics channels', async () => {
    const seen: RunEvent['kind'][] = [];
    const published: unknown[] = [];
    const listen = (message: unknown): void =>
      void published.push((message as { pipeline: string }).pipeline);
    channel('sluice:append').subscribe(listen);
    await made().run(sourceOf({ orders: [[{ id: 1 }]] }), {
      observe: ({ kind }) => seen.push(kind),
    });
    channel('sluice:append').unsubscribe(listen);
    expect(seen).toEqual(['append', 'commit', 'complete']);
    expect(published).toEqual(['My Pipeline']);
  });

  it('refuses an empty name, and resources that disagree about a table', async () => {
    expect(() => pipeline({ name: ' ', destination: duckdb(':memory:') })).toThrow(ConfigError);
    const source = sourceOf({ a: [[{ id: 1 }]], b: [[{ id: 1 }]] }, [
      { name: 'a', tableName: 't' },
      { name: 'b', tableName: 't', writeDisposition: 'replace' },
    ]);
    await expect(made().run(source)).rejects.toThrow(/Resources a and b both fill table t/);
  });

  it.each<[string, Source['resources']]>([
    ['one by its name', [{ name: 'a' }, { name: 'b', tableName: 'a' }]],
    ['both by names that differ in case alone', [{ name: 'items' }, { name: 'Items' }]],
    [
      'table names that differ',
      [
        { name: 'a', tableName: 't' },
        { name: 'b', tableName: 'T' },
      ],
    ],
  ])('refuses two resources that fill one table: %s', async (_, resources) => {
    await expect(made().run(sourceOf({}, resources))).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(/^Resources \w+ and \w+ both fill table \w+\. Give/) as string,
    });
  });

  it('loads two resources into one table that both name', async () => {
    const info = await made().run(
      sourceOf({ a: [[{ id: 1 }]], b: [[{ id: 2 }]] }, [
        { name: 'a', tableName: 'both' },
        { name: 'b', tableName: 'both' },
        { name: 'both', selected: false },
      ]),
    );
    expect(info.tables).toEqual({ both: 2 });
  });

  it('refuses a table or dataset without a name', async () => {
    await expect(made().run(sourceOf({}, [{ name: 'a', tableName: ' ' }]))).rejects.toThrow(
      '`tableName` of resource a is " ", which is empty as a table\'s name. Choose another name.',
    );
    expect(() => made({ dataset: ' ' })).toThrow(
      /^pipeline\(\): `dataset`: found an empty text; it must be text, not empty/,
    );
  });

  it('says that a merge without a key appends', async () => {
    const notices: string[] = [];
    const resources: Source['resources'] = [
      { name: 'orders', writeDisposition: 'merge' },
      { name: 'items', writeDisposition: 'merge', primaryKey: 'id' },
    ];
    const source = sourceOf({ orders: [[{ id: 1 }]], items: [[{ id: 1 }]] }, resources);
    const loading = made();
    for (let run = 0; run < 2; run += 1)
      await loading.run(source, {
        observe: (event) => event.kind === 'notice' && notices.push(event.message),
      });
    expect(new Set(notices)).toEqual(
      new Set([
        'Table orders is merged without a key, so its rows are appended and may come twice. Give the resource a `primaryKey`.',
      ]),
    );
    expect(
      await loading
        .dataset()
        .query(
          'SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM items) AS items',
        ),
    ).toEqual([{ orders: 2, items: 1 }]);
  });

  it('keeps secrets that an API repeats in its links out of the database', async () => {
    const server = await serve(({ query }) => ({
      json:
        query.get('page') === '2'
          ? { data: [{ id: 2 }] }
          : { data: [{ id: 1 }], next: '/things?page=2&token_of_mine=s3cret-value' },
    }));
    const source = restSource({
      client: {
        baseUrl: server.url,
        auth: apiKey({ key: 's3cret-value', name: 'token_of_mine', location: 'query' }),
      },
      resources: [{ name: 'things', endpoint: { dataSelector: 'data', paginator: jsonLink() } }],
    });
    const loading = made();
    const positions: string[] = [];
    const info = await loading.run(source, {
      observe: (event) =>
        event.kind === 'append' && positions.push(JSON.stringify(event.positions)),
    });
    expect(info.tables).toEqual({ things: 2 });
    expect(positions.join()).toContain('page=2');
    expect(positions.join()).not.toContain('s3cret-value');
  });

  it('shares a database in memory with its queries until it is closed', async () => {
    await using loading = pipeline({ name: 'p', destination: duckdb(':memory:') });
    await loading.run(sourceOf({ orders: [[{ id: 1 }]] }));
    expect(
      await loading.dataset().query('SELECT id FROM p_dataset.orders WHERE id = $1', [1]),
    ).toEqual([{ id: 1 }]);
  });
});
