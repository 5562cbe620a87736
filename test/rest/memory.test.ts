import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type FetchLike, restSource } from 'sluice';
import { runContext } from '../support/read-pages.js';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const PARENTS = 25_000;
const PAGE = 500;
const PAGES = 4_000;
const WINDOWS = 8_000;
const POLLS = 2_000;
/** Requests that are served in all, those that fail first not counted. */
const REQUESTS = PARENTS + 2 * PAGES + WINDOWS + POLLS;
const FAILURES = REQUESTS / 6;

/** A body that takes more memory than its rows, as real ones do. */
const filler = 'x'.repeat(500);

/** Responds without a network; every sixth request fails first. */
function flakyApi(): { fetch: FetchLike; count: () => number } {
  let count = 0;
  let polls = 0;
  const respond = (url: URL): string => {
    const page = Number(url.searchParams.get('page'));
    const rows = (last: number, size: number): string =>
      page >= last
        ? '[]'
        : JSON.stringify(Array.from({ length: size }, (_row, i) => ({ id: page * size + i })));
    if (url.pathname === '/parents') return rows(PARENTS / PAGE, PAGE);
    if (url.pathname.startsWith('/list')) return rows(PAGES, 1);
    if (url.pathname !== '/report') return `[{"child":1,"filler":"${filler}"}]`;
    polls += 1;
    return `{"state":"${polls < POLLS ? 'making' : 'done'}","items":[{"id":1}]}`;
  };
  return {
    count: () => count,
    async fetch(url) {
      count += 1;
      await Promise.resolve();
      return count % 6 === 0
        ? new Response('busy', { status: 503 })
        : new Response(respond(new URL(url)));
    },
  };
}

describe('memory', () => {
  it('does not grow with the number of requests: fan-out, lists, windows, polling and retries', async () => {
    const api = flakyApi();
    const list = { paginator: { type: 'pageNumber' } } as const;
    const source = restSource({
      client: {
        baseUrl: 'http://api.test/',
        fetch: api.fetch,
        retry: { baseMs: 0.01, attempts: 99 },
      },
      resources: [
        { name: 'parents', endpoint: list },
        {
          name: 'children',
          endpoint: {
            path: 'parents/{resources.parents.id}',
            paginator: 'single',
            incremental: { cursorPath: 'child' },
          },
        },
        { name: 'list1', endpoint: list },
        { name: 'list2', endpoint: list },
        {
          name: 'windows',
          endpoint: {
            paginator: 'single',
            windows: { start: 0, end: WINDOWS, size: 1, startParam: 'from', endParam: 'to' },
          },
        },
        {
          name: 'report',
          endpoint: {
            dataSelector: 'items',
            paginator: 'single',
            poll: { statusPath: 'state', done: ['done'], everyMs: 0.01 },
          },
        },
      ],
    });
    const sizes: number[] = [];
    const rows: Record<string, number> = {};
    let looked = 0;
    const context = { ...runContext(), observe: () => undefined };
    await source.pages(context).forEach(({ resource, rows: { count } }) => {
      rows[resource] = (rows[resource] ?? 0) + count;
      if (api.count() < looked + 5_000) return;
      looked = api.count();
      collect();
      // Linear memory of the kernel is external, as are buffers.
      const { heapUsed, external } = process.memoryUsage();
      sizes.push((heapUsed + external) / 1e6);
    });
    expect(rows).toEqual({
      parents: PARENTS,
      children: PARENTS,
      list1: PAGES,
      list2: PAGES,
      windows: WINDOWS,
      report: 1,
    });
    expect(api.count()).toBeGreaterThan(50_000);
    expect(api.count()).toBeGreaterThan(REQUESTS + FAILURES);
    const [first = 0] = sizes;
    // What each request pins would come to 10 MB at 200 bytes.
    expect(
      Math.max(...sizes) - first,
      `MB after each 5,000 requests: ${sizes.join(', ')}`,
    ).toBeLessThan(8);
  }, 120_000);
});
