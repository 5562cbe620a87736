import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpoint, type Json, type PaginatorLike } from 'sluice';
import { type ServedResponse, type ReceivedRequest, serve } from '../../support/local-server.js';
import { readAll } from '../../support/read-pages.js';
import { type Described, readList } from './list-of.js';

/** A service with one list. Pages of rows are fixed, however they are requested. */
interface Service {
  paging: (typeof PAGINGS)[number];
  /** Rows by page, as numbers; equal numbers give equal rows. */
  pages: number[][];
  total: 'none' | 'rows' | 'more' | 'page' | 'header';
  /** The first page with a total in its headers. */
  totalFrom: number;
  flag: boolean;
  echo: boolean;
  /** Bytes of other things around the rows. */
  padding: number;
  /** The page that reports an error beside its rows, and the one that lacks its list. */
  faulty: number;
  missing: number;
  /** What is behind the last page. */
  behind: 'empty' | 'again' | 404;
  isFound: boolean;
  cursor: 'none' | 'number' | 'big';
  /** `parallelPages`; undefined: where a total is stated. */
  atOnce: number | false | undefined;
}

interface Paging {
  name: string;
  given: PaginatorLike;
  /** The page that a request is for. */
  at: (request: { query: URLSearchParams; json: Json }) => number;
  /** What a response with a next page has. */
  next?: (page: number, path: string) => { body?: object; headers?: Record<string, string> };
  isFoundByItself?: true;
}

const LIMIT = 2;
const byQuery =
  (name: string, first: number): Paging['at'] =>
  ({ query }) =>
    Number(query.get(name) ?? first) - first;

const PAGINGS = [
  {
    name: 'a relative link',
    given: 'jsonLink',
    at: byQuery('p', 0),
    next: (page) => ({ body: { next: `?p=${page}&q=it's%20a` } }),
    isFoundByItself: true,
  },
  {
    name: 'a header with a link',
    given: 'headerLink',
    at: byQuery('p', 0),
    next: (page, path) => ({ headers: { link: `<${path}?p=${page}>; rel="next"` } }),
    isFoundByItself: true,
  },
  {
    name: 'a header with a cursor',
    given: { type: 'headerCursor', cursorKey: 'x-at', cursorParam: 'p' },
    at: byQuery('p', 0),
    next: (page) => ({ headers: { 'x-at': String(page) } }),
  },
  {
    name: 'a cursor',
    given: { type: 'cursor', cursorPath: 'next_cursor', cursorParam: 'cursor' },
    at: byQuery('cursor', 0),
    next: (page) => ({ body: { next_cursor: String(page) } }),
    isFoundByItself: true,
  },
  {
    name: 'a big cursor in the body',
    given: { type: 'cursor', cursorPath: 'after', cursorBodyPath: 'page.after' },
    at: ({ json }) =>
      Number(BigInt((json as { page?: { after?: string } }).page?.after ?? BIG) - BIG),
    next: (page) => ({ body: { after: `\u0000${BIG + BigInt(page)}` } }),
  },
  {
    name: 'an offset',
    given: { type: 'offset', limit: LIMIT },
    at: ({ query }) => Number(query.get('offset') ?? 0) / LIMIT,
  },
  {
    name: 'page numbers from 1',
    given: { type: 'pageNumber', basePage: 1 },
    at: byQuery('page', 1),
  },
  {
    name: 'page numbers from where nobody said',
    given: { type: 'pageNumber', basePage: 'auto' },
    at: ({ query }) => Math.max(0, Number(query.get('page') ?? 1) - 1),
  },
  {
    name: 'a total of pages',
    given: { type: 'pageNumber', basePage: 0, totalPath: 'pages' },
    at: byQuery('page', 0),
  },
  {
    name: 'an offset and a total',
    given: { type: 'offset', limit: LIMIT, totalPath: 'total' },
    at: ({ query }) => Number(query.get('offset') ?? 0) / LIMIT,
  },
  {
    name: 'a function',
    given: ({ index, rows }) =>
      rows === 0 ? null : { params: { at: BigInt(index + 1) as never } },
    at: byQuery('at', 0),
  },
] as const satisfies readonly Paging[];
const BIG = 2n ** 60n;

const services: fc.Arbitrary<Service> = fc.record({
  paging: fc.constantFrom(...PAGINGS),
  pages: fc.array(
    fc.oneof(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: LIMIT }),
      fc.constant(Array.from({ length: LIMIT }, () => 1)),
    ),
    { minLength: 1, maxLength: 5 },
  ),
  total: fc.constantFrom('none', 'none', 'rows', 'more', 'page', 'header'),
  totalFrom: fc.nat(1),
  flag: fc.boolean(),
  echo: fc.boolean(),
  padding: fc.constantFrom(0, 0, 40_000),
  faulty: fc.integer({ min: 0, max: 20 }),
  missing: fc.integer({ min: 1, max: 20 }),
  behind: fc.constantFrom<Service['behind'][]>('empty', 'empty', 'again', 404),
  isFound: fc.boolean(),
  cursor: fc.constantFrom('none', 'number', 'big'),
  atOnce: fc.constantFrom<Service['atOnce'][]>(undefined, undefined, false, 3),
});

/** The response to a request. Big integers are marked by NUL until they are printed. */
function respond(service: Service, page: number, path: string): ServedResponse {
  const { paging, pages, total, totalFrom, flag, echo, padding, faulty, missing, behind, cursor } =
    service;
  const count = pages.length;
  if (page >= count && behind === 404) return { status: 404, json: { message: 'no such page' } };
  const last = pages[count - 1] as number[];
  const rows = page < count ? (pages[page] as number[]) : behind === 'again' ? last : [];
  const all = pages.reduce((sum, { length }) => sum + length, 0);
  const further: ReturnType<NonNullable<Paging['next']>> =
    page + 1 < count && 'next' in paging ? paging.next(page + 1, path) : {};
  const items = rows.map((id) => ({ id, at: cursor === 'big' ? `\u0000${BIG + BigInt(id)}` : id }));
  const body = {
    ...(padding > 0 && { included: [{ text: 'x'.repeat(padding) }] }),
    ...(missing === page ? { why: 'none today' } : { items }),
    ...(total === 'rows' && { total: all }),
    ...(total === 'more' && { total: all + 5 }),
    ...(total === 'page' && { total: rows.length }),
    ...(flag && { has_more: page + 1 < count }),
    ...(echo && { limit: LIMIT, offset: page * LIMIT }),
    ...(faulty === page && { incomplete_results: true }),
    pages: count,
    ...further.body,
  };
  return {
    text: JSON.stringify(body).replaceAll(/"\\u0000(\d+)"/g, '$1'),
    headers: {
      ...(total === 'header' && page >= totalFrom && { 'x-total-count': String(all) }),
      ...further.headers,
    },
  };
}

function described({ paging, isFound, cursor, atOnce }: Service, url: string): Described {
  const isPosted = paging.name.endsWith('in the body');
  return {
    url,
    paginator: isFound && 'isFoundByItself' in paging ? 'auto' : paging.given,
    ...(isPosted && { method: 'POST', json: { page: { size: LIMIT } } }),
    ...(atOnce !== undefined && { parallelPages: atOnce }),
    ...(cursor !== 'none' && { incremental: { cursorPath: 'at' } }),
    ...(cursor === 'big' && { windowed: true }),
  };
}

async function bodyOf({ body }: ReceivedRequest): Promise<Json> {
  const text = await body;
  // Big integers as texts, which JSON.parse gives exactly.
  return text === '' ? null : (JSON.parse(text.replaceAll(/:(\d{16,})/g, ':"$1"')) as Json);
}

describe('a position', () => {
  it(
    'goes on to the same rows, state and end, wherever a read is cut',
    { timeout: 60_000 },
    async () => {
      const known: Service[] = [];
      const server = await serve(async (request) => {
        const service = known[Number(request.path.slice(1))] as Service;
        const page = service.paging.at({ query: request.query, json: await bodyOf(request) });
        return respond(service, page, request.path);
      });
      await fc.assert(
        fc.asyncProperty(services, async (service) => {
          const url = `${server.url}/${known.push(service) - 1}`;
          const whole = await readList(described(service, url));
          for (const [k, { next }] of whole.pages.entries()) {
            if (next === null) continue;
            const stored = JSON.parse(JSON.stringify(next)) as Json;
            const rest = await readList(described(service, url), stored);
            if (whole.error !== null) {
              expect(rest.error).not.toBeNull();
              continue;
            }
            expect(rest.error).toBeNull();
            expect([...whole.pages.slice(0, k + 1), ...rest.pages]).toEqual(whole.pages);
            expect([rest.end, rest.verdict]).toEqual([whole.end, whole.verdict]);
          }
        }),
        { numRuns: 100 },
      );
    },
  );

  const linked = (url: string, about: Partial<Described> = {}): Described => ({
    url,
    dataSelector: 'data',
    paginator: 'jsonLink',
    ...about,
  });
  const KEY = 'k-of-the-list-1';

  it('has no secret, and goes on with those of the config', async () => {
    const server = await serve(({ query, url }) =>
      query.get('api_key') === KEY
        ? {
            json: {
              data: [{ id: url }],
              next: query.has('p') ? null : `/list?api_key=${KEY}&p=1&q=it's%20a`,
            },
          }
        : { status: 403 },
    );
    const list = linked(`${server.url}/list?api_key=${KEY}`);
    const { pages } = await readList(list);
    expect(JSON.stringify(pages[0]?.next)).not.toContain(KEY);
    const rest = await readList(list, pages[0]?.next);
    expect([rest.error, rest.pages.length]).toEqual([null, 1]);
    expect(server.requests.at(-1)?.url).toBe(`/list?p=1&q=it's%20a&api_key=${KEY}`);
  });

  it('goes on with a secret that was renewed', async () => {
    const server = await serve(({ query }) => ({
      json: {
        data: [{ id: 1 }],
        next: query.has('p') ? null : `/list?api_key=${query.get('api_key')}&p=1`,
      },
    }));
    const { pages } = await readList(linked(`${server.url}/list?api_key=${KEY}`));
    const rest = await readList(linked(`${server.url}/list?api_key=another-one`), pages[0]?.next);
    expect([rest.error, rest.pages.length]).toEqual([null, 1]);
    expect(server.requests.at(-1)?.url).toBe('/list?p=1&api_key=another-one');
  });

  it.each([
    ['in the path of a link', `/${KEY}/list?p=1`],
    ['inside a value', `/list?at=${Buffer.from(`1:${KEY}`).toString('base64url')}`],
  ])('cannot be resumed where a secret is %s, and does not show it', async (_where, next) => {
    const server = await serve(() => ({ json: { data: [{ id: 1 }], next } }));
    const list = linked(`${server.url}/list`, { headers: { 'x-api-key': KEY } });
    const { pages } = await readList(list);
    expect(JSON.stringify(pages[0]?.next)).not.toMatch(/k-of-the|list\?/);
    const { error } = await readList(list, pages[0]?.next);
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining('holds a secret where it cannot be taken out') as string,
    });
    expect(String(error)).not.toContain(KEY);
  });

  it('cannot be resumed where the next request is not known', async () => {
    const server = await serve(() => ({ json: { data: [{ id: 1 }], next: 7 } }));
    const { pages, error } = await readList(linked(`${server.url}/list`));
    expect(error).toMatchObject({ code: 'ERR_SLUICE_PAGINATION' });
    expect((await readList(linked(`${server.url}/list`), pages[0]?.next)).error).toMatchObject({
      message: expect.stringContaining('Read on from the page before it') as string,
    });
  });

  it('that the ceiling on pages left goes on once the ceiling is raised', async () => {
    const server = await serve(({ query }) => ({
      json: {
        data: Number(query.get('offset')) < 8 ? [{ id: 1 }, { id: query.get('offset') }] : [],
      },
    }));
    const list = (maxPages: number): Described =>
      linked(`${server.url}/list`, { paginator: { type: 'offset', limit: 2 }, maxPages });
    const { pages, error } = await readList(list(2));
    expect([pages.length, error]).toEqual([2, expect.objectContaining(TOO_MANY)]);
    expect((await readList(list(2), pages[1]?.next)).error).toMatchObject(TOO_MANY);
    const rest = await readList(list(9), pages[1]?.next);
    expect([rest.error, rest.pages.map(({ index }) => index)]).toEqual([null, [2, 3, 4]]);
  });
  const TOO_MANY = { code: 'ERR_SLUICE_PAGINATION' };

  it.each<[string, Partial<Described>, RegExp]>([
    [
      'another paginator',
      { paginator: 'headerLink' },
      /with another paginator \(.*jsonLink.*headerL/,
    ],
    ['a function', { paginator: () => null }, /has \(a function\)\. Use the same one/],
    ['other parameters', { params: {}, url: '?since=2' }, /by another request than GET http/],
    ['another method', { method: 'POST' }, /by another request than POST/],
    ['another body', { method: 'POST', json: { a: 1 } }, /by another request/],
  ])('is refused by %s', async (_what, about, message) => {
    const server = await serve(({ query }) => ({
      json: { data: [{ id: 1 }], next: query.has('p') ? null : '?p=1' },
    }));
    const { pages } = await readList(linked(`${server.url}/list`));
    const { url = '', ...rest } = about;
    const other = linked(`${server.url}/list${url}`, rest);
    const { error } = await readList(other, pages[0]?.next);
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(message) as string,
    });
    expect(server.requests.length).toBe(2);
  });

  it('continues after a report that was requested first, without requesting it again', async () => {
    const server = await serve(({ query }, count) => ({
      json: {
        status: count < 2 ? 'running' : 'done',
        data: [{ id: 1 }],
        next: query.get('p') ?? '?p=',
      },
    }));
    const list = linked(`${server.url}/report`, {
      poll: { statusPath: 'status', done: ['done'], everyMs: 1 },
    });
    const { pages } = await readList(list);
    const before = server.requests.length;
    const rest = await readList(list, pages[0]?.next);
    expect([pages.length, rest.error, rest.pages.length]).toEqual([2, null, 1]);
    expect(server.requests.length - before).toBe(1);
  });

  it('that is null is an error of endpoint(), since its list was at the end', async () => {
    const server = await serve(() => ({ json: [] }));
    const { error } = await readAll(endpoint({ url: server.url, from: null }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringContaining('was the last of its list') as string,
    });
    expect(server.requests).toEqual([]);
  });
});
