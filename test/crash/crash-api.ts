import { serve, type ReceivedRequest, type ServedResponse } from '../support/local-server.js';

/** A page of a resource, as positions name it. */
export interface PageName {
  resource: string;
  parent: string | null;
  page: number;
}

/** A row that was sent, and of which version of the API it is. */
export interface SentRow {
  resource: string;
  version: number;
  row: Row;
}

/** An API whose rows follow from a version, and a record of what was requested. */
export interface CrashApi {
  url: string;
  /** The pages that were sent, in order. */
  pages: PageName[];
  /** Rows that were sent, in order. */
  rows: SentRow[];
  /** Rows are those of this version from now on. */
  version: number;
  /** It refuses some requests: 429 with and without `Retry-After`, and 503. */
  isBusy: boolean;
  /** Is called with each request before it is answered; `sent` resolves when that is done. */
  onRequest: (sent: Promise<void>) => void;
}

const ORDERS = { pages: 16, rows: 100 };
const CUSTOMERS = { pages: 8, rows: 100 };
const PARCELS = { pages: 6, rows: 40 };
const SHOPS = { pages: 2, rows: 2 };
const STAFF = { pages: 2, rows: 2 };
const SHIFTS = { rows: 2 };
const BREAKS = { pages: 2, rows: 2 };
const PRICES = { pages: 5, rows: 60 };
const LEDGER = { rows: 1_500 };
const VISITS = { pages: 2, rows: 15 };
const REPORT = { pages: 3, rows: 20 };
const EVENTS = { pages: 6, rows: 50 };

/** Serves the API until the test ends. */
export async function crashApi(): Promise<CrashApi> {
  const api: CrashApi = {
    url: '',
    pages: [],
    rows: [],
    version: 1,
    isBusy: false,
    onRequest: () => undefined,
  };
  /** Pages of the report that are being made. */
  const awaited = new Set<number>();
  const server = await serve((request, count) => {
    api.onRequest(request.closed);
    const response = (api.isBusy && refusal(count)) || respond(api, awaited, request);
    const [, resource = ''] = request.path.split('/');
    const sent = response.json as Row[] | { data?: Row[] } | undefined;
    for (const row of (Array.isArray(sent) ? sent : sent?.data) ?? [])
      api.rows.push({ resource, version: api.version, row });
    return response;
  });
  api.url = server.url;
  return api;
}

function refusal(count: number): ServedResponse | null {
  if (count % 23 === 5) return { status: 429, headers: { 'retry-after': '0' } };
  if (count % 31 === 7) return { status: 503 };
  return count % 97 === 50 ? { status: 429, headers: { 'retry-after': '1' } } : null;
}

function respond(
  api: CrashApi,
  awaited: Set<number>,
  { path, query }: ReceivedRequest,
): ServedResponse {
  const { version } = api;
  const [resource = '', id = ''] = path.split('/').slice(1).map(decodeURIComponent);
  const note = (page: number, parent: string | null): void =>
    void api.pages.push({ resource, parent, page });
  const rowsOf = <T>({ rows }: { rows: number }, page: number, row: (n: number) => T): T[] =>
    Array.from({ length: rows }, (_, i) => row(page * rows + i));
  const numbered = (
    about: { pages: number; rows: number },
    page: number,
    row: (n: number) => Row,
    parent: string | null = null,
  ): { data: Row[] } => {
    note(page, parent);
    return { data: page < about.pages ? rowsOf(about, page, row) : [] };
  };
  const linked = (
    about: { pages: number; rows: number },
    row: (n: number, page: number) => Row,
    parent: string | null = null,
  ): { data: Row[]; next: number | null } => {
    const page = Number(query.get('after') ?? 0);
    note(page, parent);
    const data = rowsOf(about, page, (n) => row(n, page));
    return { data, next: page + 1 < about.pages ? page + 1 : null };
  };
  const page = Number(query.get('page') ?? 0);
  switch (resource) {
    case 'orders':
      return {
        json: {
          ...numbered(ORDERS, Number(query.get('page') ?? 1) - 1, (n) => order(n, version)),
          total: ORDERS.pages * ORDERS.rows,
        },
      };
    case 'customers':
      return { json: linked(CUSTOMERS, (n) => customer(n, version)) };
    case 'parcels':
      return { json: linked(PARCELS, (n, at) => parcel(n, at, version)) };
    case 'shops':
      return { json: numbered(SHOPS, page, (n) => shop(n, version)) };
    case 'staff':
      return { json: numbered(STAFF, page, (n) => person(id, n, version), parentOf({ id })) };
    case 'shifts': {
      note(0, parentOf({ id: shopOf(id) }, { id }));
      return id.endsWith('3')
        ? { status: 404 }
        : { json: rowsOf(SHIFTS, 0, (n) => shift(id, n, version)) };
    }
    case 'breaks': {
      const [person = ''] = id.split('/');
      const parent = parentOf({ id: shopOf(id) }, { id: person }, { key: id });
      return { json: linked(BREAKS, (n) => ({ shift: id, n, version }), parent) };
    }
    case 'prices': {
      const at = Number(query.get('offset') ?? 0) / PRICES.rows;
      return { json: numbered(PRICES, at, (n) => price(n, version)) };
    }
    case 'ledger':
      // Its rows come in slices: it is requested again as long as some of them are left.
      return { json: { data: rowsOf(LEDGER, 0, (n) => entry(n, version)) } };
    case 'visits': {
      const [start, end] = [query.get('from') ?? '', query.get('to') ?? ''];
      return { json: linked(VISITS, (n) => visit(start, n, version), parentOf({ start, end })) };
    }
    case 'report': {
      const at = Number(query.get('after') ?? 0);
      // Each of its pages is made when it is requested first.
      if (!awaited.delete(at)) {
        awaited.add(at);
        return { json: { state: 'making' } };
      }
      return { json: { state: 'ready', ...linked(REPORT, (n) => ({ n, version })) } };
    }
    default: {
      const since = query.get('since') ?? '';
      const all = events(version).filter(({ at }) => at >= since);
      const pages = Math.max(1, Math.ceil(all.length / EVENTS.rows));
      const { data, next } = linked({ pages, rows: EVENTS.rows }, (n) => all[n] as Row);
      return { json: { data: data.filter((row) => row !== undefined), next } };
    }
  }
}

type Row = Record<string, unknown>;

/** Fields of the rows that a list belongs to, as positions name it. */
const parentOf = (...above: Row[]): string => JSON.stringify(above.length === 1 ? above[0] : above);
const shopOf = (id: string): string => id.replace(/-.*/, '');

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
/** Each page has a column and a list of its own, and another kind of value. */
const parcel = (n: number, page: number, version: number): Row => ({
  id: `${version}/${n}`,
  value: [n, n + 0.5, `value ${n}`][page % 3],
  [`column_${page + version}`]: n,
  [`list_${page + version}`]: [{ n }],
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
/** The first visit of a day comes with the day before, too. */
const visit = (day: string, n: number, version: number): Row => ({
  id: n < VISITS.pages * VISITS.rows - 1 ? `${day}/${n}` : `${dayAfter(day)}/0`,
  version,
});
const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
const events = (version: number): { id: number; at: string }[] =>
  Array.from({ length: EVENTS.pages * EVENTS.rows * version }, (_, id) => ({
    id,
    at: `2026-01-${String(1 + Math.floor(id / 40)).padStart(2, '0')}`,
  }));
