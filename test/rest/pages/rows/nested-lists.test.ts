import { describe, expect, it } from 'vitest';
import { listFinding } from '#src/run/list-finding.js';
import { endpoint, type EndpointConfig, type SourceEvent } from 'sluice';
import { serve } from '../../../support/local-server.js';
import { readAll } from '../../../support/read-pages.js';

const line = { text: 'a line of an order'.repeat(100) };
const LARGE = 20;

function order(hasMore: boolean): object {
  return { lines: { data: Array.from({ length: LARGE }, () => line), has_more: hasMore } };
}

/** The verdict on two pages of over 32 KiB. `hasMore`: the flag of the last list in the second. */
async function read(
  page: (orders: object[], next: string | null) => object,
  hasMore: boolean,
  config: Partial<EndpointConfig>,
): Promise<{ verdict: string; rows: number; error: unknown }> {
  const server = await serve((_request, count) => {
    const json = page(
      [order(false), order(count > 1 && hasMore)],
      count === 1 ? '/x?page=2' : null,
    );
    return { json, ...(count === 1 && { headers: { link: '</x?page=2>; rel="next"' } }) };
  });
  const events: SourceEvent[] = [];
  const { pages, error } = await readAll(
    endpoint({ url: `${server.url}/x`, ...config, observe: (event) => events.push(event) }),
  );
  const end = events.find((event) => event.kind === 'done');
  return {
    verdict: end === undefined ? 'none' : (listFinding(end)?.verdict ?? 'complete'),
    rows: pages.reduce((sum, { rows }) => sum + rows.count, 0),
    error,
  };
}

describe('lists within the rows of large pages', () => {
  it.each<[string, boolean]>([
    ['complete', false],
    ['incomplete', true],
  ])('leave a list %s where the flag of one on the last page is %s', async (verdict, hasMore) => {
    const found = await read((data, next) => ({ data, next }), hasMore, {
      dataSelector: 'data[*].lines.data',
    });
    expect(found).toEqual({ verdict, rows: 4 * LARGE, error: null });
  });

  it('are looked at where the response is a bare list', async () => {
    const found = await read((data) => data, true, {
      dataSelector: '[*].lines.data',
      paginator: 'headerLink',
    });
    expect(found).toEqual({ verdict: 'incomplete', rows: 4 * LARGE, error: null });
  });

  it('are those of the selector that led to rows', async () => {
    const found = await read((data, next) => ({ data, next }), true, {
      dataSelector: ['orders[*].lines.data', 'data[*].lines.data'],
    });
    expect(found).toEqual({ verdict: 'incomplete', rows: 4 * LARGE, error: null });
  });
});
