import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { KeptCursor } from '#operators/cursor/cursor-progress.js';
import { dedupHash } from '#operators/cursor/dedup-hash.js';
import { parseJson } from '#operators/json/parse-json.js';
import {
  duckdb,
  type Json,
  pipeline,
  restSource,
  type RestEndpoint,
  type RestResource,
  type RunEvent,
} from 'sluice';
import { type LocalServer, serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const file = (): string => folder.path('t.duckdb');
const loading = (compat: 'sluice' | 'dlt' = 'sluice') =>
  pipeline({ name: 'p', destination: duckdb(file()), dataset: 'data', compat });

async function run(
  server: LocalServer,
  incremental: NonNullable<RestEndpoint['incremental']>,
  { compat, ...resource }: Partial<RestResource> & { compat?: 'sluice' | 'dlt' } = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await using own = loading(compat);
  await own.run(
    restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: [
        {
          name: 'items',
          ...resource,
          endpoint: { path: 'items', paginator: 'headerLink', incremental },
        },
      ],
    }),
    { observe: (event) => events.push(event) },
  );
  return events;
}

/** A server whose list has these pages, in each run others. */
async function pagesOf(...runs: Json[][][]): Promise<{ server: LocalServer; next: () => void }> {
  let number = 0;
  const server = await serve(({ query }) => {
    const pages = runs[number] ?? [];
    const page = Number(query.get('page') ?? 0);
    return {
      json: pages[page] ?? [],
      ...(page + 1 < pages.length && {
        headers: { link: `</items?page=${page + 1}>; rel="next"` },
      }),
    };
  });
  return { server, next: () => void (number += 1) };
}

async function ids(): Promise<unknown[]> {
  const rows = await duckdb(file()).query<{ id: number }>('SELECT id FROM data.items ORDER BY id');
  return rows.map(({ id }) => id);
}

async function loadTwice(
  first: Json[][],
  second: Json[][],
  incremental: NonNullable<RestEndpoint['incremental']>,
  resource: Partial<RestResource> = {},
): Promise<unknown[]> {
  const { server, next } = await pagesOf(first, second);
  await run(server, incremental, resource);
  next();
  await run(server, incremental, resource);
  return ids();
}

const at = { cursorPath: 'at' };

describe('rows of an incremental resource without a parameter', () => {
  it('are loaded once each, though the API sends all in every run', async () => {
    const rows = [
      { id: 1, at: 1 },
      { id: 2, at: 2 },
    ];
    expect(
      await loadTwice(
        [rows],
        [[...rows, { id: 3, at: 2 }, { id: 4, at: 3 }, { id: 0, at: 1 }]],
        at,
      ),
    ).toEqual([1, 2, 3, 4]);
  });

  it('have no end without `endValue`, which a notice says of `rangeEnd`', async () => {
    const { server } = await pagesOf([[{ id: 1, at: 1 }]]);
    const noticesOf = async (incremental: typeof at & { endValue?: number }): Promise<string[]> => {
      const events = await run(server, { ...incremental, rangeEnd: 'closed', initialValue: 0 });
      return events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
    };
    expect(await noticesOf(at)).toEqual([
      "`incremental.rangeEnd: 'closed'` does nothing without `endValue`: rows have no end then. Leave it out, or give `endValue`.",
    ]);
    expect(await noticesOf({ ...at, endValue: 1 })).toEqual([]);
  });

  it('are told apart at the border by their key, where there is one', async () => {
    const changed = [{ id: 1, at: 1, v: 'new' }];
    expect(await loadTwice([[{ id: 1, at: 1 }]], [changed], at)).toEqual([1, 1]);
  });

  it('are the same rows by the key though other fields changed', async () => {
    const changed = [{ id: 1, at: 1, v: 'new' }];
    expect(await loadTwice([[{ id: 1, at: 1 }]], [changed], at, { primaryKey: 'id' })).toEqual([1]);
  });

  it('go by a value below objects, in JSON, behind an index, or in an excluded column', async () => {
    const row = (id: number): Json => ({ id, o: { p: { at: id } }, l: [{ at: id }], x: id });
    for (const [cursorPath, columns] of [
      ['o.p.at', {}],
      ['o.p.at', { o: { dataType: 'json' } }],
      ['$.l[0].at', {}],
      ['l[*].at', {}],
      ['x', { x: { exclude: true } }],
      ['o.p.at', { o: { exclude: true } }],
    ] as const) {
      const { server } = await pagesOf([[row(1), row(2), row(3)]]);
      await using own = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'data' });
      await own.run(
        restSource({
          client: { baseUrl: server.url, paginator: 'single' },
          resources: [
            {
              name: 'items',
              columns,
              endpoint: { path: 'items', incremental: { cursorPath, initialValue: 2 } },
            },
          ],
        }),
      );
      const rows = await own.dataset().query<{ id: number }>('SELECT * FROM items ORDER BY id');
      expect([cursorPath, rows.map(({ id }) => id)]).toEqual([cursorPath, [2, 3]]);
      if ('x' in columns) expect(Object.keys(rows[0] ?? {})).not.toContain('x');
    }
  });

  it('take their children along, and leave them behind', async () => {
    const { server } = await pagesOf([
      [
        { id: 1, at: 1, tags: ['a'] },
        { id: 2, at: 2, tags: ['b', 'c'] },
      ],
    ]);
    await run(server, { cursorPath: 'at', initialValue: 2 });
    expect(await duckdb(file()).query('SELECT value FROM data.items__tags ORDER BY value')).toEqual(
      [{ value: 'b' }, { value: 'c' }],
    );
  });

  it('are refused without a value, with the keys that are there', async () => {
    const { server } = await pagesOf([[{ id: 1, updated: { at: 1 } }]]);
    await expect(run(server, { cursorPath: 'updatd' })).rejects.toThrow(
      /^Resource items, page 1, row 1: nothing, or null, is at incremental\.cursorPath `updatd`\. Did you mean `updated`\? There are: `id`, `updated`, `updated\.at`\. Correct the path, or load such rows with `onCursorValueMissing: 'include'`/,
    );
    const { server: nulls } = await pagesOf([[{ id: 1, at: null }]]);
    await expect(run(nulls, at)).rejects.toThrow(/`at`\. There are: `id`, `at`\./);
  });

  it.each([
    ['include', [1, 2]],
    ['exclude', [1]],
  ] as const)('without a value follow onCursorValueMissing: %s', async (missing, expected) => {
    const { server } = await pagesOf([[{ id: 1, at: 1 }, { id: 2 }]]);
    await run(server, { ...at, onCursorValueMissing: missing });
    expect(await ids()).toEqual(expected);
  });

  it('without any value are a notice where they are included', async () => {
    const { server } = await pagesOf([[{ id: 1 }]]);
    const events = await run(server, { cursorPath: 'at', onCursorValueMissing: 'include' });
    expect(events).toContainEqual({
      kind: 'notice',
      resource: 'items',
      message: expect.stringMatching(/^no row has a value at .*`at`/) as string,
    });
  });

  it('are read as a whole where they replace the table', async () => {
    const rows = [
      { id: 1, at: 1 },
      { id: 2, at: 2 },
    ];
    expect(await loadTwice([rows], [rows], at, { writeDisposition: 'replace' })).toEqual([1, 2]);
  });

  it('end their list where the order says that no more can come', async () => {
    const pages = [[{ id: 9, at: 9 }], [{ id: 4, at: 4 }], [{ id: 3, at: 3 }], [{ id: 2, at: 2 }]];
    const { server, next } = await pagesOf([[{ id: 4, at: 4 }]], pages);
    await run(server, { ...at, rowOrder: 'desc' });
    next();
    const events = await run(server, { ...at, rowOrder: 'desc' });
    expect(server.requests.map(({ url }) => url)).toEqual(['/items', '/items', '/items?page=1']);
    expect(await ids()).toEqual([4, 9]);
    expect(events.findLast(({ kind }) => kind === 'done')).toMatchObject({ end: 'stopped' });
  });

  it('of a list that was ended there go on from the last value', async () => {
    const { server, next } = await pagesOf(
      [[{ id: 1, at: 1 }]],
      [[{ id: 3, at: 3 }], [{ id: 1, at: 1 }], [{ id: 0, at: 0 }]],
      [
        [
          { id: 4, at: 4 },
          { id: 3, at: 3 },
        ],
        [{ id: 1, at: 1 }],
      ],
    );
    for (let i = 0; i < 3; i += 1, next()) await run(server, { ...at, rowOrder: 'desc' });
    expect(await ids()).toEqual([1, 3, 4]);
  });

  it('are refused with an end before the beginning', async () => {
    const { server } = await pagesOf([[{ id: 1, at: 1 }]]);
    await expect(run(server, { ...at, initialValue: 5, endValue: 2 })).rejects.toThrow(
      /^Resource items: `incremental\.endValue` \(2\) lies before `initialValue` \(5\)/,
    );
    expect(server.requests).toEqual([]);
  });

  it('go by a function that chooses the further of two values', async () => {
    const lengths = { ...at, lastValueFunc: (values: readonly unknown[]) => longest(values) };
    expect(
      await loadTwice(
        [[{ id: 1, at: 'bb' }]],
        [
          [
            { id: 2, at: 'z' },
            { id: 3, at: 'aaa' },
          ],
        ],
        lengths as NonNullable<RestEndpoint['incremental']>,
      ),
    ).toEqual([1, 3]);
  });

  it('each parent’s, go on from the parent’s own last value; from one for all as in dlt', async () => {
    const loaded = async (compat: 'sluice' | 'dlt'): Promise<unknown> => {
      let rows: Record<string, Json[]> = { 1: [{ k: 1, at: 1 }], 2: [{ k: 2, at: 5 }] };
      const server = await serve(({ path }) => ({
        json: path === '/shops' ? [{ id: 1 }, { id: 2 }] : rows[path.split('/')[2] ?? ''],
      }));
      await using own = pipeline({
        name: 'p',
        destination: duckdb(':memory:'),
        dataset: 'd',
        compat,
      });
      const source = restSource({
        client: { baseUrl: server.url, paginator: 'single' },
        resources: [
          'shops',
          { name: 'orders', endpoint: { path: 'shops/{resources.shops.id}', incremental: at } },
        ],
      });
      await own.run(source);
      rows = { 1: [{ k: 3, at: 3 }], 2: [{ k: 4, at: 4 }] };
      await own.run(source);
      return own.dataset().query('SELECT k FROM orders ORDER BY k');
    };
    expect(await loaded('sluice')).toEqual([{ k: 1 }, { k: 2 }, { k: 3 }]);
    expect(await loaded('dlt')).toEqual([{ k: 1 }, { k: 2 }]);
  });

  it('of a parent that is not there any more leave dlt’s state as far as it was', async () => {
    let rows: Record<string, Json[]> = { 1: [{ k: 1, at: 1 }], 2: [{ k: 2, at: 5 }] };
    const server = await serve(({ path }) => ({
      json:
        path === '/shops'
          ? Object.keys(rows).map((id) => ({ id }))
          : rows[path.split('/')[2] ?? ''],
    }));
    await using own = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url, paginator: 'single' },
      resources: [
        'shops',
        { name: 'orders', endpoint: { path: 'shops/{resources.shops.id}', incremental: at } },
      ],
    });
    await own.run(source);
    rows = { 1: [{ k: 3, at: 3 }] };
    await own.run(source);
    const { state } = await own.sync();
    expect(state.sources['shop']?.resources?.['orders']?.incremental?.['at']).toMatchObject({
      last_value: 5,
    });
  });

  it('that are not new request no children', async () => {
    const server = await serve(({ path }) => ({
      json:
        path === '/shops'
          ? [
              { id: 1, at: 1 },
              { id: 2, at: 2 },
            ]
          : [],
    }));
    await using own = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
    await own.run(
      restSource({
        client: { baseUrl: server.url, paginator: 'single' },
        resources: [
          { name: 'shops', endpoint: { path: 'shops', incremental: { ...at, initialValue: 2 } } },
          { name: 'orders', endpoint: 'orders/{resources.shops.id}' },
        ],
      }),
    );
    expect(server.requests.map(({ url }) => url)).toEqual(['/shops', '/orders/2']);
  });
});

describe('a run that brings nothing new', () => {
  it.each([
    ['sluice', 2],
    ['dlt', 1],
  ] as const)('is a load in mode %s: of two runs %i', async (compat, loads) => {
    const { server } = await pagesOf([[{ id: 1, at: 1 }]]);
    await run(server, at, { compat });
    await run(server, at, { compat });
    const rows = await duckdb(file()).query('SELECT load_id FROM data._dlt_loads');
    expect(rows).toHaveLength(loads);
    await run(server, at, { compat });
    expect(await ids()).toEqual([1]);
  });
});

describe('a run after dlt’s state was deleted', () => {
  it('begins anew with dlt’s rules, as dlt does', async () => {
    const { server } = await pagesOf([[{ id: 1, at: 1 }]]);
    await run(server, at, { compat: 'dlt' });
    const database = await DuckDBInstance.create(file());
    const connection = await database.connect();
    await connection.run('DELETE FROM data._dlt_pipeline_state');
    connection.closeSync();
    database.closeSync();
    await run(server, at, { compat: 'dlt' });
    expect(await ids()).toEqual([1, 1]);
  });
});

describe('run() of rows', () => {
  it('loads those that are new', async () => {
    const incremental = { cursorPath: 'at', rowOrder: 'desc' } as const;
    await using own = loading();
    await own.run(
      [
        { id: 2, at: 2 },
        { id: 1, at: 1 },
      ],
      { table: 'items', incremental },
    );
    await own.run(
      [
        { id: 3, at: 3 },
        { id: 2, at: 2 },
      ],
      { table: 'items', incremental },
    );
    expect(await own.dataset().query('SELECT id FROM items ORDER BY id')).toEqual([
      { id: 1 },
      { id: 2 },
      { id: 3 },
    ]);
  });
});

describe('rows of one value that are more than 200', () => {
  it.each(['sluice', 'dlt'] as const)(
    'are known in the next run, keep one place in tables, and are reported once (%s)',
    async (compat) => {
      const rows = Array.from({ length: 201 }, (_, id) => ({ id, n: 1 }));
      const notices: string[] = [];
      for (let count = 0; count < 3; count += 1) {
        await using own = loading(compat);
        const { tables } = await own.run(rows, {
          table: 'items',
          incremental: { cursorPath: 'n' },
          observe: (event) => event.kind === 'notice' && notices.push(event.message),
        });
        expect(tables).toEqual(count === 0 ? { items: 201 } : {});
      }
      expect(notices.filter((one) => one.includes('`_sluice_positions`'))).toHaveLength(1);
      await using own = loading(compat);
      // A run that brings nothing makes no load with dlt's rules: what it left goes with the next.
      const kept = await own
        .dataset()
        .query('SELECT state FROM _sluice_positions JOIN _dlt_loads USING (load_id)');
      expect(kept).toHaveLength(1);
      const [{ state } = { state: '{}' }] = kept;
      const { incremental } = JSON.parse(String(state)) as Record<string, KeptCursor>;
      expect(incremental?.uniqueHashes).toHaveLength(201);
    },
  );
});

describe('the hash of a row at the border', () => {
  // Made by digest_dedup_value of dlt 1.31.
  it.each<[string, string]>([
    ['{"id":1,"n":1}', 'OIYCexgd1lx3'],
    ['2', 'Tp44cKMYfAuJ'],
    ['[1,"a"]', 'ndvRJS8rm8iA'],
    [
      '{"d":1.0,"e":1e2,"t":"é\u2028","l":[1e16,1e-6,0.00001,-0.0,123456789012345680.0],"o":{"b":null,"a":true},"big":9007199254740993}',
      'KF1as9hdUKL5',
    ],
  ])('of %s is dlt’s', (json, hash) => {
    expect(dedupHash(parseJson(json), false)).toBe(hash);
  });

  it('of an older dlt has 20 characters, of which the first 12 are the same', () => {
    expect(dedupHash(parseJson('{"n":1,"id":1}'), true)).toBe('OIYCexgd1lx3SOREjc2K');
  });
});

function longest(values: readonly unknown[]): string {
  return values.map(String).reduce((a, b) => (b.length > a.length ? b : a));
}
