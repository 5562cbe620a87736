import { serve, type ReceivedRequest, type ServedResponse } from '../support/local-server.js';

/** A page of a resource, as positions name it. */
export interface PageName {
  resource: string;
  parent: string | null;
  page: number;
}

/** An API whose rows follow from a version, and a record of what was requested. */
export interface CrashApi {
  url: string;
  /** The pages that were requested, in order. */
  requests: PageName[];
  /** Rows are those of this version from now on. */
  version: number;
  /** Is called with the number of each request before it is answered. */
  onRequest: (count: number) => void;
}

const ORDERS = { pages: 16, rows: 100 };
const CUSTOMERS = { pages: 8, rows: 100 };
const SHOPS = { pages: 2, rows: 4 };
const STAFF = { pages: 2, rows: 3 };
const PRICES = { pages: 5, rows: 60 };
const LEDGER = { rows: 2_500 };
const EVENTS = { pages: 6, rows: 50 };

/** Serves the API until the test ends. */
export async function crashApi(): Promise<CrashApi> {
  const api: CrashApi = { url: '', requests: [], version: 1, onRequest: () => undefined };
  const server = await serve((request, count) => {
    api.onRequest(count);
    return respond(api, request);
  });
  api.url = server.url;
  return api;
}

function respond(api: CrashApi, { path, query }: ReceivedRequest): ServedResponse {
  const { version } = api;
  const [first = '', id = ''] = path.split('/').filter((part) => part !== '');
  const note = (resource: string, page: number, parent: string | null = null): void =>
    void api.requests.push({ resource, parent, page });
  const rowsOf = <T>({ rows }: { rows: number }, page: number, row: (n: number) => T): T[] =>
    Array.from({ length: rows }, (_, i) => row(page * rows + i));
  switch (first) {
    case 'orders': {
      const page = Number(query.get('page') ?? 1) - 1;
      note(first, page);
      const data = page < ORDERS.pages ? rowsOf(ORDERS, page, (n) => order(n, version)) : [];
      return { json: { data, total: ORDERS.pages * ORDERS.rows } };
    }
    case 'customers': {
      const page = Number(query.get('after') ?? 0);
      note(first, page);
      const next = page + 1 < CUSTOMERS.pages ? page + 1 : null;
      return { json: { data: rowsOf(CUSTOMERS, page, (n) => customer(n, version)), next } };
    }
    case 'shops': {
      const page = Number(query.get('page') ?? 0);
      note(first, page);
      const data = page < SHOPS.pages ? rowsOf(SHOPS, page, (n) => shop(n, version)) : [];
      return { json: { data } };
    }
    case 'staff': {
      const page = Number(query.get('page') ?? 0);
      note(first, page, JSON.stringify({ id }));
      const data = page < STAFF.pages ? rowsOf(STAFF, page, (n) => person(id, n, version)) : [];
      return { json: { data } };
    }
    case 'shifts':
      note(first, 0, JSON.stringify([{ id: id.split('-').slice(0, 1).join('') }, { id }]));
      return id.endsWith('3')
        ? { status: 404 }
        : { json: rowsOf({ rows: 3 }, 0, (n) => shift(id, n, version)) };
    case 'prices': {
      const offset = Number(query.get('offset') ?? 0);
      note(first, offset / PRICES.rows);
      const page = offset / PRICES.rows;
      const data = page < PRICES.pages ? rowsOf(PRICES, page, (n) => price(n, version)) : [];
      return { json: { data } };
    }
    case 'ledger':
      // Its rows come in slices: it is requested again as long as some of them are left.
      return { json: { data: rowsOf(LEDGER, 0, (n) => entry(n, version)) } };
    default: {
      const page = Number(query.get('after') ?? 0);
      note('events', page);
      const since = query.get('since') ?? '';
      const all = events(version).filter(({ at }) => at >= since);
      const from = page * EVENTS.rows;
      const next = from + EVENTS.rows < all.length ? page + 1 : null;
      return { json: { data: all.slice(from, from + EVENTS.rows), next } };
    }
  }
}

type Row = Record<string, unknown>;

const order = (n: number, version: number): Row => ({
  id: `v${version}-${n}`,
  n,
  // A column that comes late, in the middle of the load.
  ...(n > 900 && { note: `note ${n}` }),
  tags: [{ tag: `a${n}` }, { tag: `b${n}` }],
});
const customer = (n: number, version: number): Row => ({
  id: n + (version - 1) * 300,
  version,
  // Integers first, and text behind them.
  code: n < 500 ? n : `code ${n}`,
  mails: [{ mail: `${n}@${version}` }],
});
const shop = (n: number, version: number): Row => ({ id: `s${n}`, version });
const person = (shopId: string, n: number, version: number): Row => ({
  id: `${shopId}-${n}`,
  version,
});
const shift = (personId: string, n: number, version: number): Row => ({
  key: `${personId}/${n}`,
  version,
});
const price = (n: number, version: number): Row => ({
  sku: n,
  price: n % 3 === 0 ? n + version : n,
});
const entry = (n: number, version: number): Row => ({
  id: `${version}/${n}`,
  text: `what was booked in entry ${n}`.padEnd(60, '.'),
  lines: [{ line: n }, { line: -n }],
});
const events = (version: number): { id: number; at: string }[] =>
  Array.from({ length: EVENTS.pages * EVENTS.rows * version }, (_, id) => ({
    id,
    at: `2026-01-${String(1 + Math.floor(id / 40)).padStart(2, '0')}`,
  }));
