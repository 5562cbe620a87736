import { describe, expect, it } from 'vitest';
import { locate } from '#operators/json/locate.js';
import { httpClient } from '#src/rest/http/http-client.js';
import type { FetchedPage } from '#src/rest/pages/fetched-page.js';
import { ListReading, type ReadStep } from '#src/rest/pages/list-reading.js';
import { listRequest } from '#src/rest/pages/list-request.js';
import { pathWatch } from '#src/rest/pages/path-watch.js';
import { rowPlaces } from '#src/rest/pages/rows/row-places.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import type { Json, PaginatorConfig } from 'sluice';
import { valuesAt } from '../paginators/page-facts.js';

const url = new URL('http://shop.test/orders');

function reading(config: PaginatorConfig): ListReading {
  const report = (): void => undefined;
  return new ListReading(
    {
      ...listRequest({ dataSelector: 'rows', endStatus: [404], skipStatus: [403] }),
      resource: 'orders',
      url,
      json: null,
      data: null,
      headers: {},
      saveAs: null,
      secrets: [],
      limits: {},
      compat: 'sluice',
      fingerprint: '',
      paginator: paginatorOf(config),
      incremental: null,
      paging: undefined,
      isMerged: false,
      windowed: false,
      cursor: null,
      parent: null,
      depth: 0,
      stamp: null,
    },
    {
      from: undefined,
      client: httpClient({ baseUrl: url.origin }),
      places: rowPlaces('orders', '', {}, report),
      watch: pathWatch(report),
    },
  );
}

function fetched(body: Json, paths: readonly string[]): FetchedPage {
  const document = new TextEncoder().encode(JSON.stringify(body));
  const { span } = locate(document, { selectors: ['rows'] });
  return {
    document,
    body: document,
    span,
    values: valuesAt(body, paths),
    isMissing: false,
    notice: null,
    bytes: document.length,
    response: { status: 200, headers: new Headers(), url, body: document },
    request: () => ({ method: 'GET', url: url.href }),
  };
}

/** A step in few words. */
function shown(step: ReadStep): string {
  if ('request' in step) return `request ${step.request.url.search}`;
  if ('page' in step) return `page ${step.page.index}${step.page.next === null ? ', last' : ''}`;
  const { event } = step;
  return event.kind === 'done' ? `done: ${event.end} after ${event.rows} rows` : event.kind;
}

/** What comes of each response, one after the other. */
function stepsOf(config: PaginatorConfig, ...replies: readonly Json[]): string[][] {
  const list = reading(config);
  let { paths } = list.begin();
  return replies.map((reply) => {
    const response: FetchedPage =
      reply === 403
        ? { skipped: 'status', status: 403 }
        : reply === 404
          ? { skipped: 'end', status: 404 }
          : fetched(reply, paths);
    const steps = [...list.take(response)];
    for (const step of steps) if ('request' in step) ({ paths } = step.request);
    return steps.map(shown);
  });
}

const byPage: PaginatorConfig = { type: 'pageNumber', basePage: 1 };

describe('the steps of a list', () => {
  it('request the next page before one is emitted, and end with its end', () => {
    expect(stepsOf(byPage, { rows: [1, 2] }, { rows: [3] }, { rows: [] })).toEqual([
      ['request ?page=2', 'page', 'page 0'],
      ['request ?page=3', 'page', 'page 1'],
      ['page', 'page 2, last', 'done: empty after 3 rows'],
    ]);
  });

  it('hold a page back that equals the one before until a later one differs', () => {
    expect(stepsOf(byPage, { rows: [1] }, { rows: [1] }, { rows: [2] })).toEqual([
      ['request ?page=2', 'page', 'page 0'],
      ['request ?page=3'],
      ['page', 'page 1', 'request ?page=4', 'page', 'page 2'],
    ]);
  });

  it('drop the repeats of an API that ignores its parameters, and say so', () => {
    expect(stepsOf(byPage, { rows: [1] }, { rows: [1] }, { rows: [1] }).at(-1)).toEqual([
      'notice',
      'done: repeat after 1 rows',
    ]);
  });

  it('emit the pages that were held back where a status ends the list', () => {
    expect(stepsOf(byPage, { rows: [1] }, { rows: [1] }, 404).at(-1)).toEqual([
      'page',
      'page 1',
      'done: status after 2 rows',
    ]);
  });

  it('end without a list where its only response is skipped', () => {
    expect(stepsOf(byPage, 403)).toEqual([['skip']]);
  });

  it('end in the middle where a later response is skipped', () => {
    expect(stepsOf(byPage, { rows: [1] }, 403)[1]).toEqual(['skip', 'done: skipped after 1 rows']);
  });

  it('find the paginator on the first page where none is configured', () => {
    expect(
      stepsOf(
        { type: 'auto' },
        { rows: [1], next: 'http://shop.test/orders?after=1' },
        { rows: [2], next: null },
      ),
    ).toEqual([
      ['notice', 'request ?after=1', 'page', 'page 0'],
      ['page', 'page 1, last', 'done: no-next after 2 rows'],
    ]);
  });

  it('emit the last page of a list that cannot be read further before its error', () => {
    const list = reading({ type: 'jsonLink', nextUrlPath: 'next' });
    const steps: string[] = [];
    const read = (): void => {
      for (const step of list.take(fetched({ rows: [1], next: 'mailto:x@y.test' }, ['next'])))
        steps.push(shown(step));
    };
    list.begin();
    expect(read).toThrow(/Resource orders, page 1: the link to the next page is not an address/);
    expect(steps).toEqual(['page', 'page 0']);
  });
});
