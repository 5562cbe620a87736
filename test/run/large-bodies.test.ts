import { describe, expect, it } from 'vitest';
import {
  duckdb,
  type Pipeline,
  pipeline,
  type RestResource,
  restSource,
  type Source,
} from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';
import { type LocalServer, serve } from '../support/local-server.js';

const ROWS = 6_000;

/** One response with all rows, each with a list of two. */
function api(
  shift: (count: number) => number = () => 0,
  shaped: (rows: object[]) => object = (data) => ({ data, total: ROWS }),
): Promise<LocalServer> {
  return serve((_request, count) => ({
    json: shaped(
      Array.from({ length: ROWS }, (_, i) => ({
        id: i + shift(count),
        name: `name of row ${i}`,
        tags: ['a', 'b'],
      })),
    ),
  }));
}

const endpoint = { path: 'orders', dataSelector: 'data', paginator: 'single' } as const;

/** A source whose responses are in memory up to 100 kB. */
function shop(server: LocalServer, about: Partial<RestResource> = {}): Source {
  const source = restSource({
    name: 'shop',
    client: { baseUrl: server.url },
    resources: [{ name: 'orders', endpoint, ...about }],
  });
  return { ...source, pages: (context) => source.pages({ ...context, bodyBytes: 100_000 }) };
}

function open(path: string): Pipeline {
  return pipeline({
    name: 'shop',
    dataset: 'data',
    destination: duckdb(path, { thread: false }),
    batch: { rows: 500 },
    commit: { rows: 500 },
  });
}

/** Runs a load that is stopped behind its second commit. */
async function stopped(path: string, source: Source): Promise<void> {
  await using own = open(path);
  const stop = new AbortController();
  let commits = 0;
  const run = own.run(source, {
    signal: stop.signal,
    observe: (event) => {
      if (event.kind === 'commit' && (commits += 1) === 2) stop.abort();
    },
  });
  await expect(run).rejects.toThrow('abort');
}

const COUNTS = `SELECT count(*)::INTEGER AS found, count(DISTINCT id)::INTEGER AS ids,
  (SELECT count(*)::INTEGER FROM data.orders__tags) AS tags FROM data.orders`;

describe('a load of one large response', () => {
  it.each(['append', 'replace', 'merge'] as const)(
    'goes on within it when it was stopped there: %s',
    async (writeDisposition) => {
      const server = await api();
      const source = shop(server, { writeDisposition, primaryKey: 'id' });
      const path = databasePath();
      await stopped(path, source);
      await using own = open(path);
      const info = await own.run(source);

      expect(info.resumed?.tables['orders']).toBeGreaterThanOrEqual(500);
      expect(await own.dataset().query(COUNTS)).toEqual([
        { found: ROWS, ids: ROWS, tags: 2 * ROWS },
      ]);
      expect(info.resources).toMatchObject([{ pages: 1, rows: ROWS, verdict: 'complete' }]);
      expect(server.requests.length).toBe(2);
    },
  );

  it.each<[string, Partial<RestResource['endpoint'] & object>, (rows: object[]) => object]>([
    ['a map of rows', { rows: 'map' }, (rows) => ({ data: Object.fromEntries(rows.entries()) })],
    [
      'what a wildcard gathers',
      { dataSelector: 'groups[*].rows' },
      (rows) => ({ groups: rows.map((row) => ({ rows: [row] })) }),
    ],
  ])('goes on within %s when it was stopped there', async (_, where, shaped) => {
    const server = await api(() => 0, shaped);
    const source = shop(server, { endpoint: { ...endpoint, ...where } });
    const path = databasePath();
    await stopped(path, source);
    await using own = open(path);
    const info = await own.run(source);
    expect(info.resumed?.tables['orders']).toBeGreaterThanOrEqual(500);
    expect(await own.dataset().query(COUNTS)).toEqual([{ found: ROWS, ids: ROWS, tags: 2 * ROWS }]);
    expect(server.requests.length).toBe(2);
  });

  it.each(['append', 'replace', 'merge'] as const)(
    'begins the response anew by key where it has other rows after the stop: %s',
    async (writeDisposition) => {
      const source = shop(await api((count) => count), { writeDisposition, primaryKey: 'id' });
      const path = databasePath();
      await stopped(path, source);
      await using own = open(path);
      const info = await own.run(source);
      // The first row was there before the stop alone.
      const all = ROWS + 1;
      expect(await own.dataset().query(COUNTS)).toEqual([{ found: all, ids: all, tags: 2 * all }]);
      expect(info.resources).toMatchObject([{ verdict: 'unproven', isReread: true }]);
    },
  );

  it('is refused where the response has other rows after the stop, with what to do', async () => {
    const source = shop(await api((count) => count));
    const path = databasePath();
    await stopped(path, source);
    await using own = open(path);
    await expect(own.run(source)).rejects.toThrow(
      /^Resource orders: the rows of a response were committed in part .*`resume: false` begins it anew\.$/s,
    );
    await own.run(source, { resume: false });
    expect(await own.dataset().query(COUNTS)).toEqual([{ found: ROWS, ids: ROWS, tags: 2 * ROWS }]);
  });
});
