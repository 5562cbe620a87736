import { describe, expect, it } from 'vitest';
import { listFinding } from '#src/run/list-finding.js';
import { endpoint, type EndpointConfig, type ListEnd, type SourceEvent } from 'sluice';
import { type ReceivedRequest, serve } from '../../support/local-server.js';
import { readAll, rowsOf } from '../../support/read-pages.js';

type Reply = Awaited<ReturnType<Parameters<typeof serve>[0]>>;

const list = (from: number, to: number): { id: number }[] =>
  Array.from({ length: Math.max(0, to - from) }, (_row, i) => ({ id: from + i }));

/** What comes of a list: the ids of its rows, the verdict on its end, and the requests it took. */
async function read(
  reply: (request: ReceivedRequest, count: number) => Reply,
  config: Partial<EndpointConfig>,
): Promise<{ ids: unknown[]; verdict: string; error: unknown; requests: number; end?: ListEnd }> {
  const server = await serve(reply);
  const events: SourceEvent[] = [];
  const { pages, error } = await readAll(
    endpoint({
      url: `${server.url}/x`,
      client: { retry: { baseMs: 1 } },
      ...config,
      observe: (event) => events.push(event),
    }),
  );
  const end = events.find((event) => event.kind === 'done');
  return {
    ids: pages.flatMap(rowsOf).map(({ id }) => id),
    verdict: end === undefined ? 'none' : (listFinding(end)?.verdict ?? 'complete'),
    error,
    requests: server.requests.length,
    ...(end && { end }),
  };
}

describe('a total that the first page alone states', () => {
  it.each([21, 22])('decides the verdict on 21 rows where it is %i', async (total) => {
    const { verdict, end } = await read(
      ({ query }) => {
        const page = Number(query.get('page'));
        const rows = list(page * 10, Math.min(21, page * 10 + 10));
        return { json: { data: rows, pages: 3, ...(page === 0 && { total }) } };
      },
      { paginator: { type: 'pageNumber' }, dataSelector: 'data' },
    );
    expect(end?.declared).toEqual({ rows: total, pages: 3 });
    expect(verdict).toBe(total === 21 ? 'complete' : 'incomplete');
  });
});

describe('a response that is taken for one record', () => {
  const record: Partial<EndpointConfig> = { dataSelector: '@', paginator: 'single' };
  const rows = list(0, 3);
  it.each<[string, object]>([
    ['a link', { data: rows, links: { next: '/x?page=2' } }],
    ['a flag', { items: rows, hasMore: true }],
    ['a total', { results: rows, total: 7 }],
  ])('is incomplete where it is a list with %s that says that there is more', async (_w, json) => {
    expect((await read(() => ({ json }), record)).verdict).toBe('incomplete');
  });

  it.each<[string, object]>([
    ['fields of its own', { id: 1, name: 'x', data: rows, total: 7, has_more: true }],
    ['a list that is whole', { data: rows, total: 3, has_more: false, next: null }],
    ['no list', { data: { id: 1 }, total: 7, next: '/x?page=2' }],
  ])('is complete where it has %s', async (_what, json) => {
    expect((await read(() => ({ json }), record)).verdict).toBe('complete');
  });
});

describe('a list is incomplete where a response says that there is more', () => {
  const rows = list(0, 37);
  it.each<[string, Reply, Partial<EndpointConfig>]>([
    ['a flag', { json: { data: rows, has_more: true } }, {}],
    ['a flag in other words', { json: { data: rows, meta: { moreRecords: 'true' } } }, {}],
    [
      'a flag in pageInfo',
      { json: { data: { a: { nodes: rows, pageInfo: { hasNextPage: true } } } } },
      { dataSelector: 'data.a.nodes' },
    ],
    ['a flag that this is not the last page', { json: { data: rows, isLast: false } }, {}],
    ["Spring's last", { json: { data: rows, last: false, first: true } }, {}],
    ["Salesforce's done", { json: { data: rows, done: false, totalSize: null } }, {}],
    ['rows that remain', { json: { data: rows, metadata: { remainingItemCount: 3 } } }, {}],
    ['a link', { json: { data: rows, links: { next: '/x?page=2' } } }, {}],
    ['a link in a list', { json: { data: rows, links: [{ rel: 'next', href: '/x?page=2' }] } }, {}],
    ["OData's link", { json: { data: rows, '@odata.nextLink': 'http://h.test/x' } }, {}],
    ['a cursor', { json: { data: rows, next_page_token: 'abc' } }, {}],
    ["OData's relative link", { json: { data: rows, 'odata.nextLink': 'x?$skip=37' } }, {}],
    ["Airtable's offset", { json: { data: rows, offset: 'itr1/rec2' } }, {}],
    ["Kubernetes' continue", { json: { data: rows, metadata: { continue: 'abc' } } }, {}],
    ["DynamoDB's key", { json: { data: rows, LastEvaluatedKey: { id: 4 } } }, {}],
    ['a total', { json: { data: rows, paging: { total: 74 } } }, {}],
    ['a count beside a link to the next page', { json: { data: rows, count: 74, next: null } }, {}],
    ["Hydra's link", { json: { data: rows, 'hydra:view': { 'hydra:next': '/x?page=2' } } }, {}],
    ["ArcGIS' flag", { json: { data: rows, exceededTransferLimit: true } }, {}],
    ["Blockscout's parameters", { json: { data: rows, next_page_params: { block: 7 } } }, {}],
    [
      "OGC's number of matches",
      { json: { data: rows, numberMatched: 74, numberReturned: 37 } },
      {},
    ],
    [
      'a total of XML as JSON',
      { json: { feed: { data: rows, 'opensearch:totalResults': { $t: '74' } } } },
      { dataSelector: 'feed.data' },
    ],
    ['the highest page', { json: { data: rows, maxPage: 4 } }, {}],
    ['pages that remain', { json: { data: rows, remaining_pages: 3 } }, {}],
    ['a flag that it is no end of file', { json: { data: rows, eof: false } }, {}],
    [
      'a flag beside rows that lie deep',
      { json: { data: { team: { a: { nodes: rows, pageInfo: { hasNextPage: true } } } } } },
      { dataSelector: 'data.team.a.nodes' },
    ],
    ['a flag that it is no end of the stream', { json: { data: rows, end_of_stream: false } }, {}],
    ["Bitbucket's size", { json: { data: rows, pagelen: 37, size: 74 } }, {}],
    [
      'a flag in a list within a row',
      { json: { data: [{ lines: { has_more: true, data: rows } }] } },
      { dataSelector: 'data[*].lines.data' },
    ],
    [
      'pageInfo of a list within a row',
      {
        json: {
          data: {
            orders: [
              { items: { nodes: [], pageInfo: { hasNextPage: false } } },
              { items: { nodes: rows, pageInfo: { hasNextPage: true } } },
            ],
          },
        },
      },
      { dataSelector: 'data.orders[*].items.nodes' },
    ],
    [
      'a total of a list within a row',
      { json: { data: [{ items: { total: 74, list: rows } }] } },
      { dataSelector: 'data[*].items.list' },
    ],
    ["Hydra's total", { json: { data: rows, 'hydra:totalItems': 74 } }, {}],
    ['a total as text', { json: { data: rows, totalCount: '1,234' } }, {}],
    [
      'a total in an object',
      { json: { hits: { total: { value: 74, relation: 'eq' }, hits: rows } } },
      { dataSelector: 'hits.hits' },
    ],
    ['a number of pages', { json: { data: rows, total_pages: 2 } }, {}],
    ['a page of several', { json: { data: rows, page: 1, of: 4 } }, {}],
    ['a page out of several', { json: { data: rows, paging: { pageNo: 1, outOf: '4' } } }, {}],
    ['a page and the last one', { json: { data: rows, pages: { current: 1, last: 4 } } }, {}],
    ['a page of several in words', { json: { data: rows, page: '1 of 4' } }, {}],
    ['a page of several in one text', { json: { data: rows, meta: { page: '1/4' } } }, {}],
    ['a page and how many there are', { json: { data: rows, page: 1, noOfPages: 4 } }, {}],
    ['errors beside the rows', { json: { data: rows, errors: [{ message: 'timeout' }] } }, {}],
    ['an incomplete search', { json: { data: rows, incomplete_results: true } }, {}],
    ['failed shards', { json: { data: rows, _shards: { failed: 1 } } }, {}],
    [
      'a header with a total',
      { json: rows, headers: { 'X-WP-Total': '74' } },
      { dataSelector: '@' },
    ],
    [
      'a header with pages',
      { json: rows, headers: { 'X-WP-TotalPages': '2' } },
      { dataSelector: '@' },
    ],
    [
      'a header with a range',
      { json: rows, headers: { 'Content-Range': '0-36/74' } },
      { dataSelector: '@' },
    ],
    [
      'a header in JSON',
      { json: rows, headers: { 'X-Pagination': '{"TotalCount":74}' } },
      { dataSelector: '@' },
    ],
    [
      'a header with a flag',
      { json: rows, headers: { 'X-More-Results': 'true' } },
      { dataSelector: '@' },
    ],
    [
      'a header that counts pages',
      { json: rows, headers: { 'X-Page-Count': '3' } },
      { dataSelector: '@' },
    ],
    ['202 without rows', { status: 202, json: { data: [] } }, {}],
    [
      'a header with the next page',
      { json: rows, headers: { 'X-Next-Page': '2' } },
      { dataSelector: '@' },
    ],
    [
      'a header with a link',
      { json: rows, headers: { link: '</x?page=2>; rel="next"' } },
      { dataSelector: '@' },
    ],
  ])('%s', async (_what, reply, config) => {
    const found = await read(() => reply, { dataSelector: 'data', paginator: 'single', ...config });
    expect(found).toMatchObject({ verdict: 'incomplete', error: null, requests: 1 });
    expect(found.ids.length).toBe(reply.status === 202 ? 0 : 37);
  });
});

describe('a response that only reports an error is not a row', () => {
  it.each<[string, Reply]>([
    ['errors', { json: { errors: [{ message: 'timeout' }] } }],
    ['an error', { json: { error: { code: 7, message: 'no' } } }],
    ['an error in words', { json: { success: false, message: 'no' } }],
    ['an error code', { json: { error_code: 3, error_msg: 'no' } }],
    ['a status', { json: { code: 401, message: 'bad token' } }],
    ['errors of GraphQL', { json: { data: { viewer: null }, errors: [{ message: 'no' }] } }],
  ])('%s', async (_what, reply) => {
    expect(await read(() => reply, {})).toMatchObject({
      ids: [],
      verdict: 'incomplete',
      error: null,
    });
  });

  it('and is reported where rows were expected elsewhere', async () => {
    const json = { data: null, errors: [{ message: 'timeout' }] };
    const { error } = await read(() => ({ json }), { dataSelector: 'data.orders.nodes' });
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringContaining(
        'The response reports an error: `errors` is [{"message":"timeout"}].',
      ) as string,
    });
  });

  it('and one behind the first page ends the list, which is incomplete', async () => {
    const replies: Reply[] = [
      { json: { data: list(0, 3), next: '/x?page=2' } },
      { json: { error: { message: 'timeout' } } },
    ];
    const found = await read((_asked, count) => replies[count - 1] as Reply, {});
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'incomplete', requests: 2 });
  });

  it('while a response of GraphQL with data is one, and is incomplete', async () => {
    const json = { data: { viewer: { id: 7 } }, errors: [{ message: 'timeout' }] };
    const found = await read(() => ({ json }), { dataSelector: 'data.viewer' });
    expect(found).toMatchObject({ ids: [7], verdict: 'incomplete' });
    const whole = await read(() => ({ json }), {});
    expect(whole).toMatchObject({ ids: [undefined], verdict: 'incomplete' });
  });

  it('while a list called errors is read as any other', async () => {
    const reply: Reply = { json: { errors: list(0, 3) } };
    const found = await read(() => reply, { dataSelector: 'errors' });
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'complete' });
  });

  it('and a later page with something else than rows makes the end unproven', async () => {
    const replies: Reply[] = [
      { json: { data: list(0, 3), next: '/x?page=2' } },
      { json: { message: 'Service degraded' } },
    ];
    const found = await read((_asked, count) => replies[count - 1] as Reply, {});
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'unproven' });
  });
});

describe('a cursor that may be that of the page itself', () => {
  it.each<[string, (page: number, data: object[]) => Reply, EndpointConfig['paginator']]>([
    [
      'the request had it',
      (page, data) => ({ json: { data, cursor: String(page), next: page < 1 ? '1' : null } }),
      { type: 'cursor', cursorPath: 'next', cursorParam: 'page' },
    ],
    [
      'the page behind the last one has it too',
      (page, data) => ({ json: { data, cursor: `c${page}` } }),
      { type: 'pageNumber' },
    ],
    [
      'a flag says that there is no more',
      (page, data) => ({ json: { data, cursor: 'c', has_more: page < 1 } }),
      { type: 'pageNumber', hasMorePath: 'has_more' },
    ],
  ])('says nothing where %s', async (_what, reply, paginator) => {
    const found = await read(
      ({ query }) => {
        const page = Number(query.get('page') ?? 0);
        return reply(page, page < 2 ? list(page * 3, page * 3 + 3) : []);
      },
      { dataSelector: 'data', ...(paginator && { paginator }) },
    );
    expect(found).toMatchObject({ ids: list(0, 6).map(({ id }) => id), verdict: 'complete' });
  });
});

describe('a list is unproven where a response may say that there is more', () => {
  const rows = list(0, 37);
  it.each<[string, Reply]>([
    ['a count above its rows', { json: { data: rows, count: 74 } }],
    ['a count of records above its rows', { json: { data: rows, recordCount: 74 } }],
    ['a count in a header', { json: { data: rows }, headers: { 'X-Count': '74' } }],
    ['a count of pages or rows', { json: { data: rows }, headers: { 'X-Page-Count': '100' } }],
    ["Square's cursor", { json: { data: rows, cursor: 'abc' } }],
    ['206', { status: 206, json: { data: rows } }],
    [
      '206 of an unknown whole',
      { status: 206, json: { data: rows }, headers: { 'Content-Range': '0-36/*' } },
    ],
  ])('%s', async (_what, reply) => {
    const found = await read(() => reply, { dataSelector: 'data', paginator: 'single' });
    expect(found).toMatchObject({ verdict: 'unproven', error: null });
  });

  it.each<[string, Reply]>([
    ['the count is that of its rows', { json: { data: rows, count: 37 } }],
    ['the count of results is that of its rows', { json: { data: rows, resultCount: 37 } }],
    ['the header counts its rows', { json: { data: rows }, headers: { 'X-Count': '37' } }],
    ['the pages are its rows', { json: { data: rows }, headers: { 'X-Page-Count': '37' } }],
    [
      '206 has the whole',
      { status: 206, json: { data: rows }, headers: { 'Content-Range': '0-36/37' } },
    ],
    ['no page is next', { json: { data: rows }, headers: { 'X-Next-Page': 'null' } }],
    ['it is page 1 of 1', { json: { data: rows, page: 1, of: 1 } }],
    ['rows are numbered beside the page', { json: { data: rows, page: 1, first: 1, last: 37 } }],
    ['no page is beside what sounds like many', { json: { data: rows, of: 4, last: 4 } }],
    ['202 has rows', { status: 202, json: { data: rows } }],
  ])('and is complete where %s', async (_what, reply) => {
    const found = await read(() => reply, { dataSelector: 'data', paginator: 'single' });
    expect(found).toMatchObject({ verdict: 'complete', error: null });
  });

  it('and is complete where lists within rows say that they are whole', async () => {
    const lines = { has_more: false, total: 37, data: rows };
    const found = await read(() => ({ json: { data: [{ has_more: true, lines }, {}] } }), {
      dataSelector: 'data[*].lines.data',
      paginator: 'single',
    });
    expect(found).toMatchObject({ verdict: 'complete', error: null });
  });

  it.each([50, 57])(
    'and is complete where at least as many rows came as a count of %i says',
    async (n) => {
      const found = await read(
        ({ query }) => {
          const from = Number(query.get('offset'));
          return { json: { data: list(from, Math.min(57, from + 20)), count: n } };
        },
        { dataSelector: 'data', paginator: { type: 'offset', limit: 20 } },
      );
      expect(found).toMatchObject({ verdict: 'complete', error: null });
      expect(found.ids.length).toBe(57);
    },
  );
});

describe('a page behind the last one', () => {
  it.each<[string, unknown]>([
    ['a number', 0],
    ['an empty list', [[]]],
    ['an empty object', [{}]],
    ['an empty text', ['']],
  ])('is empty where its rows are %s', async (_what, data) => {
    const found = await read(
      (_asked, count) => ({ json: { data: count === 1 ? list(0, 3) : data } }),
      {
        dataSelector: 'data',
        paginator: { type: 'pageNumber' },
      },
    );
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'complete', error: null });
  });

  it.each<[string, Reply, Partial<EndpointConfig>]>([
    ['a link', { json: { data: [], next: '/x?page=2' } }, { paginator: 'jsonLink' }],
    [
      'a link in a header',
      { json: { data: [], next: '/x?page=2' }, headers: { link: '</x?page=2>; rel="next"' } },
      { paginator: 'headerLink' },
    ],
  ])('ends the list, though it has %s to itself', async (_what, reply, config) => {
    const first: Reply = { ...reply, json: { data: list(0, 3), next: '/x?page=2' } };
    const found = await read((_asked, count) => (count === 1 ? first : reply), {
      dataSelector: 'data',
      ...config,
    });
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'complete', requests: 2 });
  });
});

describe('a list is not incomplete because of signs about something else', () => {
  const rows = list(0, 37);
  it.each<[string, Reply, Partial<EndpointConfig>]>([
    ['a total of statistics', { json: { data: rows, stats: { total: 999 } } }, {}],
    [
      'a total in rows',
      { json: { data: rows.map((row) => ({ ...row, total: 99, has_more: true })) } },
      {},
    ],
    ['a rate limit', { json: { data: rows, rateLimit: { total: 5000, remaining: 12 } } }, {}],
    ['the rows of the page', { json: { data: rows, count: 37, per_page: 100 } }, {}],
    ['a parent', { json: { data: rows, order: { total: 3, hasMore: true, next: '/a' } } }, {}],
    ['a sync token', { json: { data: rows, nextSyncToken: 'abc', '@odata.deltaLink': '/d' } }, {}],
    [
      'a cursor that is on last pages too',
      { json: { data: rows, paging: { cursors: { after: 'x' } } } },
      {},
    ],
    [
      'a cursor beside a flag that there is no more',
      { json: { data: rows, next_cursor: 'x', has_more: false } },
      {},
    ],
    ['a total that was read', { json: { data: rows, total: 37, next: null } }, {}],
    [
      'a record',
      { json: { id: 1, total: 99, has_more: true }, headers: { link: '</y>; rel="next"' } },
      { dataSelector: '@' },
    ],
    ['no errors', { json: { data: rows, errors: [], error: null } }, {}],
    [
      'a range of bytes',
      { json: rows, headers: { 'Content-Range': 'bytes 0-36/74' } },
      { dataSelector: '@' },
    ],
  ])('%s', async (_what, reply, config) => {
    const { verdict } = await read(() => reply, {
      dataSelector: 'data',
      paginator: 'single',
      ...config,
    });
    expect(verdict).toBe('complete');
  });
});

describe('a total that is not exact', () => {
  it.each<[string, object]>([
    ['a lower bound', { hits: { total: { value: 20, relation: 'gte' } } }],
    ['a number said to be an estimate', { total: 20, total_is_estimate: true }],
    ['a name that says so', { estimatedTotalHits: 20 }],
    ['a number with a plus', { total: '20+' }],
    ['fewer rows than came', { total: 20 }],
  ])('does not end a list, which is unproven: %s', async (_what, said) => {
    const totalPath = 'hits' in said ? 'hits.total.value' : 'total';
    const found = await read(
      ({ query }) => {
        const from = Number(query.get('offset'));
        return { json: { ...said, data: list(from, Math.min(25, from + 10)) } };
      },
      {
        dataSelector: 'data',
        paginator: {
          type: 'offset',
          limit: 10,
          ...(!('total' in said && said.total === 20 && Object.keys(said).length === 1) && {
            totalPath,
          }),
        },
      },
    );
    expect(found).toMatchObject({ ids: list(0, 25).map(({ id }) => id), verdict: 'unproven' });
  });
});

describe('a page without rows ends a list', () => {
  it.each<[string, Reply]>([
    ['an empty list', { json: { data: [] } }],
    ['an empty object', { json: { data: {} } }],
    ['empty text', { json: { data: '' } }],
    ['false', { json: { data: false } }],
    ['null', { json: { data: null } }],
    ['a list of null', { json: { data: [null] } }],
    ['no member for it', { json: { page: 3 } }],
    ['words that all is well', { json: { ok: true, status: 'success', code: 200, error: null } }],
    ['a count of nothing', { json: { count: 0, next: null } }],
    ['an object as the whole body', { json: {} }],
    ['a list as the whole body', { json: [] }],
    ['null as the whole body', { text: 'null' }],
    ['no content', { status: 204 }],
    ['a status of `endStatus`', { status: 404 }],
  ])('%s', async (_what, behind) => {
    const found = await read(
      ({ query }) => {
        const page = Number(query.get('page'));
        return page <= 2 ? { json: { page, data: [{ id: page }] } } : behind;
      },
      { dataSelector: 'data', paginator: { type: 'pageNumber', basePage: 1 }, endStatus: [404] },
    );
    expect(found).toMatchObject({ ids: [1, 2], error: null, verdict: 'complete', requests: 3 });
  });

  it.each<[string, Reply]>([
    ['an empty body', { text: '' }],
    ['blanks', { text: ' \n' }],
  ])('but %s proves nothing', async (_what, behind) => {
    const { verdict, end } = await read(
      ({ query }) => (Number(query.get('page')) <= 2 ? { json: { data: [{ id: 1 }] } } : behind),
      { dataSelector: 'data', paginator: { type: 'pageNumber', basePage: 1 } },
    );
    expect(verdict).toBe('unproven');
    expect(end?.doubt).toMatch(/^page 3 has status 200 and an empty body: .*`mayBeMissing: true`$/);
  });

  it('but no content does not where the page before named it', async () => {
    const { verdict } = await read(
      ({ query }) =>
        query.get('after') === 'b' ? { status: 204 } : { json: { data: [{ id: 1 }], next: 'b' } },
      {
        dataSelector: 'data',
        paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
      },
    );
    expect(verdict).toBe('unproven');
  });

  it('but not where it reports an error, or has another list', async () => {
    for (const behind of [{ error: 'too often' }, { success: false }, { rows: [{ id: 9 }] }]) {
      const { error } = await read(
        ({ query }) => ({ json: query.get('page') === '1' ? { data: [{ id: 1 }] } : behind }),
        { dataSelector: 'data', paginator: { type: 'pageNumber', basePage: 1 } },
      );
      expect(error).toMatchObject({ code: 'ERR_SLUICE_SELECT' });
    }
  });

  it('and is unproven where it says something that the first page did not', async () => {
    const found = await read(
      ({ query }) => ({
        json: query.get('page') === '1' ? { data: [{ id: 1 }] } : { message: 'no idea' },
      }),
      { dataSelector: 'data', paginator: { type: 'pageNumber', basePage: 1 } },
    );
    expect(found).toMatchObject({ ids: [1], error: null, verdict: 'unproven' });
  });

  it('where its cursor or link repeats, whatever kind of paginator reads it', async () => {
    const pages = [list(0, 2), list(2, 4), []];
    const body = ({ query }: ReceivedRequest): { rows: unknown; next: string } => {
      const at = Number(query.get('at') ?? 0);
      return { rows: pages[at], next: String(Math.min(at + 1, 2)) };
    };
    const whole = { ids: [0, 1, 2, 3], error: null, requests: 3 };
    expect(
      await read((request) => ({ json: { data: body(request).rows, next: body(request).next } }), {
        dataSelector: 'data',
        paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'at' },
      }),
    ).toMatchObject(whole);
    for (const stopAfterEmptyPage of [true, false])
      for (const paginator of [
        { type: 'jsonLink', stopAfterEmptyPage },
        { type: 'headerLink', stopAfterEmptyPage },
        { type: 'headerCursor', cursorKey: 'x-at', cursorParam: 'at', stopAfterEmptyPage },
      ] as const)
        expect(
          await read(
            (request) => {
              const { rows, next } = body(request);
              return {
                json: { data: rows, ...(paginator.type === 'jsonLink' && { next: `?at=${next}` }) },
                headers:
                  paginator.type === 'headerLink'
                    ? { link: `</x?at=${next}>; rel="next"` }
                    : paginator.type === 'headerCursor'
                      ? { 'x-at': next }
                      : {},
              };
            },
            { dataSelector: 'data', paginator },
          ),
        ).toMatchObject(whole);
  });
});

describe('a list of rows where the selector finds nothing', () => {
  it('is an error behind the first page, too, and not the end', async () => {
    const paginator = { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } as const;
    const { ids, error } = await read(
      ({ query }) => ({ json: query.has('after') ? list(2, 4) : { data: list(0, 2), next: 'b' } }),
      { paginator, dataSelector: 'data' },
    );
    expect(ids).toEqual([0, 1]);
    expect(String(error)).toMatch(/page 2: .*`data`.* Request: GET .*after=b\.$/s);
  });
});

describe('equal pages', () => {
  const alike = Array.from({ length: 10 }, (_row, i) => ({ id: i < 7 ? 0 : i }));
  const slice = (from: number, size: number): unknown => alike.slice(from, from + size);

  const moving: [string, (page: number) => { json?: object; headers?: Record<string, string> }][] =
    [
      ['the number of the first row', (page) => ({ json: { firstResult: 2 * page } })],
      [
        'a link to the page before',
        (page) => ({ json: { links: { prev: `/x?page=${page - 1}` } } }),
      ],
      [
        'the cursor of the first row',
        (page) => ({ json: { pageInfo: { startCursor: `c${page}` } } }),
      ],
      ['a range', (page) => ({ json: { range: `${2 * page}-${2 * page + 1}` } })],
      ['the page as text', (page) => ({ json: { page: `${page + 1} of 5` } })],
      ['a header with the page', (page) => ({ headers: { 'x-current-page': String(page) } })],
      [
        'a Link to the page before',
        (page) => ({ headers: { link: `</x?page=${page - 1}>; rel=prev` } }),
      ],
    ];

  it.each<[string, (request: ReceivedRequest) => Reply, EndpointConfig['paginator'], number]>([
    [
      'two of them, and then others',
      ({ query }) => ({
        json: { data: [[1], [1], [2]][Number(query.get('page'))]?.map((id) => ({ id })) ?? [] },
      }),
      'pageNumber',
      3,
    ],
    [
      'two of them, and then the end',
      ({ query }) => ({ json: { data: Number(query.get('page')) < 2 ? [{ id: 1 }] : [] } }),
      'pageNumber',
      2,
    ],
    [
      'the API states how many pages there are',
      ({ query }) => ({
        json: { total_pages: 5, data: slice(2 * Number(query.get('page')), 2) },
      }),
      'pageNumber',
      10,
    ],
    ...moving.map(
      ([what, said]): [
        string,
        (request: ReceivedRequest) => Reply,
        EndpointConfig['paginator'],
        number,
      ] => [
        what,
        ({ query }) => {
          const page = Number(query.get('page'));
          return { ...said(page), json: { ...said(page).json, data: slice(2 * page, 2) } };
        },
        'pageNumber',
        10,
      ],
    ),
    [
      'the number of the page is repeated',
      ({ query }) => ({
        json: { page: Number(query.get('page')), data: slice(2 * Number(query.get('page')), 2) },
      }),
      'pageNumber',
      10,
    ],
    [
      'a total has room for them',
      ({ query }) => ({ json: { total: 10, data: slice(Number(query.get('offset')), 2) } }),
      { type: 'offset', limit: 2, totalPath: 'total' },
      10,
    ],
    [
      'Content-Range moves on',
      ({ query }) => {
        const from = Number(query.get('offset'));
        return {
          json: { data: slice(from, 2) },
          headers: { 'content-range': `items ${from}-${from + 1}/*` },
        };
      },
      { type: 'offset', limit: 2 },
      10,
    ],
    [
      'links move on',
      ({ query }) => {
        const at = Number(query.get('at') ?? 0);
        return {
          json: { data: slice(at, 2) },
          headers: at < 8 ? { link: `</x?at=${at + 2}>; rel="next"` } : {},
        };
      },
      'headerLink',
      10,
    ],
  ])('all count: %s', async (_what, reply, paginator, rows) => {
    const found = await read(reply, { dataSelector: 'data', ...(paginator && { paginator }) });
    expect([found.ids.length, found.error, found.verdict]).toEqual([rows, null, 'complete']);
  });

  it.each<[string, object, EndpointConfig['paginator'], string]>([
    ['page numbers', {}, 'pageNumber', 'unproven'],
    ['an offset', { total: 74 }, { type: 'offset', limit: 37, totalPath: 'total' }, 'incomplete'],
    ['a function', {}, (page) => ({ params: { at: page.index + 1 } }), 'unproven'],
  ])(
    'are dropped where the API ignores its parameters: %s',
    async (_what, said, paginator, verdict) => {
      const found = await read(() => ({ json: { ...said, data: list(0, 37) } }), {
        dataSelector: 'data',
        ...(paginator && { paginator }),
      });
      expect([found.ids.length, found.error, found.verdict]).toEqual([37, null, verdict]);
      expect(found.end?.end).toBe('repeat');
    },
  );
});

describe('an offset that moved on by the page size that the response repeats', () => {
  const paged =
    (total: number, cap: number, said: object = {}) =>
    ({ query }: ReceivedRequest): Reply => {
      const from = Number(query.get('offset'));
      return { json: { data: list(from, Math.min(total, from + cap)), limit: 100, ...said } };
    };
  const config: Partial<EndpointConfig> = {
    dataSelector: 'data',
    paginator: { type: 'offset', limit: 100 },
  };
  it.each([
    ['unproven where pages were shorter', 250, 60, {}, 'unproven'],
    ['unproven where its only page has a length that caps have', 250, 50, {}, 'unproven'],
    ['complete where a page had that size', 250, 100, {}, 'complete'],
    ['complete where its only page has another length', 37, 60, {}, 'complete'],
    ['incomplete where more rows are stated', 250, 60, { total: 250 }, 'incomplete'],
  ])('is %s', async (_, total, cap, said, verdict) => {
    expect((await read(paged(total, cap, said), config)).verdict).toBe(verdict);
  });
});

describe('a cursor of 0', () => {
  it.each([0, '0'])('ends a list where it leads back to the first page: %j', async (zero) => {
    const reply = ({ query }: ReceivedRequest): Reply => {
      const at = Number(query.get('cursor') ?? 0);
      return { json: { data: list(at, at + 7), next_cursor: at === 7 ? zero : 7 } };
    };
    expect(await read(reply, { dataSelector: 'data' })).toMatchObject({
      ids: list(0, 14).map(({ id }) => id),
      verdict: 'complete',
      requests: 3,
    });
  });

  it('leads on where it is a position', async () => {
    const reply = ({ query }: ReceivedRequest): Reply => {
      const at = Number(query.get('after') ?? -1);
      return { json: { data: list(at + 1, at + 2), cursor: at < 2 ? at + 1 : null } };
    };
    const paginator = { type: 'cursor', cursorPath: 'cursor', cursorParam: 'after' } as const;
    expect(await read(reply, { dataSelector: 'data', paginator })).toMatchObject({
      ids: [0, 1, 2, 3],
      verdict: 'complete',
    });
  });
});

describe('a page behind the last one that has an error status', () => {
  it.each([400, 404, 410, 416, 422])('is an error that names endStatus: %i', async (status) => {
    const reply = (_: ReceivedRequest, count: number): Reply =>
      count > 2 ? { status } : { json: { data: list(count, count + 1) } };
    const { ids, error } = await read(reply, { dataSelector: 'data', paginator: 'pageNumber' });
    expect([ids, error]).toEqual([
      [1, 2],
      expect.objectContaining({
        status,
        message: expect.stringContaining(`set \`endStatus: [${status}]\``) as string,
      }),
    ]);
  });
});

describe('a link that differs from the page by its fragment alone', () => {
  it('leads back to the page, which is not read twice', async () => {
    const reply = { json: { data: list(0, 3), next: '#top' } };
    expect(await read(() => reply, { dataSelector: 'data', paginator: 'jsonLink' })).toMatchObject({
      ids: [0, 1, 2],
      error: { code: 'ERR_SLUICE_PAGINATION' },
      requests: 1,
    });
  });
});

describe('errors that a later page reports', () => {
  it('make a list incomplete though much lies beside its rows', async () => {
    const included = list(0, 5_000);
    const found = await read(
      ({ query }) => {
        const page = Number(query.get('page'));
        const errors = [{ message: 'three rows were left out' }];
        return {
          json: {
            data: page < 3 ? list(page, page + 1) : [],
            included,
            ...(page === 1 && { errors }),
          },
        };
      },
      { dataSelector: 'data', paginator: { type: 'pageNumber' } },
    );
    expect(found).toMatchObject({ ids: [0, 1, 2], verdict: 'incomplete', error: null });
  });
});

describe('a full page that may have been cut', () => {
  const rows = list(0, 100);
  it.each<[string, object, EndpointConfig['paginator']]>([
    ['nobody named a paginator', { data: rows, has_more: false }, 'auto'],
    ['it is the end of a stream', { data: rows, end_of_stream: true }, 'auto'],
    [
      'the cursor is left out',
      { data: rows, isLast: true },
      { type: 'cursor', cursorPath: 'nextPageToken' },
    ],
  ])('is whole where a flag says so and %s', async (_what, json, paginator = 'auto') => {
    const found = await read(() => ({ json }), { dataSelector: 'data', paginator });
    expect(found).toMatchObject({ verdict: 'complete', requests: 1 });
  });
});

describe('a paginator that the response contradicts', () => {
  const rows = list(0, 7);
  const cursor = { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } as const;
  it.each<[string, unknown, Partial<EndpointConfig>]>([
    ['the cursor is to be in a bare list', rows, { dataSelector: '@', paginator: cursor }],
    ['the link is to be in a bare list', rows, { dataSelector: '@', paginator: 'jsonLink' }],
    [
      'no cursor is on a page that is as long as requested',
      { data: rows },
      { dataSelector: 'data', paginator: cursor, params: { limit: 7 } },
    ],
    [
      'no link is on a page that is as long as the response says',
      { data: rows, limit: 7 },
      { dataSelector: 'data', paginator: 'jsonLink' },
    ],
  ])('leaves the end unproven where %s', async (_what, json, config) => {
    const found = await read(() => ({ json }), config);
    expect(found).toMatchObject({ ids: rows.map(({ id }) => id), verdict: 'unproven' });
  });

  it.each<[string, unknown, Partial<EndpointConfig>]>([
    ['a bare list has no rows', [], { dataSelector: '@', paginator: cursor }],
    [
      'the page is shorter than requested',
      { data: rows },
      { dataSelector: 'data', paginator: cursor, params: { limit: 8 } },
    ],
  ])('leaves it whole where %s', async (_what, json, config) => {
    expect((await read(() => ({ json }), config)).verdict).toBe('complete');
  });

  it('leaves the end unproven where it begins behind the first of the stated pages', async () => {
    const { ids, verdict } = await read(
      ({ query }) => {
        const page = Number(query.get('page'));
        return { json: { data: list(page * 3, Math.min(9, page * 3 + 3)), meta: { pages: 3 } } };
      },
      { paginator: { type: 'pageNumber', basePage: 1 }, dataSelector: 'data' },
    );
    expect({ ids, verdict }).toEqual({ ids: [3, 4, 5, 6, 7, 8], verdict: 'unproven' });
  });
});
