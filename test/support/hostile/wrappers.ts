import type { Json, JsonObject, RestEndpoint } from 'sluice';

/** What a service puts around the rows of a page. */
export interface Wrapper {
  name: string;
  /** How an endpoint says it. */
  endpoint: Pick<RestEndpoint, 'dataSelector' | 'rows' | 'key' | 'format'>;
  /**
   * The body of a page: its rows, and what it says of the way to the others (`link` is an address).
   */
  body: (rows: readonly JsonObject[], said: JsonObject) => string;
  /** Where it says that; null: there is no place for it. */
  path: ((fact: string) => string) | null;
  /** Its rows are found without a selector. */
  isFound: boolean;
  /** One row a page. */
  isOne?: boolean;
}

const printed = (body: Json): string => JSON.stringify(body);
const plain = (fact: string): string => (fact === 'link' ? 'next' : fact);
const named = (said: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(said).map(([fact, value]) => [plain(fact), value]));

export const wrappers: readonly Wrapper[] = [
  {
    name: '{data: []}',
    endpoint: { dataSelector: 'data' },
    path: plain,
    isFound: true,
    body: (rows, said) => printed({ ...named(said), data: [...rows] }),
  },
  {
    name: 'a bare array',
    endpoint: { dataSelector: '@' },
    path: null,
    isFound: true,
    body: (rows) => printed([...rows]),
  },
  {
    name: 'a nested wrapper',
    endpoint: { dataSelector: 'response.result.items' },
    path: (fact) => `response.paging.${plain(fact)}`,
    isFound: true,
    body: (rows, said) =>
      printed({ response: { status: 'ok', result: { items: [...rows] }, paging: named(said) } }),
  },
  {
    name: 'HAL',
    endpoint: { dataSelector: '_embedded.orders' },
    path: (fact) => (fact === 'link' ? '_links.next.href' : `page.${fact}`),
    isFound: true,
    body: (rows, { link, ...said }) =>
      printed({
        _links: { self: { href: '/' }, ...(typeof link === 'string' && { next: { href: link } }) },
        page: said,
        _embedded: { orders: [...rows] },
      }),
  },
  {
    name: 'JSON:API',
    endpoint: { dataSelector: 'data' },
    path: (fact) => (fact === 'link' ? 'links.next' : `meta.${fact}`),
    isFound: true,
    body: (rows, { link, ...said }) =>
      printed({
        jsonapi: { version: '1.1' },
        links: { ...(link !== undefined && { next: link }) },
        meta: said,
        data: [...rows],
      }),
  },
  {
    name: 'an id map',
    endpoint: { dataSelector: 'people', rows: 'map', key: 'id' },
    path: plain,
    isFound: false,
    body: (rows, said) =>
      printed({
        people: Object.fromEntries(rows.map(({ id, ...row }) => [id as string, row])),
        ...named(said),
      }),
  },
  {
    name: '{data: null} where there is nothing',
    endpoint: { dataSelector: 'data' },
    path: plain,
    isFound: false,
    body: (rows, said) => printed({ data: rows.length === 0 ? null : [...rows], ...named(said) }),
  },
  {
    name: '{data: {}} where there is nothing',
    endpoint: { dataSelector: 'data' },
    path: plain,
    isFound: false,
    body: (rows, said) => printed({ data: rows.length === 0 ? {} : [...rows], ...named(said) }),
  },
  {
    name: '{data: [null]} where there is nothing',
    endpoint: { dataSelector: 'data' },
    path: plain,
    isFound: false,
    body: (rows, said) => printed({ data: rows.length === 0 ? [null] : [...rows], ...named(said) }),
  },
  {
    name: 'a single object',
    endpoint: { dataSelector: 'order' },
    path: plain,
    isFound: false,
    isOne: true,
    body: ([row = null], said) => printed({ ...named(said), order: row }),
  },
  {
    name: 'NDJSON',
    endpoint: { format: 'ndjson' },
    path: null,
    isFound: false,
    body: (rows) => rows.map((row) => `${printed(row)}\n`).join(''),
  },
];
