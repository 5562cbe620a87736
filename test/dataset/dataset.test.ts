import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataset, duckdb, isSluiceError, pipeline, type Pipeline, type ReadRow } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const orders = Array.from({ length: 10_000 }, (_, id) => ({
  id,
  total: id / 2,
  at: new Date(1_000 * id),
  note: id % 3 === 0 ? null : `a note of more than twelve bytes, number ${id}`,
  items: id % 2 === 0 ? [{ sku: `a${id}`, parts: [1, 2] }, { sku: `b${id}` }] : [],
}));

/** Both ways in which DuckDB is used: in a thread of its own, and in the caller's. */
const places = [
  ['in a thread of its own', () => duckdb(folder.path('shop.duckdb'))],
  ['in this thread', () => duckdb(folder.path('shop.duckdb'), { thread: false })],
] as const;

const shop = (destination: ReturnType<typeof duckdb>): Pipeline =>
  pipeline({ name: 'shop', destination, dataset: 'shop_data' });

async function list<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

describe.each(places)('a dataset, read %s', (_, destination) => {
  it('gives rows of a relation, joined and in order', async () => {
    await using loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    const rows = loading
      .dataset()
      .table('orders')
      .select('id')
      .where('total > $1', 5)
      .where('id % $1 = 0', 4)
      .orderBy('id', 'desc')
      .limit(2)
      .join('orders__items');
    expect(
      (await list(rows.select('id', 'orders__items__sku'))).map((row) => ({ ...row })),
    ).toEqual([
      { id: 9_996, orders__items__sku: 'a9996' },
      { id: 9_996, orders__items__sku: 'b9996' },
      { id: 9_992, orders__items__sku: 'a9992' },
      { id: 9_992, orders__items__sku: 'b9992' },
    ]);
    expect(await rows.sql()).toContain('WHERE (total > $1) AND (id % $2 = 0)');
    expect(await rows.count()).toBe(4);
  });

  it('keeps rows without children in a left join', async () => {
    await using loading = shop(destination());
    await loading.run(orders.slice(0, 3), { table: 'orders' });
    const items = loading.dataset().table('orders__items').select('sku');
    const rows = loading.dataset().table('orders').select('id').orderBy('id').join(items, 'left');
    expect(await list(rows)).toEqual([
      { id: 0, orders__items__sku: 'a0' },
      { id: 0, orders__items__sku: 'b0' },
      { id: 1, orders__items__sku: null },
      { id: 2, orders__items__sku: 'a2' },
      { id: 2, orders__items__sku: 'b2' },
    ]);
  });

  it('streams all rows with their values', async () => {
    await using loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    const read = loading
      .dataset()
      .table('orders')
      .select('id', 'total', 'at', 'note')
      .orderBy('id');
    expect(await list(read.rows())).toEqual(orders.map(({ items: _items, ...row }) => row));
  });

  it('runs other queries between two rows of a stream', async () => {
    await using loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    const data = loading.dataset();
    const counts = new Set<unknown>();
    let read = 0;
    for await (const _row of data.table('orders')) {
      read += 1;
      if (read % 4_000 === 0)
        counts.add((await data.query('SELECT count(*) AS n FROM orders'))[0]?.['n']);
    }
    expect([read, [...counts]]).toEqual([10_000, [10_000]]);
  });

  it('ends the query when the loop is left, so that the pipeline can close', async () => {
    const loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    for await (const row of loading.dataset().table('orders')) {
      expect(row).toHaveProperty('id');
      break;
    }
    await loading.close();
  });

  it('stops a stream when the pipeline is closed with abort', async () => {
    const loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    const rows = loading.dataset().table('orders').rows()[Symbol.asyncIterator]();
    await rows.next();
    await loading.close({ abort: true });
    const rest = async (): Promise<void> => {
      while ((await rows.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
  });

  it('writes Parquet and CSV files', async () => {
    await using loading = shop(destination());
    await loading.run(orders, { table: 'orders' });
    const data = loading.dataset();
    const some = data.table('orders').select('id', 'total').where('id < $1', 2).orderBy('id');
    expect(await some.toCsv(folder.path('some.csv'))).toBe(2);
    expect(readFileSync(folder.path('some.csv'), 'utf8')).toBe('id,total\n0,0.0\n1,0.5\n');
    expect(await data.table('orders').toParquet(folder.path('all.parquet'))).toBe(10_000);
    const path = folder.path('all.parquet');
    expect(await data.query(`SELECT sum(id) AS ids FROM read_parquet('${path}')`)).toEqual([
      { ids: 49_995_000 },
    ]);
    const nowhere = folder.path('nowhere/all.csv');
    await expect(some.toCsv(nowhere)).rejects.toThrow(`${nowhere} was not written`);
    const cut = `${folder.path('cut')}\0.csv`;
    await expect(some.toCsv(cut)).rejects.toMatchObject({ code: 'ERR_SLUICE_CONFIG' });
    expect(existsSync(folder.path('cut'))).toBe(false);
  });

  it('says what is wrong with a relation when it is read', async () => {
    await using loading = shop(destination());
    await loading.run(orders.slice(0, 1), { table: 'orders' });
    const data = loading.dataset();
    await expect(list(data.table('order'))).rejects.toThrow(
      'no table `order`. Did you mean `orders`?',
    );
    await expect(list(data.table('orders').where('nothing = 1'))).rejects.toSatisfy(
      (error) => isSluiceError(error) && error.code === 'ERR_SLUICE_LOAD',
    );
    expect(() => data.table('orders').where('id = $1')).toThrow('no parameter was given');
    expect(() => data.table('orders').select(...([] as unknown as ['id']))).toThrow('found none');
  });
});

describe('rows of loads', () => {
  it('are all committed ones, or those of complete loads, child rows by their root', async () => {
    await using loading = pipeline({
      name: 'shop',
      destination: duckdb(folder.path('shop.duckdb')),
      dataset: 'shop_data',
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    const { loadId } = await loading.run(orders.slice(0, 2), { table: 'orders' });
    const failing = loading.run(
      async function* () {
        yield { id: 5, items: [{ sku: 'x' }] };
        await committed;
        throw new Error('enough');
      },
      {
        table: 'orders',
        observe: ({ kind }) => kind === 'commit' && commit(),
      },
    );
    let commit = (): void => undefined;
    const committed = new Promise<void>((resolve) => (commit = resolve));
    await expect(failing).rejects.toThrow('enough');
    const data = loading.dataset();
    expect(await data.rowCounts()).toEqual({
      orders: 3,
      orders__items: 3,
      orders__items__parts: 2,
    });
    expect(await data.rowCounts({ loads: 'complete' })).toEqual({
      orders: 2,
      orders__items: 2,
      orders__items__parts: 2,
    });
    expect(await data.table('orders__items', { loads: [loadId] }).count()).toBe(2);
    expect(await data.table('orders__items', { loads: ['1'] }).count()).toBe(0);
  });

  it('refuse what is no choice of loads', () => {
    const data = dataset(duckdb(':memory:'), 'shop_data');
    expect(() => data.table('orders', { loads: 'all' as 'complete' })).toThrow(
      '`loads`: found text (not shown); it must be',
    );
  });
});

describe('dataset() without a pipeline', () => {
  it('reads the same tables', async () => {
    const destination = duckdb(folder.path('shop.duckdb'));
    await using loading = shop(destination);
    await loading.run(orders.slice(0, 4), { table: 'orders' });
    const shopData = dataset<{ orders: { id: number; total: number } }>(destination, 'Shop Data');
    expect(shopData.name).toBe('shop_data');
    expect(await shopData.tables()).toEqual(['orders', 'orders__items', 'orders__items__parts']);
    const [first] = await shopData.rows('orders');
    const total: number | undefined = first?.total;
    expect(total).toBe(0);
    for await (const { id } of shopData.table('orders').select('id').where('id = 3')) {
      const number: number = id;
      expect(number).toBe(3);
    }
  });

  it('reads rows whatever a later dlt wrote of their schema', async () => {
    const destination = duckdb(folder.path('shop.duckdb'));
    await using loading = shop(destination);
    await loading.run(orders.slice(0, 4), { table: 'orders' });
    await destination.query(`UPDATE shop_data._dlt_version SET schema = '{"engine_version": 99}'`);
    const items = dataset(destination, 'shop_data').table('orders').join('orders__items');
    expect(await items.count()).toBe(4);
  });

  it('reads the structure of the tables once to count the rows of all', async () => {
    const real = duckdb(folder.path('shop.duckdb'));
    await using loading = shop(real);
    await loading.run(orders.slice(0, 4), { table: 'orders' });
    const reader = real.dataset('shop_data');
    let reads = 0;
    const structure = async (): ReturnType<NonNullable<typeof reader.structure>> => {
      reads += 1;
      return (await reader.structure?.()) ?? [];
    };
    const counted = dataset({ ...real, dataset: () => ({ ...reader, structure }) }, 'shop_data');
    expect(Object.keys(await counted.rowCounts())).toHaveLength(3);
    expect(reads).toBe(1);
  });

  it('is empty where nothing was loaded', async () => {
    const empty = dataset(duckdb(folder.path('empty.duckdb')), 'shop_data');
    expect(await empty.rowCounts()).toEqual({});
    expect(await empty.schema()).toEqual({});
    await expect(empty.table('orders').count()).rejects.toThrow(
      'no table `orders`, since no load into it has committed yet: run the pipeline first',
    );
    await expect(empty.rows('orders')).rejects.toThrow(
      /There is no database file \S+empty\.duckdb/,
    );
    await expect(empty.query('SELECT 1')).rejects.toThrow('There is no database file');
    expect(existsSync(folder.path('empty.duckdb'))).toBe(false);
  });
});

describe('reading beside a running load', () => {
  it('sees what is committed and nothing else', async () => {
    const destination = duckdb(folder.path('shop.duckdb'));
    await using loading = shop(destination);
    await loading.run(orders.slice(0, 5), { table: 'orders' });
    const seen: number[] = [];
    await loading.run(
      async function* () {
        yield { id: 100 };
        seen.push(await loading.dataset().table('orders').count());
        yield { id: 101 };
      },
      { table: 'orders', writeDisposition: 'replace' },
    );
    expect(seen).toEqual([5]);
    expect((await loading.dataset().rows<ReadRow>('orders')).map(({ id }) => id)).toEqual([
      100, 101,
    ]);
  });
});
