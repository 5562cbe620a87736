import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import {
  type Json,
  type JsonObject,
  type ListEnd,
  type Page,
  type RestEndpoint,
  type RestResource,
  restSource,
  type Source,
  type SourceEvent,
} from 'sluice';
import { hostileServer, type Service } from '../support/hostile-server.js';
import { type Ending, endings } from '../support/hostile/endings.js';
import { faults, noFault } from '../support/hostile/faults.js';
import { type Guard, guards, stranger } from '../support/hostile/guards.js';
import { isRegular, type Layout, layouts, PAGE } from '../support/hostile/layouts.js';
import { type Paging, pagings, type Shape } from '../support/hostile/pagings.js';
import { type Choice, pairwise } from '../support/hostile/pairwise.js';
import { type Wrapper, wrappers } from '../support/hostile/wrappers.js';
import { type LocalServer, serve } from '../support/local-server.js';
import { readSource, runContext } from '../support/read-pages.js';

const dimensions = {
  paging: pagings,
  fault: faults,
  wrapper: wrappers,
  guard: guards,
  layout: layouts,
  ending: endings,
};
type Case = Choice<typeof dimensions>;

/** Page on which things go wrong. */
const FAULTY = 1;

function isPossible({ paging, wrapper, guard, fault, layout, ending }: Case): boolean {
  return (
    (!paging.isInBody || wrapper.path !== null) &&
    (!paging.isCounted || isRegular(layout)) &&
    (ending.status === null || paging.isCounted) &&
    // A fault with such a status is an end as well.
    ending.endpoint.endStatus?.includes(Number(fault.name)) !== true &&
    (paging.isOne !== true || (layout.pages.length === 1 && fault.times === 0)) &&
    (paging.isAuto !== true || (wrapper.isFound && layout.pages[0] === PAGE)) &&
    (fault.needsRenewal !== true || guard.renews) &&
    (fault.hasBody === undefined || fault.hasBody === (paging.endpoint?.method === 'POST'))
  );
}

function shapeOf(layout: Layout, wrapper: Wrapper): Shape {
  const size = wrapper.isOne === true ? 1 : PAGE;
  const pages = layout.pages.map((rows) => Math.min(rows, size));
  return { pages, size, total: pages.reduce((sum, rows) => sum + rows, 0) };
}

/** Distinct rows, with values that are easily broken on the way. */
function rowsOf(total: number): JsonObject[] {
  return Array.from({ length: total }, (_row, i) => ({
    id: `r${i}`,
    name: `Zoë "${i}"\n\u2028`,
    big: 1e15 + i,
    half: i + 0.5,
    none: null,
    tags: [i, { deep: [] }],
  }));
}

function sourceOf(
  { paging, wrapper, ending, fault }: Pick<Service, 'paging' | 'wrapper' | 'ending' | 'fault'>,
  size: number,
  url: string,
  auth: ReturnType<Guard['auth']>,
): Source {
  const { path } = wrapper;
  const selection = paging.isAuto === true ? {} : wrapper.endpoint;
  const orders: RestResource = {
    name: 'orders',
    endpoint: {
      ...paging.endpoint,
      ...selection,
      ...ending?.endpoint,
      paginator: paging.paginator((fact) => path?.(fact) ?? '', size),
    },
  };
  return restSource({
    name: 'shop',
    client: {
      baseUrl: url,
      ...(auth !== undefined && { auth }),
      // Where nothing is silent, a busy machine must not count as silent.
      stallMs: fault.name.startsWith('silence') ? 500 : 10_000,
      retry: { baseMs: 1, attempts: 3, unsafeMethods: true },
    },
    resources: [orders],
  });
}

/** Requests that a whole list takes. */
function requestsOf({ end, extra }: Paging, shape: Shape): number {
  return (
    shape.pages.length + (extra?.(shape) ?? (end(shape) === 'empty' && shape.total > 0 ? 1 : 0))
  );
}

/** What is known of how a list ended. */
const ends = (events: readonly SourceEvent[]): unknown[] =>
  events.flatMap((event) => (event.kind === 'done' ? [{ end: event.end, rows: event.rows }] : []));

/** How a list ends that a status may end in place of an empty page. */
const endOf = ({ end }: Paging, shape: Shape, { status }: Ending): ListEnd['end'] =>
  end(shape) === 'empty' && shape.total > 0 && status === 404 ? 'status' : end(shape);

/** How sure it is that all came. */
const verdictOf = (events: readonly SourceEvent[]): string => {
  const tally = completenessTally('orders');
  for (const event of events) tally.add(event);
  return tally.result().verdict;
};

/** All that a run shows to people. */
function shown({
  events,
  error,
  pages,
}: {
  events: readonly SourceEvent[];
  error: unknown;
  pages: readonly Page[];
}): string {
  return JSON.stringify([
    events,
    String(error),
    (error as Error | null)?.stack,
    pages.map(({ next }) => next),
  ]);
}

/** A server under another name than the API's, so that it is another host. */
const elsewhere = (url: string): string => url.replace('127.0.0.1', 'localhost');

/** Pages that are requested ahead of the next one at most. */
const AHEAD = 3;

describe('every row comes exactly once, or an error says why not', () => {
  it.concurrent.each(pairwise(dimensions, isPossible))(
    '$paging.name · $wrapper.name · $guard.name · $layout.name · $ending.name · $fault.name',
    async ({ paging, wrapper, guard: { make }, layout, fault, ending }) => {
      const guard = make();
      const shape = shapeOf(layout, wrapper);
      const rows = rowsOf(shape.total);
      const service: Service = {
        rows,
        shape,
        paging,
        wrapper,
        guard,
        fault,
        ending,
        faultyPage: FAULTY,
      };
      await using other = await hostileServer({ ...service, guard: stranger, fault: noFault });
      await using server = await hostileServer({ ...service, other: elsewhere(other.url) });
      const read = await readSource(sourceOf(service, shape.size, server.url, guard.auth()));
      const failed = server.faults > 0 && fault.error !== null;
      const before = shape.pages.slice(0, FAULTY).reduce((sum, count) => sum + count, 0);

      expect(read.rows['orders'] ?? []).toEqual(failed ? rows.slice(0, before) : rows);
      expect(read.error).toEqual(
        failed
          ? expect.objectContaining({
              code: fault.error?.code,
              message: expect.stringMatching(fault.error?.message as RegExp) as string,
            })
          : null,
      );
      expect(ends(read.events)).toEqual(
        failed ? [] : [{ end: endOf(paging, shape, ending), rows: shape.total }],
      );
      if (!failed) {
        expect(verdictOf(read.events)).toBe(paging.verdict?.(shape) ?? 'complete');
        const requests = server.served.length + other.served.length;
        const needed = requestsOf(paging, shape);
        expect(requests).toBeGreaterThanOrEqual(needed);
        expect(requests - needed).toBeLessThanOrEqual(paging.isMisstated === true ? AHEAD : 0);
      }
      // Those that were in flight when the credentials expired.
      expect(server.denied.length).toBeLessThanOrEqual(fault.needsRenewal === true ? AHEAD : 0);
      expect(other.denied).toEqual([]);
      if (server.faults > 0 && fault.told !== undefined) expect(shown(read)).toMatch(fault.told);
      for (const secret of guard.secrets) expect(shown(read)).not.toContain(secret);
    },
  );
});

/** A list of two full pages and a short one, paged by links, in `{data: []}`. */
const plainService = (guard: Guard, about: Partial<Service> = {}): Service => {
  const [wrapper, layout, paging] = [wrappers[0], layouts[0], pagings[0]] as [
    Wrapper,
    Layout,
    Paging,
  ];
  return {
    rows: rowsOf(8),
    shape: shapeOf(layout, wrapper),
    paging,
    wrapper,
    guard,
    fault: noFault,
    faultyPage: FAULTY,
    ...about,
  };
};

describe('credentials', () => {
  it.each(guards.filter(({ name }) => name !== 'no credentials'))(
    'that are wrong end the run at once, and are not shown: $name',
    async ({ make, renews }) => {
      const guard = make();
      await using server = await hostileServer(plainService(guard));
      const read = await readSource(
        sourceOf(plainService(guard), PAGE, server.url, guard.auth(true)),
      );
      expect(read.error).toMatchObject({
        code: 'ERR_SLUICE_HTTP',
        status: 401,
        message: expect.stringMatching(
          renews
            ? /^Resource orders, page 1: The token request POST .* returned status 401\..* Check the address, the credentials/s
            : /returned status 401\. The API does not accept the credentials: check the key or token, its scheme, and that it was not revoked\./,
        ) as string,
      });
      expect([read.pages, server.served]).toEqual([[], []]);
      expect(shown(read)).not.toContain('wr0ng-key');
    },
  );

  it.each(guards.filter(({ renews }) => !renews))(
    'that are refused amid the list end it there, with what was read: $name',
    async ({ make }) => {
      const guard = make();
      const expired = faults.find(({ needsRenewal }) => needsRenewal)!;
      await using server = await hostileServer(
        plainService(guard, { fault: { ...expired, times: Infinity } }),
      );
      const read = await readSource(sourceOf(plainService(guard), PAGE, server.url, guard.auth()));
      expect(read.rows['orders']).toEqual(rowsOf(PAGE));
      expect([read.error, server.faults]).toEqual([expect.objectContaining({ status: 401 }), 1]);
    },
  );

  it.each(guards)('are not sent when a link leads to another host: $name', async ({ make }) => {
    const guard = make();
    const service = plainService(guard);
    await using other = await hostileServer({ ...service, guard: stranger });
    const away: Paging = {
      ...service.paging,
      say: (place) => ({
        said: {
          link: place.isLast ? null : `${elsewhere(other.url)}/orders?at=${place.index + 1}`,
        },
      }),
    };
    await using server = await hostileServer({ ...service, paging: away });
    const { rows, error } = await readSource(sourceOf(service, PAGE, server.url, guard.auth()));
    expect(error).toBeNull();
    expect(rows['orders']).toEqual(service.rows);
    expect([server.served, other.served, other.denied]).toEqual([[0], [1, 2], []]);
  });
});

const noticeOfPaging = (event: SourceEvent): string[] =>
  event.kind === 'notice' && !event.message.includes('dataSelector') ? [event.message] : [];

describe('a paginator that was detected', () => {
  it.each(pagings.filter(({ isAuto }) => isAuto))(
    'reads the list in the same way in later runs, without looking for it again: $name',
    async (paging) => {
      const service = plainService(stranger, { paging });
      await using server = await hostileServer(service);
      const source = sourceOf(service, PAGE, server.url, undefined);
      const first = await readSource(source);
      const kept = first.pages.at(-1)?.state as Json;
      const later = await readSource(source, { ...runContext(), state: () => kept });
      expect(first.events.flatMap(noticeOfPaging)).toEqual([expect.stringMatching(/^paging: /)]);
      expect(later.events.flatMap(noticeOfPaging)).toEqual([]);
      expect(later.rows).toEqual(first.rows);
      expect(server.served).toEqual([0, 1, 2, 0, 1, 2]);
    },
  );
});

/** A list whose service does what it likes. */
async function read(server: LocalServer, endpoint: RestEndpoint): ReturnType<typeof readSource> {
  const orders: RestResource = { name: 'orders', endpoint: { dataSelector: 'data', ...endpoint } };
  return readSource(
    restSource({ client: { baseUrl: server.url, retry: { baseMs: 1 } }, resources: [orders] }),
  );
}

describe('a list that does not page as it should', () => {
  const row = (id: number): Json => [{ id }];

  it.each<
    [
      string,
      (count: number, query: URLSearchParams) => Json,
      RestEndpoint['paginator'],
      ids: number[],
      RegExp,
    ]
  >([
    [
      'its cursor repeats',
      (count) => ({ data: row(count), next: 'a' }),
      { type: 'cursor', cursorPath: 'next' },
      [1, 2],
      /page 2: the response points to a page that was requested before\. Reading on would go in circles; what was committed stays\. Check that the API knows `cursor`/,
    ],
    [
      'its cursor repeats later',
      (count) => ({ data: row(count), next: count % 3 }),
      { type: 'cursor', cursorPath: 'next' },
      [1, 2, 3, 4],
      /page 4: .*in circles/,
    ],
    [
      'a page links to itself',
      (count) => ({ data: row(count), next: '/orders' }),
      'jsonLink',
      [1],
      /page 1: .*in circles/,
    ],
    [
      'a link leads back to the first page',
      (count) => ({ data: row(count), next: count === 1 ? '?page=2' : '/orders' }),
      'jsonLink',
      [1, 2],
      /page 2: .*in circles/,
    ],
    [
      'there is more, but no cursor',
      (count) => ({ data: row(count), more: true }),
      { type: 'cursor', cursorPath: 'next', hasMorePath: 'more' },
      [1],
      /page 1: `more` says that there are more rows, but there is no cursor at `next`/,
    ],
    [
      'its cursor is an object',
      (count) => ({ data: row(count), next: { id: 1 } }),
      { type: 'cursor', cursorPath: 'next' },
      [1],
      /page 1: `next` must be a cursor and is an object or list/,
    ],
    [
      'its link is a number',
      (count) => ({ data: row(count), next: 2 }),
      'jsonLink',
      [1],
      /page 1: `next` must be the address of the next page and is 2/,
    ],
    [
      'it has no end',
      (count) => ({ data: row(count), next: count }),
      { type: 'cursor', cursorPath: 'next' },
      [1, 2, 3, 4, 5],
      /page 5: there are more than 5 pages\. Raise maxPages if that is right/,
    ],
  ])(
    'keeps what was read and says what is wrong: %s',
    async (_what, respond, paginator, ids, message) => {
      const server = await serve(({ query }, count) => ({ json: respond(count, query) }));
      const { rows, error, events } = await read(server, {
        ...(paginator !== undefined && { paginator }),
        maxPages: 5,
      });
      expect(rows['orders']?.map(({ id }) => id)).toEqual(ids);
      expect(error).toMatchObject({
        code: 'ERR_SLUICE_PAGINATION',
        message: expect.stringMatching(message) as string,
      });
      expect(ends(events)).toEqual([]);
    },
  );

  it.each<
    [
      string,
      (page: number) => Json,
      RestEndpoint['paginator'],
      ids: number[],
      ListEnd['end'],
      requests: number,
    ]
  >([
    [
      'at its configured maximum of pages',
      (page) => ({ data: row(page) }),
      { type: 'pageNumber', maximumPage: 2 },
      [0, 1],
      'maximum',
      2,
    ],
    [
      'at its configured maximum of rows',
      (page) => ({ data: row(page) }),
      { type: 'offset', limit: 1, offsetParam: 'page', maximumOffset: 3 },
      [0, 1, 2],
      'maximum',
      3,
    ],
    [
      'when an offset is ignored and nothing says that there is more',
      () => ({ data: row(7) }),
      { type: 'offset', limit: 5 },
      [7],
      'repeat',
      3,
    ],
    ['when every page has the same body', () => ({ data: row(7) }), 'pageNumber', [7], 'repeat', 3],
    [
      'when an offset is ignored, though more rows are stated',
      () => ({ data: row(7), total: 3 }),
      { type: 'offset', limit: 5, totalPath: 'total' },
      [7],
      'repeat',
      4,
    ],
    [
      'behind empty pages that do not end it',
      (page) => ({ data: page === 1 || page === 2 ? [] : row(page), pages: 4 }),
      { type: 'pageNumber', totalPath: 'pages', stopAfterEmptyPage: false },
      [0, 3],
      'total',
      4,
    ],
  ])('ends %s', async (_what, respond, paginator, ids, end, requests) => {
    const server = await serve(({ query }) => ({ json: respond(Number(query.get('page'))) }));
    const { rows, error, events } = await read(server, {
      ...(paginator !== undefined && { paginator }),
      parallelPages: false,
    });
    expect(error).toBeNull();
    expect(rows['orders']?.map(({ id }) => id)).toEqual(ids);
    expect(ends(events)).toEqual([{ end, rows: ids.length }]);
    expect(server.requests.length).toBe(requests);
  });

  it.each([
    ['text', '"closed for maintenance"'],
    ['a number', '17'],
    ['a flag', 'true'],
  ])('is not taken for one row where %s came in place of rows', async (_what, found) => {
    const server = await serve(({ query }) => ({
      text: query.get('page') === '0' ? '{"data":[{"id":1}]}' : `{"data":${found}}`,
    }));
    const { rows, error } = await read(server, { paginator: 'pageNumber' });
    expect(rows['orders']).toEqual([{ id: 1 }]);
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_SELECT',
      message: expect.stringContaining(
        `Resource orders, page 2: \`data\` must lead to rows and leads to ${found}.`,
      ) as string,
    });
  });
});

describe('a request that changes something', () => {
  it.each([
    [500, 1],
    [503, 1],
    [429, 3],
  ])('is sent again only when it was not taken: %i', async (status, requests) => {
    const server = await serve((_asked, count) =>
      count < 3 ? { status, json: {} } : { json: { data: [{ id: 1 }] } },
    );
    const { error } = await read(server, { method: 'POST', json: {}, paginator: 'single' });
    expect(server.requests.length).toBe(requests);
    expect(error === null).toBe(status === 429);
    if (status !== 429)
      expect(error).toMatchObject({
        message: expect.stringContaining(
          'A POST is not repeated by itself, since it may have changed something.',
        ) as string,
      });
  });
});
