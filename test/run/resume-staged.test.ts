import { expect, it } from 'vitest';
import { duckdb, pipeline, restSource, type Source } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { deferred } from '../support/deferred.js';
import { serve } from '../support/local-server.js';

it.each(['merge', 'replace'] as const)(
  'resumes a first load with %s whose rows have lists, and whose tables are staged only',
  async (writeDisposition) => {
    const path = databasePath();
    const committed = deferred();
    const server = await serve(async ({ query }, count) => {
      if (count === 3) {
        await committed.promise;
        return { status: 500 };
      }
      const page = Number(query.get('after') ?? 0);
      const data = [{ id: page, lines: [{ parts: [page] }, { parts: [] }] }];
      return { json: { data, next: page < 3 ? page + 1 : null } };
    });
    const source: Source = restSource({
      name: 'shop',
      client: { baseUrl: server.url, retry: { attempts: 1 } },
      resources: [
        {
          name: 'orders',
          primaryKey: 'id',
          writeDisposition,
          endpoint: {
            path: 'orders',
            dataSelector: 'data',
            paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
          },
        },
      ],
    });
    await using own = pipeline({
      name: 'shop',
      dataset: 'data',
      destination: duckdb(path, { thread: false }),
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    let pages = 0;
    const first = own.run(source, {
      observe: (event) => {
        if (event.kind === 'commit' && (pages += event.positions.length) === 2) committed.resolve();
      },
    });
    await expect(first).rejects.toThrow('500');
    const { resumed, tables } = await own.run(source);
    const rows = { orders: 4, orders__lines: 8, orders__lines__parts: 4 };
    expect([resumed?.tables['orders'], tables]).toEqual([2, rows]);
    const query = `SELECT count(*)::INT AS parts, count(DISTINCT id)::INT AS orders FROM orders__lines__parts p
      JOIN orders__lines l ON p._dlt_parent_id = l._dlt_id JOIN orders o ON l._dlt_parent_id = o._dlt_id`;
    expect(await own.dataset().query(query)).toEqual([{ parts: 4, orders: 4 }]);
  },
);

it.each(['merge', 'replace'] as const)(
  'begins a load with %s anew whose staged rows another unfinished load has replaced by its own',
  async (writeDisposition) => {
    const path = databasePath();
    let committed: ReturnType<typeof deferred> | null = null;
    // Each pipeline reads a list of its own: four pages of one row.
    const server = await serve(async ({ path: list, query }) => {
      const page = Number(query.get('after') ?? 0);
      if (committed !== null && page === 3) {
        await committed.promise;
        return { status: 500 };
      }
      const data = [{ id: `${list}${page}` }];
      return { json: { data, next: page < 3 ? page + 1 : null } };
    });
    const run = async (name: string): Promise<string[]> => {
      const source = restSource({
        name,
        client: { baseUrl: server.url, retry: { attempts: 1 } },
        resources: [
          {
            name: 'items',
            primaryKey: 'id',
            writeDisposition,
            endpoint: {
              path: name,
              dataSelector: 'data',
              paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
            },
          },
        ],
      });
      await using own = pipeline({
        name,
        dataset: 'data',
        destination: duckdb(path, { thread: false }),
        batch: { rows: 1 },
        commit: { rows: 1 },
      });
      let pages = 0;
      await own.run(source, {
        observe: (event) => {
          if (event.kind === 'commit' && (pages += event.positions.length) === 2)
            committed?.resolve();
        },
      });
      const rows = await own.dataset().query('SELECT id FROM items ORDER BY id');
      return rows.map(({ id }) => String(id));
    };
    for (const name of ['a', 'b']) {
      committed = deferred();
      await expect(run(name)).rejects.toThrow('500');
    }
    committed = null;
    const [a, b] = ['a', 'b'].map((list) => [0, 1, 2, 3].map((page) => `/${list}${page}`));
    expect(await run('a')).toEqual(a);
    expect(await run('b')).toEqual(writeDisposition === 'merge' ? [...(a ?? []), ...(b ?? [])] : b);
  },
);
