import { describe, expect, it } from 'vitest';
import { listFinding } from '#src/run/list-finding.js';
import { endpoint, type EndpointConfig, type SourceEvent } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readAll } from '../../support/read-pages.js';

const row = (id: number): object => ({ id, name: `a "row" {of \\`, items: [{ id }, {}] });
const rows = (...ids: number[]): object[] => ids.map(row);

/** The verdict on a list with these pages, and what it says of rows that moved. */
async function verdictOn(
  pages: readonly (readonly object[])[],
  paginator: EndpointConfig['paginator'] = { type: 'pageNumber', basePage: 1 },
  stated: (page: number) => object = () => ({}),
): Promise<{ verdict: string; moved: string | undefined }> {
  const server = await serve(({ query }, count) => {
    const offset = query.get('offset');
    const page = Number(query.get('page') ?? (offset === null ? count : 1 + Number(offset) / 2));
    const next = page < pages.length ? page : null;
    return { json: { data: pages[page - 1] ?? [], ...stated(page), next } };
  });
  const events: SourceEvent[] = [];
  await readAll(
    endpoint({
      url: `${server.url}/x`,
      dataSelector: 'data',
      paginator,
      observe: (event) => events.push(event),
    }),
  );
  const end = events.find((event) => event.kind === 'done');
  if (end === undefined) throw new Error('The list has no end.');
  return { verdict: listFinding(end)?.verdict ?? 'complete', moved: end.moved ?? undefined };
}

describe('a list whose rows move from page to page while it is read', () => {
  it.each<[string, readonly object[][]]>([
    ['by one row', [rows(1, 2, 3), rows(3, 4, 5)]],
    ['by two rows', [rows(1, 2, 3), rows(2, 3, 4)]],
    ['by a whole page, with others behind it', [rows(1, 2), rows(3, 4), rows(3, 4), rows(5, 6)]],
    ['back to its first page', [rows(1, 2), rows(3, 4), rows(1, 2), rows(5, 6)]],
  ])('is unproven: %s', async (_what, pages) => {
    expect(await verdictOn(pages)).toEqual({
      verdict: 'unproven',
      moved: expect.stringMatching(/^the last row of page \d came again on page \d: /) as string,
    });
  });

  it('is unproven though as many rows came as are stated', async () => {
    const offset = { type: 'offset', limit: 2, totalPath: 'total' } as const;
    const shifted = [rows(1, 2), rows(2, 3), rows(4)];
    expect((await verdictOn(shifted, offset, () => ({ total: 5 }))).verdict).toBe('unproven');
  });

  it.each<[string, EndpointConfig['paginator'], (page: number) => object]>([
    ['rows', { type: 'offset', limit: 2, totalPath: 'all' }, (page) => ({ all: page > 1 ? 4 : 5 })],
    ['pages', { type: 'pageNumber', totalPath: 'of', basePage: 1 }, (page) => ({ of: 4 - page })],
  ])('is unproven where the stated number of %s shrinks to what came', async (_what, ...list) => {
    expect(await verdictOn([rows(1, 2), rows(4, 5)], ...list)).toEqual({
      verdict: 'unproven',
      moved: expect.stringMatching(
        /^the API stated \d \w+ in all, and \d from page 2 on: /,
      ) as string,
    });
  });
});

describe('a list is complete', () => {
  const equal = [{ level: 1 }, { level: 1 }];
  it.each<[string, readonly object[][], EndpointConfig['paginator']?, ((page: number) => object)?]>(
    [
      ['whose pages have other rows', [rows(1, 2), rows(3, 4)]],
      ['whose pages have equal rows', [equal, [...equal, { level: 2 }], equal]],
      ['with one row on each page', [rows(1), rows(1), rows(2)]],
      [
        'whose total grows with the rows behind it',
        [rows(1, 2), rows(3, 4), rows(5)],
        { type: 'offset', limit: 2, totalPath: 'total' },
        (page) => ({ total: page > 1 ? 5 : 4 }),
      ],
      [
        'whose totals are those of its pages',
        [rows(1, 2), rows(3, 4), rows(5)],
        { type: 'offset', limit: 2, totalPath: 'total' },
        (page) => ({ total: page > 2 ? 1 : 2 }),
      ],
      [
        'whose positions come from the API',
        [rows(1, 2), rows(2, 3)],
        { type: 'cursor', cursorPath: 'next', cursorParam: 'page_after' },
      ],
    ],
  )('%s', async (_what, pages, ...list) => {
    expect((await verdictOn(pages, ...list)).verdict).toBe('complete');
  });
});
