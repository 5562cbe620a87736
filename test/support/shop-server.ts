import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const ORDERS = Array.from({ length: 250 }, (_, i) => ({
  id: i + 1,
  customer: { name: `Customer ${i % 40}`, country: ['DE', 'FR', 'US'][i % 3] },
  total: i + 0.5,
  updated_at: new Date(Date.UTC(2026, 0, 1, i)).toISOString(),
  items: [
    { sku: `sku-${i % 7}`, quantity: 1 },
    { sku: `sku-${i % 5}`, quantity: 2 },
  ],
}));

type Reply = { status?: number; json: unknown };

/** Every address that the README's snippets name, as its text says it behaves. */
const ROUTES: Record<string, (query: URLSearchParams, request: IncomingMessage) => Reply> = {
  '/v1/orders': (query) => {
    const since = query.get('since') ?? '';
    const rows = ORDERS.filter((order) => order.updated_at >= since);
    const after = Number(query.get('after') ?? query.get('cursor') ?? 0);
    const page = rows.slice(after, after + 100);
    const next = after + 100 < rows.length ? String(after + 100) : null;
    return { json: { data: page, meta: { next, total: rows.length } } };
  },
  '/v1/products': (query) => {
    const page = Number(query.get('page') ?? 1);
    const rows = Array.from({ length: 45 }, (_, id) => ({ sku: `sku-${id}`, price: id + 0.5 }));
    return { json: { total: 45, items: rows.slice(page * 20 - 20, page * 20) } };
  },
  '/v1/stock': (query) => {
    const offset = Number(query.get('offset') ?? 0);
    const rows = Array.from({ length: 25 }, (_, id) => ({ sku: `sku-${id}`, left: id }));
    return { json: rows.slice(offset, offset + 10) };
  },
  '/v1/settings': () => ({ json: { currency: 'EUR', language: 'en' } }),
  '/v1/prices': () => ({ json: { prices: { 'sku-1': { net: 1 }, 'sku-2': { net: 2 } } } }),
  '/oauth/token': () => ({ json: { access_token: 'from-login', expires_in: 3_600 } }),
};

function reply(request: IncomingMessage): Reply {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
  const [, order] = /^\/v1\/orders\/(\d+)\/refunds$/.exec(pathname) ?? [];
  if (order !== undefined)
    return Number(order) % 10 === 0
      ? { status: 404, json: { error: 'no refunds' } }
      : { json: [{ amount: Number(order) / 2 }] };
  return ROUTES[pathname]?.(searchParams, request) ?? { status: 404, json: { error: 'not found' } };
}

/** The shop of the README on loopback; `close` ends it. */
export async function shopServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response: ServerResponse) => {
    const { status = 200, json } = reply(request);
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
