import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  type Destination,
  duckdb,
  type FetchLike,
  pipeline,
  restSource,
  type RunEvent,
  type Source,
} from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** Parents, each with one request; `npm run test:memory` has 100,000. */
const PARENTS = Number(process.env['REQUESTS'] ?? 4_000);
const MB = 1e6;

/** Rows whose texts are `bytes` long in all, without a repetition that a database could use. */
function rowsOf(page: string, rows: number, bytes: number): object[] {
  const text = `${page} `.repeat(Math.ceil(bytes / rows / (page.length + 1)));
  return Array.from({ length: rows }, (_, i) => ({ id: `${page}.${i}`, text: `${i} ${text}` }));
}

/** The destination, whose appends wait for so many turns of the event loop. */
function slowed(
  destination: Destination,
  turns: number,
  appended: (bytes: number) => void,
): Destination {
  return {
    ...destination,
    async begin(...given) {
      const session = await destination.begin(...given);
      return {
        ...session,
        async append(batch, giveBack) {
          const bytes = batch.tables
            .flatMap(({ columns }) => columns)
            .reduce((sum, { data }) => sum + data.byteLength, 0);
          for (let turn = 0; turn < turns; turn += 1)
            await new Promise((resolve) => setImmediate(resolve));
          const step = await session.append(batch, giveBack);
          appended(bytes);
          return step;
        },
      };
    },
  };
}

/** A list of parents by page number, and one request for the children of each. */
function family(api: FetchLike): Source {
  return restSource({
    client: { baseUrl: 'http://api.test/', fetch: api },
    resources: [
      { name: 'parents', endpoint: { paginator: { type: 'pageNumber' } } },
      {
        name: 'children',
        endpoint: { path: 'parents/{resources.parents.id}', paginator: 'single' },
      },
    ],
  });
}

describe('a run', () => {
  const folder = tempFolder();

  it('holds no more the more requests it sends', async () => {
    const api: FetchLike = async (url) => {
      await Promise.resolve();
      const { pathname, searchParams } = new URL(url);
      const page = Number(searchParams.get('page'));
      if (pathname !== '/parents') return new Response('[{"child":1}]');
      const count = page * 500 < PARENTS ? 500 : 0;
      return new Response(
        JSON.stringify(Array.from({ length: count }, (_, i) => ({ id: page * 500 + i }))),
      );
    };
    const held: number[] = [];
    let requests = 0;
    const observe = ({ kind }: RunEvent): void => {
      if (kind !== 'request') return;
      requests += 1;
      if (requests % 1_000 !== 0) return;
      collect();
      const { heapUsed, external } = process.memoryUsage();
      held.push((heapUsed + external) / MB);
    };
    const loading = pipeline({
      name: 'many',
      destination: duckdb(folder.path('many.duckdb')),
      memory: '256MB',
    });
    const info = await loading.run(family(api), { observe });
    await loading.close();
    expect(info.tables).toEqual({ parents: PARENTS, children: PARENTS });
    const [first = 0] = held;
    expect(held.length).toBeGreaterThan(3);
    expect(Math.max(...held) - first, `MB after each 1,000: ${held.join(', ')}`).toBeLessThan(20);
  }, 300_000);

  it('requests nothing while more waits for a slow destination than it has memory for', async () => {
    const [PAGES, BYTES] = [24, 2 * MB];
    let [sent, appended, most] = [0, 0, 0];
    const api = await serve(({ query }) => {
      const page = Number(query.get('page'));
      if (page >= PAGES) return { json: [] };
      sent += BYTES;
      most = Math.max(most, sent - appended);
      return { json: rowsOf(`page ${page}`, 1_000, BYTES) };
    });
    const source = restSource({
      client: { baseUrl: api.url },
      resources: [{ name: 'rows', endpoint: { paginator: { type: 'pageNumber' } } }],
    });
    const destination = slowed(
      duckdb(folder.path('slow.duckdb')),
      200,
      (bytes) => void (appended += bytes),
    );
    const loading = pipeline({ name: 'slow', destination, memory: '128MB' });
    const { tables } = await loading.run(source);
    await loading.close();
    expect(tables).toEqual({ rows: PAGES * 1_000 });
    expect(sent).toBe(PAGES * BYTES);
    // 4 MB on their way, a batch of 2 MB that is open, and pages that were requested meanwhile.
    expect(most).toBeLessThan(16 * MB);
    expect(most).toBeGreaterThan(4 * MB);
  });

  it('reads no further parents while a thousand wait for slow children', async () => {
    const [PARENTS, PAGE] = [2_000, 100];
    let [parents, children, most] = [0, 0, 0];
    const api: FetchLike = async (url) => {
      const { pathname, searchParams } = new URL(url);
      if (pathname === '/parents') {
        const from = Number(searchParams.get('page')) * PAGE;
        if (from >= PARENTS) return new Response('[]');
        parents += PAGE;
        most = Math.max(most, parents - children);
        return new Response(
          JSON.stringify(Array.from({ length: PAGE }, (_, i) => ({ id: from + i }))),
        );
      }
      for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      children += 1;
      return new Response('[{"child":1}]');
    };
    const loading = pipeline({
      name: 'waiting',
      destination: duckdb(folder.path('waiting.duckdb')),
      memory: '128MB',
    });
    const { tables } = await loading.run(family(api));
    await loading.close();
    expect(tables).toEqual({ parents: PARENTS, children: PARENTS });
    // Those that wait, the page that comes, and one that was requested before.
    expect(most).toBeLessThanOrEqual(1_000 + 3 * PAGE);
    expect(most).toBeGreaterThan(1_000);
  });

  it('ends with one request at once, one page in a batch, and one batch on its way', async () => {
    // Each page is more than may be on its way.
    const page = (name: string, rows: number): object[] => rowsOf(name, rows, 9 * MB);
    const api = await serve(({ path }) => ({ json: page(path.slice(1), path === '/a' ? 3 : 2) }));
    const below = (name: string, parent: string): object => ({
      name,
      endpoint: { path: `${name}/{resources.${parent}.id}`, paginator: 'single' },
    });
    const source = restSource({
      client: {
        baseUrl: api.url,
        rateLimit: { requests: 1_000, per: '1s', concurrency: 1 },
      },
      resources: [
        { name: 'a', endpoint: { path: 'a', paginator: 'single' } },
        below('b', 'a'),
        below('c', 'b'),
        { name: 'd', endpoint: { path: 'd', paginator: 'single' } },
      ] as never,
    });
    const loading = pipeline({
      name: 'one',
      destination: slowed(duckdb(folder.path('one.duckdb')), 5, () => undefined),
      memory: '128MB',
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    const { tables } = await loading.run(source);
    await loading.close();
    expect(tables).toEqual({ a: 3, b: 6, c: 12, d: 2 });
  });
});
