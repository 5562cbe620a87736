import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { duckdb, pipeline, type RestResource, restSource, type Source } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { type LocalServer, serve } from '../support/local-server.js';

/** An API with four pages of two rows each, whose request of this number gets no response. */
async function halting(halted = 3): Promise<LocalServer> {
  return serve(async ({ query, closed }, count) => {
    if (count === halted) await closed;
    const page = Number(query.get('after') ?? 0);
    const data = [{ id: page * 2, tags: [{ page }] }, { id: page * 2 + 1 }];
    return { json: { data, next: page < 3 ? page + 1 : null } };
  });
}

function shop({ url }: LocalServer, about: Partial<RestResource> = {}): Source {
  const paginator = { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } as const;
  const endpoint = { path: 'orders', dataSelector: 'data', paginator };
  return restSource({
    name: 'shop',
    client: { baseUrl: url },
    resources: [{ name: 'orders', endpoint, ...about }],
  });
}

/** A run whose `stop` aborts when the page with this number has come; what it ends with. */
async function stopAt(page: number, path: string, source: Source): Promise<unknown> {
  const stop = new AbortController();
  const loading = pipeline({ name: 'shop', destination: duckdb(path), dataset: 'data' });
  const ended = await loading
    .run(source, {
      stop: stop.signal,
      observe: (event) => event.kind === 'page' && event.index === page && stop.abort(),
    })
    .catch((error: unknown) => error);
  await loading.close();
  return ended;
}

describe('a run that is stopped', () => {
  it.each<[string, Partial<RestResource>]>([
    ['appends', { writeDisposition: 'append' }],
    ['merges', { writeDisposition: 'merge', primaryKey: 'id' }],
    ['replaces', { writeDisposition: 'replace' }],
  ])(
    'commits the pages that came, and the next one goes on behind them: it %s',
    async (_, hints) => {
      const server = await halting();
      const path = databasePath();
      const stopped = await stopAt(1, path, shop(server, hints));
      expect(stopped).toMatchObject({
        code: 'ERR_SLUICE_ABORT',
        message:
          'The run was stopped. What had come is committed, and the next run goes on from there.',
      });
      await using loading = pipeline({ name: 'shop', destination: duckdb(path), dataset: 'data' });
      const { resumed, tables } = await loading.run(shop(server, hints));
      expect(resumed?.tables).toEqual({ orders: 4, orders__tags: 2 });
      expect(tables).toEqual({ orders: 8, orders__tags: 4 });
      expect(server.requests.map(({ query }) => query.get('after')).slice(2)).toEqual([
        '2',
        '2',
        '3',
      ]);
      expect(
        await loading
          .dataset()
          .query('SELECT count(DISTINCT id) AS ids, count(*) AS rows FROM orders'),
      ).toEqual([{ ids: 8, rows: 8 }]);
    },
  );

  it.each<[string, Partial<RestResource>]>([
    ['merges', { writeDisposition: 'merge', primaryKey: 'id' }],
    ['replaces', { writeDisposition: 'replace' }],
  ])('keeps rows that wait in memory for their place: it %s', async (_, hints) => {
    const server = await halting(7);
    const path = databasePath();
    await using loading = pipeline({ name: 'shop', destination: duckdb(path), dataset: 'data' });
    await loading.run(shop(server, hints));
    await stopAt(1, path, shop(server, hints));
    const { resumed } = await loading.run(shop(server, hints));
    expect(resumed?.tables).toEqual({ orders: 4, orders__tags: 2 });
    expect(server.requests).toHaveLength(4 + 3 + 2);
  });

  it('rolls back like an aborted one where the next could not go on', async () => {
    const stop = new AbortController();
    async function* rows(): AsyncGenerator<{ id: number }> {
      for (let id = 0; ; id += 1) {
        yield { id };
        stop.abort();
        await setImmediate();
      }
    }
    await using loading = pipeline({ name: 'shop', destination: duckdb(databasePath()) });
    await expect(loading.run(rows, { table: 'orders', stop: stop.signal })).rejects.toMatchObject({
      message: 'The run was aborted. What was committed stays.',
    });
  });

  it('requests nothing where it was stopped before', async () => {
    const server = await halting();
    await using loading = pipeline({ name: 'shop', destination: duckdb(databasePath()) });
    await expect(
      loading.run(shop(server), { stop: AbortSignal.abort('not now') }),
    ).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    expect(server.requests).toEqual([]);
  });

  it('is complete where its last page had come', async () => {
    const server = await serve(() => ({ json: { data: [{ id: 1 }], next: null } }));
    expect(await stopAt(0, databasePath(), shop(server))).toMatchObject({ tables: { orders: 1 } });
  });

  it('reports no hint as unmatched, since later pages may match it', async () => {
    const server = await halting();
    const source = shop(server, { columns: { later: { dataType: 'text' } } });
    const notices: string[] = [];
    const stop = new AbortController();
    await using loading = pipeline({ name: 'shop', destination: duckdb(databasePath()) });
    const run = loading.run(source, {
      stop: stop.signal,
      observe(event) {
        if (event.kind === 'page' && event.index === 1) stop.abort();
        if (event.kind === 'notice') notices.push(event.message);
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    expect(notices).toEqual([]);
  });
});
