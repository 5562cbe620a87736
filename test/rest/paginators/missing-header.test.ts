import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import {
  type Completeness,
  endpoint,
  type EndpointConfig,
  type PaginatorConfig,
  type SourceEvent,
} from 'sluice';
import { serve } from '../../support/local-server.js';
import { readAll } from '../../support/read-pages.js';

const rows = (count: number): object[] => Array.from({ length: count }, (_row, id) => ({ id }));
const link: PaginatorConfig = { type: 'headerLink' };
const cursor: PaginatorConfig = { type: 'headerCursor', cursorKey: 'X-Next', cursorParam: 'after' };

async function verdictOf(
  json: object,
  config: Partial<EndpointConfig>,
  headers: Record<string, string> = {},
): Promise<Completeness> {
  const server = await serve(() => ({ json, headers }));
  const tally = completenessTally('endpoint');
  const observe = (event: SourceEvent): void => tally.add({ ...event, resource: 'endpoint' });
  const { error } = await readAll(endpoint({ url: `${server.url}/x`, ...config, observe }));
  expect(error).toBeNull();
  return tally.result();
}

describe('a list whose next page is named by a header that no response has', () => {
  it.each<[string, string, number, Partial<EndpointConfig>]>([
    ['a usual size of a page', 'Link', 100, { paginator: link }],
    ['the requested size', 'Link', 37, { paginator: link, params: { limit: 37 } }],
    ['the size in the body', 'Link', 7, { paginator: link, method: 'POST', json: { size: 7 } }],
    ['the most that a server gives', 'Link', 100, { paginator: link, params: { per_page: 500 } }],
    ['a usual size of a page', 'X-Next', 100, { paginator: cursor }],
    ['the requested size', 'X-Next', 3, { paginator: cursor, params: { pageSize: '3' } }],
    ['a usual size of a page', 'next', 50, { paginator: { type: 'headerCursor' } }],
  ])('is unproven where it has %s (%s, %i rows)', async (_what, name, count, config) => {
    const { verdict, reasons } = await verdictOf(rows(count), config);
    expect([verdict, reasons]).toEqual([
      'unproven',
      [
        `one full page of ${count} rows came, and no response had the header \`${name}\` that names the next one: does the API page in another way?`,
      ],
    ]);
  });

  it.each<[string, object, Partial<EndpointConfig>, Record<string, string>]>([
    ['has fewer rows than requested', rows(30), { params: { per_page: 100 } }, {}],
    ['has no usual size', rows(37), {}, {}],
    ['has no rows', [], {}, {}],
    ['has links to other pages', rows(100), {}, { link: '</x?page=1>; rel="last"' }],
    ['has a total that was read', rows(100), {}, { 'X-Total-Count': '100' }],
    ['has one page by its own count', rows(100), {}, { 'X-Total-Pages': '1' }],
    ['has a flag that says so', { data: rows(100), has_more: false }, {}, {}],
  ])('is complete where it %s', async (_what, json, config, headers) => {
    const found = await verdictOf(json, { paginator: link, ...config }, headers);
    expect(found).toMatchObject({ verdict: 'complete', reasons: [] });
  });

  it('is unproven where the body repeats the size of its full page', async () => {
    const found = await verdictOf({ data: rows(7), limit: 7 }, { paginator: link });
    expect(found.verdict).toBe('unproven');
  });
});
