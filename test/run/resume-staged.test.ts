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
