import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { endpoint, Gate } from 'sluice';
import { select, transform } from 'sluice/operators';
import { deferred } from '../support/deferred.js';
import { serve } from '../support/local-server.js';

const PAGE = 'x'.repeat(1024 * 1024);
const PAGES = 30;

describe('an asynchronous transform', () => {
  it.each([
    ['the gate of the process', {}],
    ['a gate of its own', { gate: new Gate() }],
  ])('holds requests while more bytes wait for it than %s allows', async (_which, options) => {
    const { promise: released, resolve: release } = deferred();
    const server = await serve(({ query }) => {
      const page = Number(query.get('page'));
      return { json: page < PAGES ? [{ page, text: PAGE }] : [] };
    });
    const seen: unknown[] = [];
    const all = lastValueFrom(
      endpoint({
        url: `${server.url}/a`,
        paginator: { type: 'pageNumber' },
        ...options,
      }).pipe(
        select(),
        transform(async (row) => {
          await released;
          seen.push(row['page']);
          return row;
        }, options),
      ),
    );
    // As many pages again, which nothing waits for, are the clock.
    const clock = { url: `${server.url}/clock`, paginator: { type: 'pageNumber' } } as const;
    await lastValueFrom(endpoint({ ...clock, gate: new Gate() }));
    // 16 MiB, the page that shuts the gate, and the one that was under way.
    expect(server.requests.filter(({ path }) => path === '/a').length).toBeLessThanOrEqual(19);
    release();
    await all;
    expect(seen).toEqual(Array.from({ length: PAGES }, (_page, i) => i));
  });
});
