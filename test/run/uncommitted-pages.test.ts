import { describe, expect, it } from 'vitest';
import { type Destination, duckdb, pipeline, restSource, type Session } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { serve } from '../support/local-server.js';

// What a kill costs: pages that were requested and that no commit has are requested again.

/** A destination that gives the pages that it has committed before anybody else learns of them. */
function committing(path: string): { destination: Destination; pages: () => number } {
  const lists = new Map<string, number>();
  const real = duckdb(path);
  const counted = (session: Session): Session => ({
    loadId: session.loadId,
    known: session.known,
    append: (...batch) => session.append(...batch),
    async commit(...about) {
      const step = await session.commit(...about);
      for (const { resource, parent, page } of step.positions)
        lists.set(`${resource} ${parent}`, page + 1);
      return step;
    },
    finish: (outcome) => session.finish(outcome),
    abort: () => session.abort(),
  });
  return {
    destination: {
      ...real,
      begin: async (...about) => counted(await real.begin(...about)),
    },
    pages: () => [...lists.values()].reduce((sum, pages) => sum + pages, 0),
  };
}

describe('a load that commits every 500 rows', () => {
  it.each([60, 3])(
    'has 5 pages on their way and 3 lists of a resource under way at most, with %i rows a page',
    async (size) => {
      const { destination, pages } = committing(databasePath());
      let [requested, most, mostLists] = [0, 0, 0];
      const staffLists = new Set<string>();
      const server = await serve(({ path, query }) => {
        const page = Number(query.get('page'));
        const last = { '/shops': 2, '/orders': 12, '/events': 8 }[path] ?? 3;
        const rows = page < last ? (path === '/shops' ? 4 : size) : 0;
        // The one behind the last page of a list adds none to those of its position.
        if (rows > 0) requested += 1;
        most = Math.max(most, requested - pages());
        if (path.startsWith('/staff')) staffLists.add(path);
        mostLists = Math.max(mostLists, staffLists.size);
        if (page >= last - 1) staffLists.delete(path);
        return {
          json: {
            data: Array.from({ length: rows }, (_, n) => ({ id: page * rows + n })),
            total: last * rows,
            next: page + 1 < last ? page + 1 : null,
          },
        };
      });
      const numbered = { type: 'pageNumber', basePage: 0, totalRowsPath: 'total' } as const;
      const source = restSource({
        name: 'shop',
        client: { baseUrl: server.url },
        resources: [
          { name: 'shops', endpoint: { path: 'shops', dataSelector: 'data', paginator: numbered } },
          {
            name: 'orders',
            endpoint: { path: 'orders', dataSelector: 'data', paginator: numbered },
          },
          {
            name: 'events',
            endpoint: {
              path: 'events',
              dataSelector: 'data',
              paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'page' },
            },
          },
          {
            name: 'staff',
            endpoint: {
              path: 'staff/{resources.shops.id}',
              dataSelector: 'data',
              paginator: numbered,
            },
          },
        ],
      });
      const loading = pipeline({ name: 'shop', destination, commit: { rows: 500 } });
      const { tables } = await loading.run(source);
      await loading.close();
      expect(tables).toMatchObject({ orders: 12 * size, events: 8 * size, staff: 24 * size });
      expect(most).toBeLessThanOrEqual(5);
      expect(mostLists).toBe(3);
    },
  );
});
