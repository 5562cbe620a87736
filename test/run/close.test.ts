import { firstValueFrom, from, NEVER, concat } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type Dataset,
  type Destination,
  duckdb,
  DuckDBInstance,
  type Page,
  pipeline,
  type Source,
} from 'sluice';
import { deferred } from '../support/deferred.js';
import { tempFolder } from '../support/temp-folder.js';

const body = new TextEncoder().encode('[{"id":1}]');

/** One page of one resource `orders`; with `open`, the list never ends after it. */
function sourceOf({ open = false, ...resource }: { open?: boolean; name?: string } = {}): Source {
  const page: Page = {
    resource: resource.name ?? 'orders',
    parent: null,
    index: 0,
    body,
    rows: { kind: 'array', start: 0, end: body.length, count: 1 },
    next: null,
    stamp: null,
    state: null,
  };
  const source: Source = {
    name: 'made',
    resources: [{ name: 'orders', ...resource }],
    pages: () => (open ? concat(from([page]), NEVER) : from([page])),
    withResources: () => source,
  };
  return source;
}

/** Every way to read. */
function readsOf(data: Dataset, sql: string): (() => Promise<unknown>)[] {
  return [
    () => data.query(sql),
    () => data.rows('orders'),
    () => data.tables(),
    () => data.schema(),
  ];
}

describe('pipeline.close()', () => {
  const folder = tempFolder();

  it('waits for a run, and the file is closed then', async () => {
    const path = folder.path('t.duckdb');
    const loading = pipeline({ name: 'p', destination: duckdb(path), dataset: 'd' });
    const run = loading.run(sourceOf());
    await loading.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    expect((await connection.runAndReadAll('SELECT id FROM d.orders')).getRows()).toEqual([[1n]]);
    connection.closeSync();
    instance.closeSync();
    expect((await run).tables).toEqual({ orders: 1 });
  });

  it('waits for readers', async () => {
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
    let isRead = false;
    const reading = loading
      .dataset()
      .query('SELECT count(*) AS n FROM range(20000000)')
      .then(() => (isRead = true));
    await loading.close();
    expect(isRead).toBe(true);
    await reading;
  });

  it.each([true, false])('stops a load that begins with `abort`, thread %s', async (thread) => {
    const destination = duckdb(folder.path('t.duckdb'), { thread });
    const loading = pipeline({ name: 'p', destination, dataset: 'd' });
    const run = loading.run(sourceOf({ open: true }));
    const closed = loading.close({ abort: true });
    await expect(run).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    await closed;
    await using next = pipeline({ name: 'q', destination, dataset: 'd' });
    expect((await next.run(sourceOf())).tables).toEqual({ orders: 1 });
  });

  it('aborts the beginning of a load in a destination that takes long', async () => {
    const { promise: begun, resolve: begin } = deferred();
    const slow: Destination = {
      ...duckdb(':memory:'),
      begin: (_load, _notice, signal) => {
        begin();
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        });
      },
    };
    const loading = pipeline({ name: 'p', destination: slow, dataset: 'd' });
    const run = loading.run(sourceOf());
    const aborted = expect(run).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    await begun;
    await loading.close({ abort: true });
    await aborted;
  });

  it('stops runs with `abort`', async () => {
    const loading = pipeline({
      name: 'p',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'd',
      batch: { rows: 1 },
    });
    let appended = (): void => undefined;
    const begun = new Promise<void>((resolve) => (appended = resolve));
    const run = loading.run(sourceOf({ open: true }), {
      observe: ({ kind }) => kind === 'append' && appended(),
    });
    const rejection = expect(run).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    await begun;
    await loading.close({ abort: true });
    await rejection;
  });

  describe.each([
    ['in a thread of its own', true],
    ['in the caller’s thread', false],
  ])('with `abort`, of a database %s', (_, thread) => {
    /** Takes hours. */
    const LONG =
      'SELECT count(*) AS n FROM range(1000000000) a, range(1000000) b WHERE hash(a.range, b.range) = 1';
    const stopped = {
      code: 'ERR_SLUICE_ABORT',
      message: 'The read was stopped, because pipeline p was closed.',
    };

    it('stops queries that run and those that wait for their turn', async () => {
      const path = folder.path('t.duckdb');
      const loading = pipeline({ name: 'p', destination: duckdb(path, { thread }), dataset: 'd' });
      await loading.run(sourceOf());
      const data = loading.dataset();
      const reads = [() => data.query(LONG), ...readsOf(data, LONG)].map((read) =>
        expect(read()).rejects.toMatchObject(stopped),
      );
      await loading.close({ abort: true });
      await Promise.all(reads);
      const instance = await DuckDBInstance.create(path);
      instance.closeSync();
    });

    it('leaves the readers of others alone', async () => {
      const destination = duckdb(folder.path('t.duckdb'), { thread });
      const one = pipeline({ name: 'p', destination, dataset: 'd' });
      const other = pipeline({ name: 'other', destination, dataset: 'd' });
      await one.run(sourceOf());
      const read = expect(one.dataset().query(LONG)).rejects.toMatchObject(stopped);
      const count = other.dataset().query('SELECT count(*) AS n FROM orders');
      await one.close({ abort: true });
      await read;
      expect(await count).toEqual([{ n: 1 }]);
      expect((await other.run(sourceOf())).tables).toEqual({ orders: 1 });
      await other.close();
    });

    it('stops what a close without it waits for', async () => {
      const loading = pipeline({
        name: 'p',
        destination: duckdb(folder.path('t.duckdb'), { thread }),
      });
      await loading.run(sourceOf());
      const read = expect(loading.dataset().query(LONG)).rejects.toMatchObject(stopped);
      const patient = loading.close();
      await loading.close({ abort: true });
      await Promise.all([patient, read]);
    });
  });

  it('lets no load begin any more', async () => {
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
    await loading.close();
    await loading.close();
    await expect(loading.run(sourceOf())).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: 'Pipeline p is closed. Make another one with pipeline() to load again.',
    });
    await expect(firstValueFrom(loading.stream(sourceOf()))).rejects.toThrow(/is closed/);
    await expect(loading.run([{ id: 1 }], { table: 't' })).rejects.toThrow(/is closed/);
  });

  it('lets nothing be read any more', async () => {
    const loading = pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd' });
    const before = loading.dataset();
    await loading.close();
    for (const data of [before, loading.dataset()])
      for (const read of readsOf(data, 'SELECT 1'))
        await expect(read()).rejects.toMatchObject({
          code: 'ERR_SLUICE_CONFIG',
          message: 'Pipeline p is closed. Make another one with pipeline() to read again.',
        });
  });

  it('keeps a database in memory until its destination is closed', async () => {
    const destination = duckdb(':memory:');
    const one = pipeline({ name: 'one', destination, dataset: 'd' });
    const other = pipeline({ name: 'other', destination, dataset: 'd' });
    await one.run(sourceOf());
    await one.close();
    expect(await other.dataset().rows('orders')).toHaveLength(1);
    await other.close();
    expect(await destination.query('SELECT id FROM d.orders')).toEqual([{ id: 1 }]);
    await destination.close();
    expect(await destination.dataset('d').tables()).toEqual([]);
  });

  it('lets a run begin when a stream that was unsubscribed has been rolled back', async () => {
    const loading = pipeline({
      name: 'p',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'd',
      batch: { rows: 1 },
    });
    await firstValueFrom(loading.stream(sourceOf({ open: true })));
    expect((await loading.run(sourceOf())).tables).toEqual({ orders: 1 });
    expect(await loading.dataset().query('SELECT id FROM orders')).toEqual([{ id: 1 }]);
    await loading.close();
  });
});
