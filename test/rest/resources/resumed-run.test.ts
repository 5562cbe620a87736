import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import {
  type JsonObject,
  type RestResource,
  restSource,
  type ResumedRun,
  type Source,
  type SourceEvent,
  type SourcePage,
} from 'sluice';
import { resumedFrom } from '../../support/cut-run.js';
import { type ReceivedRequest, serve, type ServedResponse } from '../../support/local-server.js';
import { readSource, rowsOf, runContext } from '../../support/read-pages.js';

/** Three levels: shops with orders with items, two rows on a page, and none behind some ids. */
function respond({ path, query }: ReceivedRequest): ServedResponse {
  const page = Number(query.get('page') ?? 1);
  const [kind = '', id = ''] = path
    .split('/')
    .filter((part) => part !== '')
    .toReversed();
  if (kind === 'lost') return { status: 404 };
  const total = { shops: 5, orders: id.charCodeAt(1) % 4, items: 3 }[kind] ?? 3;
  const from = (page - 1) * 2;
  const count = Math.max(0, Math.min(2, total - from));
  const rows = Array.from({ length: count }, (_, i) => ({
    id: `${id.slice(-6)}${kind[0]}${from + i}`,
    weight: '1.0',
    tags: [{ tag: `${id}${from + i}` }],
    ...(kind === 'shops' && from + i === 3 ? {} : { next: kind === 'shops' ? 'orders' : 'items' }),
    ...(query.has('ids') && { ids: query.get('ids') }),
    ...(query.has('start') && { start: query.get('start') }),
    ...(query.has('parts') &&
      from + i === 0 && { parts: { data: [{ part: 1 }], has_more: query.get('parts') === 'cut' } }),
  }));
  return { json: { data: rows, ...(query.has('total') && { total }) } };
}

const paginator = { type: 'pageNumber' } as const;
const shops: RestResource = {
  name: 'shops',
  endpoint: { path: 'shops', paginator, dataSelector: 'data' },
};
const orders: RestResource = {
  name: 'orders',
  endpoint: {
    path: 'x/{resources.shops.id}/{resources.shops.next}',
    paginator,
    dataSelector: 'data',
  },
  includeFromParent: ['id', 'weight'],
};

const CASES: [string, RestResource[]][] = [
  ['of one list', [shops]],
  [
    'of lists below lists',
    [
      shops,
      orders,
      {
        name: 'items',
        endpoint: { path: 'x/{resources.orders.id}/items', paginator, dataSelector: 'data' },
        includeFromParent: { order: 'id', shop: 'shops.id' },
      },
      {
        name: 'lost',
        endpoint: { path: 'x/{resources.orders.id}/lost', paginator: 'single', skipStatus: [404] },
      },
    ],
  ],
  ['with a parent that fills no table', [{ ...shops, selected: false }, orders]],
  [
    'with windows',
    [
      shops,
      {
        name: 'days',
        endpoint: {
          path: 'x/{resources.shops.id}/days',
          paginator,
          dataSelector: 'data',
          windows: { start: 0, end: 300_000, size: 86_400, startParam: 'start' },
        },
      },
    ],
  ],
  [
    'with groups of parents',
    [
      shops,
      {
        name: 'groups',
        endpoint: {
          path: 'groups',
          paginator,
          dataSelector: 'data',
          params: { ids: '{resources.shops.id}' },
          groupSize: 2,
        },
      },
    ],
  ],
  [
    'with pairs of parents',
    [
      shops,
      { name: 'kinds', data: [{ kind: 'k1' }, { kind: 'k2' }], selected: false },
      {
        name: 'pairs',
        endpoint: {
          path: 'x/{resources.shops.id}{resources.kinds.kind}/items',
          paginator,
          dataSelector: 'data',
        },
      },
    ],
  ],
  [
    'with shared responses',
    [
      shops,
      { name: 'tags', endpoint: { responseOf: 'shops', dataSelector: 'data[*].tags[*]' } },
      { name: 'whole', endpoint: { responseOf: 'shops', dataSelector: '@' } },
      orders,
      {
        name: 'of_tags',
        endpoint: {
          path: 'x/{resources.tags.tag}/items',
          paginator: 'single',
          dataSelector: 'data',
        },
      },
    ],
  ],
  ...['cut', 'whole'].map((parts): [string, RestResource[]] => [
    `with shared responses of which only the first has rows, which are ${parts}`,
    [
      { ...shops, endpoint: { path: 'shops', params: { parts }, paginator, dataSelector: 'data' } },
      { name: 'parts', endpoint: { responseOf: 'shops', dataSelector: 'data[*].parts.data' } },
    ],
  ]),
  [
    'with rows that are given',
    [
      {
        name: 'shops',
        data: Array.from({ length: 2_500 }, (_, i) => ({
          id: `g${i}`,
          next: i % 500 === 0 ? 'items' : '',
        })),
      },
      orders,
    ],
  ],
  [
    'where the rows are found',
    [
      { name: 'shops', endpoint: { path: 'shops', paginator } },
      { name: 'orders', endpoint: { path: 'x/{resources.shops.id}/orders', paginator } },
    ],
  ],
];

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

interface Part {
  pages: SourcePage[];
  rows: Record<string, JsonObject[]>;
  requests: number;
}

async function readPart(source: Source, resumed?: ResumedRun): Promise<Part> {
  const context = { ...runContext(), isResumable: true, startedAt: 0, ...(resumed && { resumed }) };
  const { pages, rows, error, events } = await readSource(source, context);
  expect(error).toBeNull();
  // What matched before the stop is not known any more.
  const isOfNothing = (event: SourceEvent): boolean =>
    event.kind === 'notice' && event.message.includes('nothing was there');
  expect(resumed ? events.filter(isOfNothing) : []).toEqual([]);
  // A busy machine may let a request time out, which is sent again then.
  const urls = new Set(events.flatMap((event) => (event.kind === 'request' ? [event.url] : [])));
  return { pages, rows, requests: urls.size };
}

function verdicts(source: Source, pages: readonly SourcePage[]): unknown {
  return source.resources.map(({ name }) => {
    const tally = completenessTally(name);
    for (const event of pages.flatMap(({ events = [] }) => events))
      if (event.resource === name) tally.add(event);
    return tally.result();
  });
}

/** Responses that pages came of, those without a page among them. */
const responses = (pages: readonly SourcePage[]): number =>
  new Set(
    pages
      .flatMap(({ events = [], place }) => events.map((event) => ({ event, place })))
      .filter(({ event }) => isOfResponse(event))
      .map(({ event }) => event),
  ).size;
const isOfResponse = (event: SourceEvent): boolean =>
  (event.kind === 'page' && event.bytes > 0) || (event.kind === 'skip' && event.status !== null);

describe('a run that was stopped', () => {
  it.each(CASES)(
    '%s goes on with the rows, the requests and the verdict that it would have had',
    async (_, resources) => {
      const server = await serve(respond);
      const source = restSource({ name: 'shop', client: { baseUrl: server.url }, resources });
      const whole = await readPart(source);
      const all = [...new Set(Object.keys(whole.rows))];
      const sorted = (...parts: Part[]): unknown =>
        all.map((name) => parts.flatMap(({ rows }) => rows[name] ?? []).toSorted(byText));
      const step = Math.max(1, Math.floor(whole.pages.length / 8));
      for (let cut = 1; cut <= whole.pages.length; cut += step) {
        const pages = whole.pages.slice(0, cut);
        if (pages.at(-1)?.continues === true) continue;
        const resumed = resumedFrom(pages);
        const rest = await readPart(source, resumed);
        const first: Part = { ...whole, pages, rows: {} };
        for (const [at, page] of whole.pages.entries()) {
          if (at >= cut) break;
          (first.rows[page.resource] ??= []).push(...rowsOf(page));
        }
        expect([cut, sorted(first, rest)]).toEqual([cut, sorted(whole)]);
        // The last page of a list that is numbered is compared with what it was.
        const compared = resumed.lists.filter(({ next }) => Object(next).list !== undefined);
        expect([cut, rest.requests]).toEqual([
          cut,
          whole.requests - responses(pages) + compared.length,
        ]);
        expect([cut, verdicts(source, [...pages, ...rest.pages])]).toEqual([
          cut,
          verdicts(source, whole.pages),
        ]);
      }
    },
  );

  it.each<[string, Partial<RestResource>, string[], string]>([
    [
      'whose rows have keys are loaded again',
      { primaryKey: 'id', writeDisposition: 'merge' },
      ['z1', 'z2', 'z3', 'z4', 'z5'],
      'unproven',
    ],
    ['whose rows have no keys are not', {}, ['z3', 'z4', 'z5'], 'unproven'],
  ])('finds the last page changed, and rows of pages %s', async (_, about, ids, verdict) => {
    const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'z1', 'z2', 'z3', 'z4', 'z5'];
    let rows = all.slice(0, 5);
    const server = await serve(({ query }) => {
      const from = Number(query.get('offset') ?? 0);
      return { json: rows.slice(from, from + 2).map((id) => ({ id })) };
    });
    const source = restSource({
      name: 'shop',
      client: { baseUrl: server.url },
      resources: [
        {
          name: 'shops',
          endpoint: { path: 'shops', paginator: { type: 'offset', limit: 2 } },
          ...about,
        },
      ],
    });
    const first = await readPart(source);
    const pages = first.pages.slice(0, 1);
    rows = all.slice(5);
    const rest = await readPart(source, resumedFrom(pages));
    expect(rest.rows['shops']?.map(({ id }) => id)).toEqual(ids);
    const [found] = verdicts(source, [...pages, ...rest.pages]) as {
      verdict: string;
      reasons: string[];
    }[];
    expect([found?.verdict, found?.reasons]).toEqual([
      verdict,
      [expect.stringContaining('rows may be shifted from page to page')],
    ]);
  });
});
