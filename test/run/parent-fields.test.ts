import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, type RestResource, restSource } from 'sluice';
import type { Compat } from 'sluice/operators';
import { serve } from '../support/local-server.js';

const single = { dataSelector: '@', paginator: 'single' } as const;

/** Loads rows of a parent and of a child, as JSON texts; what `sql` gives. */
async function loaded(
  parents: string,
  children: string,
  child: Partial<RestResource>,
  sql: string,
): Promise<unknown[]> {
  const server = await serve(({ path }) => ({ text: path === '/a' ? parents : children }));
  await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
  await p.run(
    restSource({
      client: { baseUrl: server.url },
      resources: [
        { name: 'a', endpoint: { path: 'a', ...single } },
        { name: 'b', endpoint: { path: 'a/{resources.a.id}/b', ...single }, ...child },
      ],
    }),
  );
  return p.dataset().query(sql);
}

/** `order_id`, `order_id_<tag>` and `n` of the children's rows, and the notices. */
async function overlapped(
  children: string,
  compat: Compat = 'sluice',
): Promise<{ rows: unknown[]; notices: string[] }> {
  const server = await serve(({ path }) => ({ text: path === '/a' ? '[{"id":1}]' : children }));
  await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds', compat });
  const notices: string[] = [];
  await p.run(
    restSource({
      client: { baseUrl: server.url },
      resources: [
        { name: 'a', endpoint: { path: 'a', ...single } },
        {
          name: 'b',
          endpoint: { path: 'a/{resources.a.id}/b', ...single },
          includeFromParent: { order_id: 'id' },
        },
      ],
    }),
    {
      observe: (event) => {
        if (event.kind === 'notice') notices.push(event.message);
      },
    },
  );
  const rows = await p.dataset().query('SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM ds.b');
  return { rows, notices };
}

describe('a field of a parent that rows have themselves', () => {
  it('is kept beside the row’s own, in those rows that have it, and reported once', async () => {
    const { rows, notices } = await overlapped(
      '[{"n":1.0,"order_id":"own"},{"n":2.0},{"n":3.5,"order_id":null},{"n":4.0,"order_id":"b"}]',
    );
    const beside = Object.keys(rows[0] as object).find((key) => /^order_id_\w{6}$/.test(key));
    const row = (n: number, own: unknown, other: unknown): object =>
      expect.objectContaining({ n, order_id: own, [beside as string]: other }) as object;
    expect(rows).toEqual([
      row(1, 'own', 1),
      row(2, '1', null),
      row(3.5, '1', null),
      row(4, 'b', 1),
    ]);
    expect(notices).toEqual([expect.stringContaining(`kept as \`${beside}\``)]);
  });

  it('overwrites no value of the row, whatever key that has', async () => {
    const [first] = (await overlapped('[{"n":1,"order_id":"own"}]')).rows;
    const beside = Object.keys(first as object).find((key) => /^order_id_\w{6}$/.test(key));
    const { rows } = await overlapped(`[{"n":1,"order_id":"own","${beside}":"other"}]`);
    expect(Object.values(rows[0] as object)).toEqual([1, 'own', 'other', 1]);
  });

  it('stays one column where it is the same', async () => {
    const { rows, notices } = await overlapped('[{"n":1,"order_id":1},{"n":2}]');
    expect(rows).toEqual([
      { n: 1, order_id: 1 },
      { n: 2, order_id: 1 },
    ]);
    expect(notices).toEqual([]);
  });
});

describe('a field of a parent that rows have themselves, with dlt’s rules', () => {
  it('is written over the row’s own, which is reported once', async () => {
    const { rows, notices } = await overlapped(
      '[{"order_id":"own","n":1.0},{"n":2.0},{"n":3.5,"order_id":null},{"n":4.0,"order_id":"b"}]',
      'dlt',
    );
    expect(rows).toEqual([1, 2, 3.5, 4].map((n) => ({ order_id: 1, n })));
    expect(Object.keys(rows[0] as object)).toEqual(['order_id', 'n']);
    expect(notices).toEqual([expect.stringContaining('overwrites, as in dlt')]);
  });

  it('is not reported where it is the same', async () => {
    const { rows, notices } = await overlapped('[{"n":1,"order_id":1},{"n":2}]', 'dlt');
    expect(rows).toEqual([1, 2].map((n) => ({ n, order_id: 1 })));
    expect(notices).toEqual([]);
  });
});

describe('elements of a list that are null', () => {
  const rows = '[{"n":1},null,{"n":3}]';
  it('are no rows', async () => {
    expect((await overlapped(rows)).rows).toHaveLength(2);
  });

  it('are rows with the parent’s field alone with dlt’s rules', async () => {
    expect((await overlapped(rows, 'dlt')).rows).toEqual([
      { n: 1, order_id: 1 },
      { n: null, order_id: 1 },
      { n: 3, order_id: 1 },
    ]);
  });
});

describe('the key of a map', () => {
  it.each([
    ['{"a":{"_key":"own","v":1.0},"b":{"v":2.0}}', ['own', 'b'], ['a', null]],
    ['{"a":{"_key":"a","v":1.0},"b":{"_key":null,"v":2.0}}', ['a', 'b'], null],
    ['{"7":{"_key":7,"v":1.0},"8":{"_key":8,"v":2.0}}', ['7', '8'], null],
  ])('is kept beside a value of the row’s own: %s', async (text, keys, others) => {
    const server = await serve(() => ({ text }));
    await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
    const endpoint = { path: 'm', rows: 'map', ...single } as const;
    await p.run(
      restSource({ client: { baseUrl: server.url }, resources: [{ name: 'm', endpoint }] }),
    );
    const rows = await p.dataset().query('FROM ds.m ORDER BY v');
    expect(rows.map((row) => String(row['_key']))).toEqual(keys);
    const beside = Object.keys(rows[0] as object).find((key) => key.startsWith('_key_'));
    expect(beside === undefined ? null : rows.map((row) => row[beside])).toEqual(others);
    expect(rows.map((row) => row['v'])).toEqual([1, 2]);
  });
});

describe('the key of a map beside two values of the row', () => {
  it('overwrites neither', async () => {
    const rowOf = async (row: object): Promise<Record<string, unknown>> => {
      const server = await serve(() => ({ json: { a: row } }));
      await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
      const endpoint = { path: 'm', rows: 'map', ...single } as const;
      const config = { client: { baseUrl: server.url }, resources: [{ name: 'm', endpoint }] };
      await p.run(restSource(config));
      const [loadedRow] = await p
        .dataset()
        .query('SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM m');
      return loadedRow as Record<string, unknown>;
    };
    const first = await rowOf({ _key: 'own' });
    const beside = Object.keys(first).find((key) => first[key] === 'a') as string;
    expect(Object.values(await rowOf({ _key: 'own', [beside]: 'other' }))).toEqual([
      'own',
      'other',
      'a',
    ]);
  });
});

describe('elements of a list that are null', () => {
  it.each<[string, Partial<RestResource>]>([
    ['as they come', {}],
    ['with processing steps', { processingSteps: [{ filter: () => true }] }],
  ])('are no rows, and are counted as skipped, %s', async (_how, steps) => {
    const server = await serve(() => ({ text: '[null,{"n":1},null,{"n":2}]' }));
    await using p = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'ds' });
    const { resources, tables } = await p.run(
      restSource({
        client: { baseUrl: server.url },
        resources: [{ name: 'n', endpoint: { path: 'n', ...single }, ...steps }],
      }),
    );
    expect(tables['n']).toBe(2);
    expect(resources[0]).toMatchObject({ skipped: 2, verdict: 'complete' });
  });
});

describe('fields of a parent on the rows of its children', () => {
  it.each(['-0', '-0.0', '1.50', '7'])('keep the digits %s in a column of text', async (digits) => {
    const child = { includeFromParent: { v: 'v' }, columns: { v: { dataType: 'text' } } } as const;
    expect(await loaded(`[{"id":1,"v":${digits}}]`, '[{}]', child, 'SELECT v FROM ds.b')).toEqual([
      { v: digits },
    ]);
  });

  it('have the types that they have in the parent’s table', async () => {
    const fields = { price: 'price', z: 'z', big: 'big', o: 'o' };
    const types = `typeof(price) AS price, typeof(z) AS z, typeof(big) AS big, typeof(o__x) AS x`;
    const [row] = (await loaded(
      '[{"id":1,"price":2.0,"z":-0.0,"big":9007199254740993,"o":{"x":1e2}}]',
      '[{"n":1}]',
      { includeFromParent: fields },
      `SELECT (SELECT [${types.replaceAll(/ AS \w+/g, '')}] FROM ds.a) AS parent, (SELECT [${types.replaceAll(/ AS \w+/g, '')}] FROM ds.b) AS child`,
    )) as [{ parent: unknown; child: unknown }];
    expect(row.child).toEqual(row.parent);
  });
});
