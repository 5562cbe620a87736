import { describe, expect, it } from 'vitest';
import { duckdb, fromDlt, type NestedHints, type Pipeline, pipeline } from 'sluice';
import { serve } from '../support/local-server.js';

const ORDER = { id: 1, o: { l: [{ key: 7, v: 1.5, m: [{ a: 1 }] }, { key: 8 }] } };

interface Options {
  writeDisposition?: 'append' | 'merge' | 'replace';
  primaryKey?: string;
  hints: NestedHints;
}

/** A pipeline with these orders loaded, one run each. */
async function loaded(
  { hints, ...options }: Options,
  orders: readonly object[] = [ORDER, ORDER],
): Promise<Pipeline> {
  const own = pipeline({ name: 'shop', destination: duckdb(':memory:') });
  for (const order of orders)
    await own.run([order], { table: 'orders', ...options, nestedHints: { o__l: hints } });
  return own;
}

async function columns(own: Pipeline, table = 'orders__o__l'): Promise<string[]> {
  const rows = await own
    .dataset()
    .query<{ name: string }>(
      'SELECT column_name AS name FROM duckdb_columns() WHERE table_name = $1 ORDER BY column_index',
      [table],
    );
  return rows.map(({ name }) => name);
}

const keys = (own: Pipeline): Promise<object[]> =>
  own.dataset().query('SELECT key, v FROM orders__o__l ORDER BY key, v');

describe('a child table with keys of its own', () => {
  it('is a root table: its rows have a load id, and neither parent nor place', async () => {
    await using own = await loaded({ hints: { primaryKey: 'key' } }, [ORDER]);
    expect(await columns(own)).toEqual(['key', 'v', '_dlt_load_id', '_dlt_id']);
    expect(
      await own
        .dataset()
        .query(
          'SELECT a FROM orders__o__l__m m JOIN orders__o__l l ON l._dlt_id = m._dlt_parent_id',
        ),
    ).toEqual([{ a: 1 }]);
  });

  it('has a key once that comes below several rows of a page, with the rows below it', async () => {
    const hints = { primaryKey: 'key', writeDisposition: 'merge' } as const;
    const page = [1, 2, 3].map((id) => ({
      id,
      l: [{ key: 7, v: id, m: [{ a: id }] }, { key: id }],
    }));
    for (const [compat, v] of [
      ['sluice', 3],
      ['dlt', 1],
    ] as const) {
      const destination = duckdb(':memory:');
      await using own = pipeline({ name: 'shop', destination, compat });
      const given = { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
      for (const rows of [page.slice(0, 2), page])
        await own.run(rows, { ...given, nestedHints: { l: hints } });
      expect(await own.dataset().query('SELECT key, v FROM orders__l ORDER BY key')).toEqual([
        { key: 1, v: null },
        { key: 2, v: null },
        { key: 3, v: null },
        { key: 7, v },
      ]);
      expect(await own.dataset().query('SELECT a FROM orders__l__m')).toEqual([{ a: v }]);
    }
  });

  it('is merged by its key, with the rows below it', async () => {
    const changed = { id: 1, o: { l: [{ key: 7, v: 2, m: [{ a: 2 }, { a: 3 }] }] } };
    await using own = await loaded(
      {
        writeDisposition: 'merge',
        primaryKey: 'id',
        hints: { primaryKey: 'key', writeDisposition: 'merge' },
      },
      [ORDER, changed],
    );
    expect(await keys(own)).toEqual([
      { key: 7, v: 2 },
      { key: 8, v: null },
    ]);
    expect(await columns(own)).toEqual(['key', 'v', '_dlt_root_id', '_dlt_load_id', '_dlt_id']);
    expect(await own.dataset().query('SELECT a FROM orders__o__l__m ORDER BY a')).toEqual([
      { a: 2 },
      { a: 3 },
    ]);
  });

  it('is replaced where the table above is appended to', async () => {
    await using own = await loaded({ hints: { mergeKey: 'key', writeDisposition: 'replace' } });
    expect(await own.dataset().table('orders').count()).toBe(2);
    expect(await own.dataset().table('orders__o__l').count()).toBe(2);
    expect(await own.dataset().table('orders__o__l__m').count()).toBe(1);
  });

  it('is appended to by default, also where the table above is merged', async () => {
    await using own = await loaded({
      writeDisposition: 'merge',
      primaryKey: 'id',
      hints: { primaryKey: 'key' },
    });
    expect(await own.dataset().table('orders').count()).toBe(1);
    expect(await own.dataset().table('orders__o__l').count()).toBe(4);
  });

  it('needs a value in its key', async () => {
    const rows = [{ id: 1, o: { l: [{ key: 1 }, { v: 1 }] } }];
    await expect(loaded({ hints: { primaryKey: 'key' } }, rows)).rejects.toThrow(
      /column orders__o__l\.key must have a value in every row.*row 2/,
    );
  });
});

describe('hints of a child table', () => {
  it('refuse a disposition without a key', async () => {
    await expect(loaded({ hints: { writeDisposition: 'replace' } })).rejects.toThrow(
      /`nestedHints` of `o__l` has a `writeDisposition`, and a child table is written as its root/,
    );
  });

  it('have a schema contract of their own', async () => {
    const more = { id: 2, new: 1, o: { l: [{ key: 9, new: 1 }] } };
    await using own = await loaded({ hints: { schemaContract: { columns: 'discard_value' } } }, [
      ORDER,
      more,
    ]);
    expect(await columns(own)).not.toContain('new');
    expect(await columns(own, 'orders')).toContain('new');
    expect(await own.dataset().table('orders__o__l').count()).toBe(3);
  });

  it('are read from dlt’s `nested_hints`', async () => {
    const { url } = await serve(() => ({ json: [{ id: 1, l: [{ key: 7 }] }] }));
    await using own = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    const source = fromDlt({
      client: { base_url: url },
      resources: [
        {
          name: 'orders',
          endpoint: { paginator: 'single_page' },
          nested_hints: { l: { primary_key: 'key', write_disposition: 'merge' } },
        },
      ],
    });
    await own.run(source);
    await own.run(source);
    expect(await own.dataset().table('orders__l').count()).toBe(1);
  });
});
