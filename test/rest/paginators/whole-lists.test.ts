import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, PaginatorConfig } from 'sluice';
import { type ServedResponse, type ReceivedRequest, type Read, readList } from './read-list.js';

/**
 * A list of numbered rows on a server that never gives more than `cap` of them, and what its
 * answers state.
 */
interface List {
  total: number;
  size: number;
  cap: number;
  states: 'right' | 'text' | 'null' | 'nothing' | 'low' | 'high';
  wrong: number;
}

const lists = fc.record({
  total: fc.integer({ min: 0, max: 60 }),
  size: fc.integer({ min: 1, max: 30 }),
  cap: fc.integer({ min: 1, max: 30 }),
  states: fc.constantFrom('right', 'text', 'null', 'nothing', 'low', 'high'),
  wrong: fc.integer({ min: 1, max: 5 }),
});

function numbers(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_row, i) => from + i);
}

/**
 * What a response states of a count. A low one is no page's border: it would be hit there, and
 * nothing tells it from a right one.
 */
function stated(count: number, border: number, { states, wrong }: List): Json | undefined {
  const low = Math.max(0, count - wrong);
  return {
    right: count,
    text: String(count),
    null: null,
    nothing: undefined,
    low: low % border === 0 ? -1 : low,
    high: count + wrong,
  }[states];
}

/** Members without those that are undefined: what a server sends. */
function sent(body: Record<string, Json | undefined>): Json {
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );
}

const sizeOf = (value: Json | undefined, { cap }: List): number =>
  Math.min(cap, Number(value ?? cap));
const rowsOf = (rows: readonly number[]): Json => rows.map((id) => ({ id }));

function byOffset(list: List, { query, json }: ReceivedRequest, echo = true): ServedResponse {
  const given = {
    offset: query.get('offset') ?? json['offset'] ?? 0,
    limit: query.get('limit') ?? json['limit'],
  };
  const [from, size] = [Number(given.offset), sizeOf(given.limit, list)];
  const rows = numbers(from, Math.min(list.total, from + size));
  return {
    rows,
    body: sent({
      data: rowsOf(rows),
      ...(echo && { offset: from, limit: size }),
      total: stated(list.total, size, list),
    }),
  };
}

/** Pages by number; one that counts from 1 takes 0 for 1, as many do. */
function byNumber(
  list: List,
  base: number,
  { query }: ReceivedRequest,
  echo: boolean,
): ServedResponse {
  const size = sizeOf(query.get('size') ?? undefined, list);
  const page = Math.max(0, Number(query.get('page') ?? base) - base);
  const rows = numbers(page * size, Math.min(list.total, (page + 1) * size));
  const pages = Math.ceil(list.total / size);
  return {
    rows,
    body: sent({
      data: rowsOf(rows),
      ...(echo && { page: page + base, size }),
      pages: stated(pages, 1, list),
    }),
  };
}

/**
 * The whole list, once, in order; and a second run with what the first one chose reads the same.
 */
function readsWhole(
  list: List,
  server: (request: ReceivedRequest) => ServedResponse,
  config: PaginatorConfig,
  request: Parameters<typeof readList>[2] = {},
): Read {
  const read = readList(server, config, request);
  expect(read.rows).toEqual(numbers(0, list.total));
  if (read.config !== null) expect(readList(server, read.config, request).rows).toEqual(read.rows);
  return read;
}

describe('every row is read once and in order', () => {
  it('by offset, whatever sizes the server gives and whatever it states', () => {
    fc.assert(
      fc.property(lists, (list) => {
        readsWhole(list, (request) => byOffset(list, request), {
          type: 'offset',
          limit: list.size,
          totalPath: 'total',
        });
        readsWhole(list, (request) => byOffset(list, request, false), {
          type: 'offset',
          limit: list.size,
        });
        readsWhole(
          list,
          (request) => byOffset(list, request),
          {
            type: 'offset',
            limit: list.size,
            offsetBodyPath: 'offset',
            limitBodyPath: 'limit',
            totalPath: 'total',
          },
          { json: {} },
        );
      }),
    );
  });

  it('by offset where the total only counts the page', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const server = (request: ReceivedRequest): ServedResponse => {
          const { rows } = byOffset(list, request);
          return { rows, body: { data: rowsOf(rows), total: rows.length } };
        };
        readsWhole(list, server, {
          type: 'offset',
          limit: Math.min(list.size, list.cap),
          totalPath: 'total',
        });
      }),
    );
  });

  it('by page number, from 0 and from 1', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(0, 1), (list, base) => {
        // A number of pages that is too low is hit on the way.
        fc.pre(list.states !== 'low');
        readsWhole(list, (request) => byNumber(list, base, request, true), {
          type: 'pageNumber',
          basePage: base,
          size: list.size,
          sizeParam: 'size',
          totalPath: 'pages',
        });
        readsWhole(list, (request) => byNumber(list, base, request, true), {
          type: 'pageNumber',
          basePage: base,
        });
      }),
    );
  });

  it('by page number, over pages in the middle that are short', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (pages, size) => {
          const starts = pages.map((_rows, i) =>
            pages.slice(0, i).reduce((sum, rows) => sum + rows, 0),
          );
          const total = pages.reduce((sum, rows) => sum + rows, 0);
          const read = readList(
            ({ query }) => {
              const page = Number(query.get('page'));
              const rows = numbers(starts[page] ?? 0, (starts[page] ?? 0) + (pages[page] ?? 0));
              return { rows, body: rowsOf(rows) };
            },
            { type: 'pageNumber', size },
          );
          expect(read.rows).toEqual(numbers(0, total));
        },
      ),
    );
  });

  it('by cursors and links of every kind', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const page = (after: Json | undefined): { rows: number[]; next: number | null } => {
          const from = Number(after ?? 0);
          const to = Math.min(list.total, from + list.cap);
          return { rows: numbers(from, to), next: to < list.total ? to : null };
        };
        readsWhole(
          list,
          ({ query }) => {
            const { rows, next } = page(query.get('after') ?? 0);
            return { rows, body: { data: rowsOf(rows), next, more: next !== null } };
          },
          { type: 'cursor', cursorPath: 'next', cursorParam: 'after', hasMorePath: 'more' },
        );
        readsWhole(
          list,
          ({ json }) => {
            const { rows, next } = page(
              (json['paging'] as Record<string, Json> | undefined)?.['after'],
            );
            return { rows, body: { data: rowsOf(rows), next } };
          },
          { type: 'cursor', cursorPath: 'next', cursorBodyPath: 'paging.after' },
          { json: { paging: { limit: 5 } } },
        );
        readsWhole(
          list,
          ({ query }) => {
            const { rows, next } = page(query.get('after') ?? 0);
            return {
              rows,
              body: rowsOf(rows),
              headers: next === null ? {} : { 'x-next': String(next) },
            };
          },
          { type: 'headerCursor', cursorKey: 'X-Next', cursorParam: 'after' },
        );
        readsWhole(
          list,
          ({ query }) => {
            const { rows, next } = page(query.get('after') ?? 0);
            return {
              rows,
              body: rowsOf(rows),
              headers: next === null ? {} : { link: `<?after=${next}>; rel="next"` },
            };
          },
          { type: 'headerLink' },
        );
        readsWhole(
          list,
          ({ query }) => {
            const { rows, next } = page(query.get('after') ?? 0);
            return {
              rows,
              body: {
                data: rowsOf(rows),
                links: [
                  { rel: 'self', href: '?' },
                  ...(next === null ? [] : [{ rel: 'next', href: `?after=${next}` }]),
                ],
              },
            };
          },
          { type: 'jsonLink', nextUrlPath: "links[?(@.rel=='next')].href" },
        );
        readsWhole(
          list,
          ({ query }) => {
            const { rows, next } = page(query.has('after') ? Number(query.get('after')) + 1 : 0);
            return { rows, body: { data: rowsOf(rows), has_more: next !== null } };
          },
          {
            type: 'cursor',
            cursorPath: 'data[-1].id',
            cursorParam: 'after',
            hasMorePath: 'has_more',
          },
        );
      }),
    );
  });
});

describe('every row is read once and in order by what is detected, and again by what is kept of it', () => {
  it('offsets, echoed or sent', () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(
          readsWhole(list, (request) => byOffset(list, request), { type: 'auto' }).config?.type,
        ).toBe('offset');
        readsWhole(
          list,
          (request) => byOffset(list, request),
          { type: 'auto' },
          { query: { limit: list.size } },
        );
        readsWhole(
          list,
          (request) => byOffset(list, request, false),
          { type: 'auto' },
          { query: { limit: list.size, offset: 0 } },
        );
        readsWhole(
          list,
          (request) => byOffset(list, request),
          { type: 'auto' },
          { json: { limit: list.size, offset: 0 } },
        );
      }),
    );
  });

  it('page numbers from 0 and from 1, echoed, sent, or found out', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(0, 1), (list, base) => {
        fc.pre(list.states !== 'low');
        const isStated =
          list.states === 'right' || list.states === 'text' || list.states === 'high';
        const echoed = readsWhole(list, (request) => byNumber(list, base, request, true), {
          type: 'auto',
        });
        expect(echoed.config).toMatchObject({ type: 'pageNumber', basePage: base });
        readsWhole(
          list,
          (request) => byNumber(list, base, request, false),
          { type: 'auto' },
          { query: { page: base, size: list.size } },
        );
        if (!isStated) return;
        const found = readsWhole(list, (request) => byNumber(list, base, request, false), {
          type: 'auto',
        });
        expect(found.config).toMatchObject({ type: 'pageNumber', basePage: 'auto' });
      }),
    );
  });

  it('cursors and links', () => {
    fc.assert(
      fc.property(
        lists,
        fc.constantFrom('next_cursor', 'next_offset', 'link', 'links', 'header'),
        (list, kind) => {
          const server = ({ query }: ReceivedRequest): ServedResponse => {
            const from = Number(query.get('cursor') ?? query.get('offset') ?? 0);
            const to = Math.min(list.total, from + list.cap);
            const next = to < list.total ? to : null;
            const rows = numbers(from, to);
            const href = next === null ? null : `/list?cursor=${next}`;
            if (kind === 'header')
              return {
                rows,
                body: rowsOf(rows),
                headers: href === null ? {} : { link: `<${href}>; rel="next"` },
              };
            const said = {
              next_cursor: { next_cursor: next },
              next_offset: { next_offset: next },
              link: { next: href },
              links: {
                links: [
                  { rel: 'first', href: '/list' },
                  ...(href === null ? [] : [{ rel: 'next', href }]),
                ],
              },
            }[kind];
            return { rows, body: { data: rowsOf(rows), ...said } };
          };
          readsWhole(list, server, { type: 'auto' });
        },
      ),
    );
  });
});

describe('a server that lowers the page size', () => {
  const list: List = { total: 250, size: 500, cap: 100, states: 'nothing', wrong: 0 };

  it('loses nothing, and its last page is proven by an empty one', () => {
    const read = readList((request) => byOffset(list, request, false), {
      type: 'offset',
      limit: 500,
    });
    expect([read.rows, read.requests, read.end]).toEqual([numbers(0, 250), 4, 'empty']);
  });

  it('is done in as many requests as there are pages where the total is right', () => {
    const read = readList((request) => byOffset({ ...list, states: 'right' }, request), {
      type: 'offset',
      limit: 500,
      totalPath: 'total',
    });
    expect([read.requests, read.end]).toEqual([3, 'total']);
  });
});

describe('a last page that is exactly full', () => {
  const list: List = { total: 300, size: 100, cap: 100, states: 'right', wrong: 0 };

  it('is the last where the API states it', () => {
    expect(
      readList((request) => byOffset(list, request), {
        type: 'offset',
        limit: 100,
        totalPath: 'total',
      }),
    ).toMatchObject({ rows: numbers(0, 300), requests: 3, end: 'total' });
    expect(
      readList((request) => byNumber(list, 1, request, true), {
        type: 'pageNumber',
        basePage: 1,
        totalPath: 'pages',
      }),
    ).toMatchObject({ rows: numbers(0, 300), requests: 3, end: 'total' });
  });

  it('is followed by an empty one where it states nothing', () => {
    expect(
      readList((request) => byNumber({ ...list, states: 'nothing' }, 1, request, true), {
        type: 'pageNumber',
        basePage: 1,
      }),
    ).toMatchObject({ rows: numbers(0, 300), requests: 4, end: 'empty' });
  });
});

describe('pages whose base is not known', () => {
  const list: List = { total: 25, size: 10, cap: 10, states: 'right', wrong: 0 };

  it('cost one request more where they count from 1, and none where they count from 0', () => {
    const read = (base: number): Read =>
      readList((request) => byNumber(list, base, request, false), { type: 'auto' });
    expect([read(0).requests, read(1).requests]).toEqual([3, 4]);
  });
});
