import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type JsonObject, type RestResource, restSource, type SourcePage } from 'sluice';
import { resumedFrom } from '../../../../support/cut-run.js';
import { heldBodies } from '../../../../support/held-bodies.js';
import { readSource, rowsOf, runContext } from '../../../../support/read-pages.js';

const encoder = new TextEncoder();
/** Above this a body is read in slices of 64 KiB. */
const MEMORY = 100_000;

interface Outcome {
  rows: JsonObject[];
  error: string | null;
  pages: SourcePage[];
  ends: unknown[];
  notices: string[];
}

/** Reads `bodies`, one response each; `bodyBytes`: what of one may be in memory. */
async function read(
  bodies: readonly Uint8Array[],
  bodyBytes: number | undefined,
  endpoint: Partial<RestResource['endpoint'] & object> = {},
  about: Partial<RestResource> = {},
  compat: 'sluice' | 'dlt' = 'sluice',
): Promise<Outcome> {
  let count = 0;
  const source = restSource({
    client: {
      baseUrl: 'http://api.test/',
      retry: { attempts: 1 },
      fetch: () => {
        const body = bodies[count];
        count += 1;
        return Promise.resolve(
          new Response(body as Uint8Array<ArrayBuffer>, {
            headers: { 'content-type': 'application/json' },
          }),
        );
      },
    },
    resources: [{ name: 'orders', endpoint: { path: 'orders', ...endpoint }, ...about }],
  });
  const context = {
    ...runContext(),
    isResumable: true,
    compat,
    ...(bodyBytes !== undefined && { bodyBytes }),
  };
  const { pages, error, rows, events } = await readSource(source, context);
  return {
    rows: rows['orders'] ?? [],
    pages,
    error: error instanceof Error ? String(error) : null,
    ends: events.filter(({ kind }) => kind === 'done' || kind === 'page'),
    notices: events.flatMap((event) => (event.kind === 'notice' ? [event.message] : [])),
  };
}

const row = (id: number): object => ({
  id,
  name: `näme ${id} "q" \\ 💡`,
  tags: ['a', null, id],
  price: id / 8,
  nested: { list: [[], {}, [id]] },
});
const rows = (count: number, from = 0): object[] =>
  Array.from({ length: count }, (_, i) => row(from + i));
const groups = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    id: i,
    all: i % 3 === 0 ? null : rows(i % 4, i),
    map: { [`k${i}`]: row(i), b: { name: 'own' } },
  }));
const bytes = (value: unknown, space?: number | string): Uint8Array =>
  encoder.encode(JSON.stringify(value, null, space));
const lines = (values: (object | null)[]): Uint8Array =>
  encoder.encode(values.map((one) => `${JSON.stringify(one)}\n`).join(''));

describe('a body that is larger than what may be in memory', () => {
  it.each([
    ['a list', bytes(rows(4_000)), {}],
    ['a list with blanks', bytes(rows(2_000), '\t\r\n '), {}],
    [
      'a list between other members',
      bytes({ page: 1, data: rows(4_000), total: 4_000, next: null }),
      {},
    ],
    ['the longest of several lists', bytes({ a: rows(900), b: rows(4_000), c: 1 }), {}],
    [
      'a list that is not of objects alone, beside an empty one',
      bytes({ items: [], list: [...rows(2_000), [1], 'text'] }),
      {},
    ],
    [
      'a list under a selector',
      bytes({ x: { y: rows(4_000) }, z: rows(3_000) }),
      { dataSelector: 'x.y' },
    ],
    [
      'a small list beside a large one',
      bytes({ x: rows(3), z: rows(4_000) }),
      { dataSelector: 'x' },
    ],
    ['rows with large lists in them', bytes([1, 2, 3].map((id) => ({ id, all: rows(2_000) }))), {}],
    [
      'one row with a large list',
      bytes({ id: 1, name: 'one', parts: rows(4_000) }),
      { dataSelector: '@' },
    ],
    [
      'a map of rows',
      bytes({ map: Object.fromEntries(rows(4_000).map((one, i) => [`k${i}`, one])) }),
      { dataSelector: 'map', rows: 'map' },
    ],
    [
      'a map that is all of it, with members that are no objects',
      bytes(
        Object.fromEntries(
          rows(1_500).map((one, i) => [
            `"${i}\\`,
            i % 5 === 0 ? [i, null, 'text', 1.5][i % 4] : one,
          ]),
        ),
      ),
      { dataSelector: ['rows', '@'], rows: 'map', key: 'name' },
    ],
    [
      'a map between other members',
      bytes(
        {
          a: 1,
          data: { map: Object.fromEntries(rows(1_500).map((one, i) => [`k${i}`, one])) },
          z: [1],
        },
        1,
      ),
      { dataSelector: 'data.map', rows: 'array-or-map' },
    ],
    [
      'a map with large rows',
      bytes({
        map: Object.fromEntries([1, 2, 3].map((id) => [`k${id}`, { id, all: rows(1_000) }])),
      }),
      { dataSelector: 'map', rows: 'map' },
    ],
    [
      'a wildcard into a map',
      bytes({ groups: Object.fromEntries(groups(900).map((one, i) => [`k${i}`, one])) }),
      { dataSelector: 'groups.*.all' },
    ],
    [
      'a wildcard over the members of all of it',
      bytes(Object.fromEntries(rows(1_500).map((one, i) => [`k${i}`, i % 7 === 0 ? null : one]))),
      { dataSelector: '*' },
    ],
    [
      'a wildcard',
      bytes({ groups: [{ all: rows(1_000) }, { all: rows(3_000, 1_000) }] }),
      { dataSelector: 'groups[*].all' },
    ],
    [
      'a wildcard over many elements, some without rows',
      bytes({ groups: groups(900), total: 9 }),
      { dataSelector: 'groups[*].all' },
    ],
    ['two wildcards', bytes(groups(900)), { dataSelector: '[*].all[*].tags' }],
    [
      'a wildcard that opens lists',
      bytes({ data: [rows(2_000), [], rows(9)] }),
      { dataSelector: 'data[*]' },
    ],
    [
      'maps that a wildcard leads to',
      bytes({ groups: groups(900) }),
      { dataSelector: 'groups[*].map', rows: 'map', key: 'name' },
    ],
    [
      'a wildcard whose first elements have no rows',
      bytes({
        groups: [
          ...Array.from({ length: 900 }, (_, id) => ({ id, name: 'empty' })),
          ...groups(900),
        ],
      }),
      { dataSelector: ['groups[*].all', '@'] },
    ],
    [
      'a wildcard whose rest is misspelt',
      bytes({ groups: groups(900) }),
      { dataSelector: 'groups[*].everything' },
    ],
    [
      'a wildcard that leads to nothing but empty lists, and those far behind',
      bytes({ groups: [...rows(900), { id: 1, all: [] }] }),
      { dataSelector: 'groups[*].all' },
    ],
    [
      'an object that is one row, and would be many by the other selector',
      bytes({ groups: Object.fromEntries(groups(900).map((one, i) => [`k${i}`, one])) }),
      { dataSelector: ['groups', 'groups[*].all'] },
    ],
    [
      'a wildcard with lists that are cut',
      bytes({
        groups: [...groups(900), { lines: { data: rows(2), has_more: true } }].map((one) => ({
          lines: { data: rows(1), has_more: false },
          ...one,
        })),
      }),
      { dataSelector: 'groups[*].lines.data' },
    ],
    ['a wildcard in lines', lines(groups(900)), { format: 'ndjson', dataSelector: '[*].all' }],
    [
      'a row of another list',
      bytes({ groups: [{ all: rows(1_000) }, { all: rows(3_000) }] }),
      { dataSelector: 'groups.1.all' },
    ],
    ...['groups.0.all', 'groups.2.all', 'groups.3.all', 'groups.1', 'groups[2].all[*].tags'].map(
      (dataSelector) =>
        [
          `${dataSelector} among lists in a list`,
          bytes({
            groups: [
              { all: rows(900) },
              { id: 1, name: 'one' },
              { all: rows(3_000) },
              ...rows(900),
            ],
            total: 9,
          }),
          { dataSelector },
        ] as const,
    ),
    ['a number at the top', bytes([rows(3), rows(900), rows(700)]), { dataSelector: '$[1]' }],
    ['a byte order mark', encoder.encode(`\ufeff ${JSON.stringify({ data: rows(4_000) })}\n`), {}],
    [
      'the last of two members with one name',
      encoder.encode(
        `{"data":${JSON.stringify(rows(3_000))},"data":${JSON.stringify(rows(2_500, 7))}}`,
      ),
      {},
    ],
    ['elements that are null', bytes([...rows(2_000), null, null, ...rows(2_000)]), {}],
    [
      'a row that is larger than what is read at once behind one that is null',
      bytes({ data: [null, { id: 1, all: rows(3_000) }, { id: 2 }] }),
      {},
    ],
    ['blanks and one line', encoder.encode(`\n \n${JSON.stringify({ data: rows(900) })}`), {}],
    ['blanks in the place of rows', encoder.encode(`{"data":[${' '.repeat(200_000)}]}`), {}],
    [
      'lines',
      encoder.encode(
        `${rows(4_000)
          .map((one) => JSON.stringify(one))
          .join('\r\n')}\n`,
      ),
      { format: 'ndjson' },
    ],
    [
      'lines of null in front of others, under a selector that leads nowhere',
      lines([...Array.from({ length: 30_000 }, () => null), ...rows(9)]),
      { format: 'ndjson', dataSelector: 'data' },
    ],
    [
      'lines without an end, with blank ones and null',
      encoder.encode(
        rows(4_000)
          .map((one, i) => `${JSON.stringify(one)}\n${i % 9 === 0 ? '\n \nnull\n' : ''}`)
          .join('')
          .trimEnd(),
      ),
      { format: 'ndjson' },
    ],
  ] as const)('gives the rows of %s', async (_name, body, endpoint) => {
    expect(body.length).toBeGreaterThan(MEMORY);
    const whole = await read([body], undefined, endpoint);
    const sliced = await read([body], MEMORY, endpoint);

    expect(sliced.error).toBe(whole.error);
    expect(digest(sliced.rows)).toBe(digest(whole.rows));
    expect(sliced.ends).toEqual(whole.ends);
    expect(sliced.notices.filter((one) => !one.includes('is in memory whole'))).toEqual(
      whole.notices,
    );
    expect(sliced.pages.at(-1)?.state).toEqual(whole.pages.at(-1)?.state);
  });

  it.each(['groups[*].all', 'groups[*].id', 'last[*].x'])(
    "gives the rows of a wildcard by dlt's rules with `compat: 'dlt'`: %s",
    async (dataSelector) => {
      const body = bytes({ groups: groups(900), last: [...rows(900), { x: 1 }, { x: 2 }] });
      const whole = await read([body], undefined, { dataSelector }, {}, 'dlt');
      const sliced = await read([body], MEMORY, { dataSelector }, {}, 'dlt');
      expect(whole.rows.length).toBeGreaterThan(1);
      expect([sliced.error, digest(sliced.rows)]).toEqual([whole.error, digest(whole.rows)]);
    },
  );

  it('gives what wildcards gather from long lists as pages of whole rows', async () => {
    const {
      pages,
      rows: found,
      notices,
    } = await read([bytes({ groups: groups(1_500) })], MEMORY, {
      dataSelector: 'groups[*].all',
    });
    const counts = pages.map((page) => page.rows.count);
    expect(counts.length).toBeGreaterThan(5);
    expect(counts.every((count) => count > 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count)).toBe(found.length);
    expect(notices).toEqual([]);
  });

  it.each([
    ['map', 'map'],
    ['map.*.nested', 'array'],
    ['list.1.all', 'array'],
  ] as const)('gives its rows as pages of whole rows: %s', async (dataSelector, shape) => {
    const map = Object.fromEntries(rows(4_000).map((one, i) => [`k${i}`, one]));
    const list = [{ id: 1 }, { all: rows(4_000) }, { id: 2 }];
    const body = bytes({ map, list });
    const { pages, notices } = await read([body], MEMORY, { dataSelector, rows: shape });
    const counts = pages.map((page) => page.rows.count);
    expect(counts.length).toBeGreaterThan(5);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4_000);
    expect(notices).toEqual([]);
  });

  it.each([
    ['json', (page: object[]): Uint8Array => bytes(page)],
    ['ndjson', (page: object[]): Uint8Array => lines(page)],
  ] as const)(
    'gives the rows of a later page whose first row alone would mean that there are none: %s',
    async (format, written) => {
      const bodies = [
        written(rows(3)),
        written([{}, { id: 1, all: rows(3_000) }, { id: 2 }]),
        written([]),
      ];
      const endpoint = { format, paginator: { type: 'pageNumber' } } as const;
      const whole = await read(bodies, undefined, endpoint);
      const sliced = await read(bodies, MEMORY, endpoint);

      expect(whole.rows.length).toBe(6);
      expect([sliced.error, digest(sliced.rows)]).toEqual([null, digest(whole.rows)]);
      expect(sliced.ends).toEqual(whole.ends);
    },
  );

  it.each([
    ['json', (page: object[]): Uint8Array => bytes(page, 1)],
    ['ndjson', (page: object[]): Uint8Array => lines(page)],
  ] as const)(
    'casts doubt on a list whose last row of a page comes again on the next: %s',
    async (format, written) => {
      const bodies = [rows(1_200), rows(1_200, 1_199), []].map(written);
      const endpoint = { format, paginator: { type: 'pageNumber' } } as const;
      const whole = await read(bodies, undefined, endpoint);
      const sliced = await read(bodies, MEMORY, endpoint);

      expect(sliced.ends.at(-1)).toMatchObject({
        moved: expect.stringContaining('the last row of page 1 came again on page 2') as string,
      });
      expect(sliced.ends).toEqual(whole.ends);
    },
  );

  it('gives long lists of rows as pages of whole rows', async () => {
    const { pages } = await read([bytes({ data: rows(4_000), next: null })], MEMORY);

    expect(pages.length).toBeGreaterThan(4);
    expect(Math.max(...pages.map(({ body }) => body.length))).toBeLessThan(66_000);
    expect(new Set(pages.map(({ index }) => index))).toEqual(new Set([0]));
  });

  it('reports what the whole way reports of bodies that are broken anywhere', async () => {
    const bodies = [
      bytes({ page: 1, data: rows(1_500), total: 1_500, next: null }),
      bytes(rows(1_500), 1),
      // No byte makes one key of another.
      bytes({
        page: 1,
        data: Object.fromEntries(rows(1_500).map((one, i) => [`${i} ${7 * i}`, one])),
      }),
    ];
    const lists = bytes({ page: 1, data: [rows(3), rows(1_000), rows(500)], total: 1 });
    const cases = [
      ...bodies.map(
        (body) => [body, { dataSelector: ['data', '@'], rows: 'array-or-map' }] as const,
      ),
      [lists, { dataSelector: ['data.1', '@'] }],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...cases),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.constantFrom('cut', ...'{}[],:"\\0-e.n\u0001x\u0000'.split(''), '\xff'),
        async ([body, endpoint], at, how) => {
          const place = Math.floor(at * body.length);
          const broken = how === 'cut' ? body.slice(0, place) : body.slice();
          if (how !== 'cut') broken[place] = how.charCodeAt(0);
          const whole = await read([broken], undefined, endpoint);
          const sliced = await read([broken], MEMORY, endpoint);

          // What is wrong within rows is reported before any of them is given.
          const fault = whole.error ?? faultIn(whole);
          if (fault === null) expect(digest(sliced.rows)).toBe(digest(whole.rows));
          else expect(sliced.pages.length).toBe(0);
          expect(sliced.error === null).toBe(fault === null);
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 60) },
    );
  });

  it.each(['length', 'chunked', 'gzip'] as const)(
    'comes over HTTP with its %s, and leaves no file',
    async (how) => {
      const body = bytes({ page: 1, data: rows(20_000), total: 20_000, next: null });
      const sent = how === 'gzip' ? gzipSync(body) : body;
      const server = createServer((_request, response) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          ...(how === 'gzip' && { 'content-encoding': 'gzip' }),
          ...(how === 'length' && { 'content-length': sent.length }),
        });
        response.write(sent.subarray(0, 70_001));
        response.end(sent.subarray(70_001));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const source = restSource({
        client: { baseUrl: `http://127.0.0.1:${port}` },
        resources: ['orders'],
      });
      const { rows: found, error } = await readSource(source, {
        ...runContext(),
        bodyBytes: MEMORY,
      });

      expect([error, found['orders']?.length, found['orders']?.at(-1)]).toEqual([
        null,
        20_000,
        row(19_999),
      ]);
      expect(heldBodies()).toEqual([]);
    },
  );

  it('has no row above `limits.rowBytes`, and says what to do', async () => {
    const large = bytes([...rows(500), { id: 500, parts: rows(4_000) }, ...rows(500, 501)]);
    const about = { limits: { rowBytes: 200_000 } };

    expect((await read([large], MEMORY)).rows.length).toBe(1_001);
    expect(await read([large], MEMORY, {}, about)).toMatchObject({
      pages: [],
      error: expect.stringContaining(
        'One value or row of the body has more than 200,000 bytes. Raise `limits.rowBytes` of the resource',
      ) as string,
    });
  });

  it('is no larger than `maxBytes`, whatever it was before it was decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000, ' '));
    const source = restSource({
      client: {
        baseUrl: 'http://api.test/',
        maxBytes: 2_000_000,
        fetch: () => Promise.resolve(new Response(bomb)),
      },
      resources: ['orders'],
    });
    const { error } = await readSource(source, { ...runContext(), bodyBytes: MEMORY });

    expect(String(error)).toContain(
      'the body is larger than 2,000,000 bytes; request smaller pages, or raise `maxBytes`',
    );
  });
});

describe('a load that was stopped within the rows of one response', () => {
  const paged = [
    bytes({ data: rows(700), next: 'b', count: 3_100 }),
    bytes({ data: rows(2_400, 700), next: null, count: 3_100 }),
  ];
  const cursor = { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } as const;

  /** Reads on behind the first `cut` pages. */
  async function readOn(
    pages: readonly SourcePage[],
    cut: number,
    respond: (after: string | null) => Uint8Array,
    about: Partial<RestResource> = {},
    bodyBytes: number = MEMORY,
  ): Promise<{
    ids: unknown[];
    error: unknown;
    requests: (string | null)[];
    doubts: unknown[];
    last: unknown;
  }> {
    const requests: (string | null)[] = [];
    const source = restSource({
      client: {
        baseUrl: 'http://api.test/',
        fetch: (url) => {
          const after = new URL(url).searchParams.get('after');
          requests.push(after);
          return Promise.resolve(new Response(respond(after) as Uint8Array<ArrayBuffer>));
        },
      },
      resources: [{ name: 'orders', endpoint: { path: 'orders', paginator: cursor }, ...about }],
    });
    const {
      rows: found,
      error,
      events,
      pages: read,
    } = await readSource(source, {
      ...runContext(),
      isResumable: true,
      bodyBytes,
      resumed: resumedFrom(pages.slice(0, cut)),
    });
    const before = pages.slice(0, cut).flatMap((page) => rowsOf(page));
    return {
      ids: [...before, ...(found['orders'] ?? [])].map(({ id }) => id),
      error,
      requests,
      last: read.at(-1)?.next,
      doubts: events.flatMap((event) =>
        event.kind === 'done' ? [event.moved ?? event.doubt] : [],
      ),
    };
  }

  const all = Array.from({ length: 3_100 }, (_, id) => id);
  const respond = (after: string | null): Uint8Array => paged[after === null ? 0 : 1] as Uint8Array;

  it('goes on behind each slice, and skips those that are committed', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    expect(pages.length).toBeGreaterThan(4);
    for (const cut of pages.slice(0, -1).keys()) {
      const { ids, error, requests } = await readOn(pages, cut + 1, respond);
      expect([error, String(ids)]).toEqual([null, String(all)]);
      expect(requests).toEqual(['b']);
    }
  });

  it('goes on where slices were of another size', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    for (const memory of [10_000, 3_000_000]) {
      const { ids, error } = await readOn(pages, 3, respond, {}, memory);
      expect([error, String(ids)]).toEqual([null, String(all)]);
    }
  });

  it.each([
    [MEMORY, 3_000_000],
    [3_000_000, MEMORY],
  ])(
    'knows a page of lines again that came in slices, or did not: %i bytes in memory, then %i',
    async (before, now) => {
      const spaced = rows(1_500).map((one) => `\n ${JSON.stringify(one)}\r\nnull\n`);
      const bodies = [encoder.encode(spaced.join('')), lines(rows(900, 1_500)), lines([])];
      const endpoint = {
        path: 'orders',
        format: 'ndjson',
        paginator: { type: 'pageNumber', pageParam: 'after' },
      } as const;
      const { pages } = await read(bodies, before, endpoint);
      const cut = pages.findIndex(({ index }) => index === 1);
      const { ids, error, doubts } = await readOn(
        pages,
        cut,
        (after) => bodies[Number(after)] as Uint8Array,
        { endpoint },
        now,
      );
      expect([error, ids.length, doubts]).toEqual([null, 2_400, [null]]);
    },
  );

  it('detects on a first response in slices what it would on a whole one', async () => {
    const one = [bytes({ data: rows(3_100), next: null, count: 3_100 })];
    const { pages } = await read(one, MEMORY);
    const { ids, error, requests } = await readOn(pages, 2, () => one[0] as Uint8Array, {
      endpoint: { path: 'orders' },
    });
    expect([error, String(ids), requests]).toEqual([null, String(all), [null]]);
  });

  it('goes on within a page that equals the one before, and so waits for the next', async () => {
    const bodies = [paged[1], paged[1], bytes({ data: rows(3) }), bytes({ data: [] })];
    const endpoint = {
      path: 'orders',
      dataSelector: 'data',
      paginator: { type: 'pageNumber', pageParam: 'after' },
    } as const;
    const { pages } = await read(bodies as Uint8Array[], MEMORY, endpoint);
    const cut = pages.findIndex(({ index }) => index === 1) + 2;
    expect(pages[cut]?.index).toBe(1);
    const { ids, error } = await readOn(
      pages,
      cut,
      (after) => bodies[Number(after)] as Uint8Array,
      { endpoint },
    );
    expect([error, ids.length]).toEqual([null, 2_400 + 2_400 + 3]);
  });

  it('takes rows that are added behind those that are committed', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    const longer = bytes({ data: rows(2_402, 700), next: null });
    const { ids, error } = await readOn(pages, 4, () => longer);
    expect([error, String(ids)]).toEqual([null, String([...all, 3_100, 3_101])]);
  });

  it('ends where the rows behind those that are committed are gone', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    const kept = pages.slice(0, 4).reduce((sum, page) => sum + page.rows.count, 0);
    const shorter = bytes({ data: rows(kept - 700, 700), next: null });
    const { ids, error, last } = await readOn(pages, 4, () => shorter);
    expect([error, String(ids), last]).toEqual([null, String(all.slice(0, kept)), null]);
  });

  it('is refused where the rows are others now', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    const others = bytes({ data: rows(2_400, 701), next: null });
    const { error } = await readOn(pages, 4, () => others);
    expect(String(error)).toContain(
      'orders: the rows of a response were committed in part when the load was stopped, and the response to the same request has other rows now.',
    );
  });

  it('begins the response anew where a key keeps each row once, with doubt', async () => {
    const { pages } = await read(paged, MEMORY, { paginator: cursor });
    const others = bytes({ data: rows(2_400, 701), next: null });
    const { ids, error, doubts } = await readOn(pages, 4, () => others, {
      writeDisposition: 'merge',
      primaryKey: 'id',
    });
    expect(error).toBe(null);
    expect(new Set(ids).size).toBe(3_101);
    expect(doubts).toEqual([expect.stringContaining('had changed')]);
  });
});

/** What is wrong in rows is found when they are read. */
function faultIn({ pages }: Outcome): string | null {
  try {
    for (const page of pages)
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(page.body));
    return null;
  } catch (error) {
    return String(error);
  }
}

/** Differences between so many rows take long to print. */
function digest(found: readonly JsonObject[]): string {
  return `${found.length} ${hash('sha256', JSON.stringify(found))}`;
}
