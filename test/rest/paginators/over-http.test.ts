import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  cursor,
  endpoint,
  headerCursor,
  headerLink,
  type Json,
  jsonLink,
  pageNumber,
  single,
} from 'sluice';
import { serve } from '../../support/local-server.js';
import { serveRaw } from '../../support/raw-server.js';
import { readAll, rowsOf } from '../../support/read-pages.js';

/** A real server that responds to each JSON body it gets. */
async function serveBodies(
  respond: (body: Json) => Json,
): Promise<{ url: string; bodies: Json[] }> {
  const bodies: Json[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Json;
        bodies.push(body);
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(respond(body)));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/search`, bodies };
}

describe('an endpoint', () => {
  it.each([
    ['a link', 'Link: </orders?city=Köln&page=2>; rel="next"', headerLink()],
    ['a cursor', 'X-Next: Köln–日本', headerCursor({ cursorKey: 'x-next', cursorParam: 'city' })],
    ['a redirect', 'Location: /orders?city=Köln', single()],
  ])('follows %s whose header has UTF-8 as it is', async (_what, header, paginator) => {
    const paths: string[] = [];
    const server = await serveRaw((socket, count, head) => {
      paths.push(decodeURIComponent(head.split(' ')[1] as string));
      const status = count === 1 && header.startsWith('Location') ? '302 Found' : '200 OK';
      const first = count === 1 ? `${header}\r\n` : '';
      socket.write(`HTTP/1.1 ${status}\r\n${first}Content-Length: 11\r\n\r\n[{"id": 1}]`);
    });
    const { error } = await readAll(endpoint({ url: `${server.url}/orders`, paginator }));
    expect(error).toBeNull();
    expect(paths[1]).toMatch(/^\/orders\?city=Köln/);
  });

  it('pages by a cursor in the body of its requests, to one address', async () => {
    const server = await serveBodies((body) => {
      const at = (body as { paging?: { after?: number } }).paging?.after ?? 0;
      return { data: [{ at }], next: at < 2 ? at + 1 : null };
    });
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        method: 'POST',
        json: { filter: 'x', paging: { size: 1 } },
        dataSelector: 'data',
        paginator: cursor({ cursorPath: 'next', cursorBodyPath: 'paging.after' }),
      }),
    );
    expect(error).toBeNull();
    expect(pages.flatMap(rowsOf)).toEqual([{ at: 0 }, { at: 1 }, { at: 2 }]);
    expect(server.bodies).toEqual(
      [1, 2, 3].map((n) => ({ filter: 'x', paging: { size: 1, ...(n > 1 && { after: n - 1 }) } })),
    );
    expect(pages.map(({ next }) => next)).toMatchObject([
      { json: '{"paging.after":1}' },
      { json: '{"paging.after":2}' },
      null,
    ]);
  });

  it('sees a cursor in the body that comes again', async () => {
    const server = await serveBodies(() => ({ data: [{ at: server.bodies.length }], next: 'a' }));
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        method: 'POST',
        json: {},
        dataSelector: 'data',
        paginator: cursor({ cursorPath: 'next', cursorBodyPath: 'after' }),
      }),
    );
    expect([pages.length, error]).toEqual([
      2,
      expect.objectContaining({ code: 'ERR_SLUICE_PAGINATION' }),
    ]);
  });

  it('pages by a cursor in a header', async () => {
    const server = await serve(({ query }) => {
      const at = Number(query.get('after') ?? 0);
      return { json: [{ at }], headers: at < 2 ? { 'X-Next': String(at + 1) } : {} };
    });
    const { pages } = await readAll(
      endpoint({
        url: server.url,
        paginator: headerCursor({ cursorKey: 'x-next', cursorParam: 'after' }),
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual([{ at: 0 }, { at: 1 }, { at: 2 }]);
  });

  it('follows links under a key with a dot', async () => {
    const server = await serve(({ query }) => ({
      json: {
        value: [{ at: query.get('at') }],
        ...(query.get('at') === null && { '@odata.nextLink': '?at=2' }),
      },
    }));
    const { pages } = await readAll(
      endpoint({
        url: `${server.url}/users`,
        dataSelector: 'value',
        paginator: jsonLink({ nextUrlPath: "['@odata.nextLink']" }),
      }),
    );
    expect(pages.flatMap(rowsOf)).toEqual([{ at: null }, { at: '2' }]);
  });

  it.each([0, 1])(
    'skips a page that it has read, and numbers the others without a gap: pages from %i',
    async (base) => {
      const server = await serve(({ query }) => {
        const page = Math.max(Number(query.get('page') ?? base), base) - base;
        return { json: { pages: 3, data: page < 3 ? [{ page }] : [] } };
      });
      const { pages, error } = await readAll(
        endpoint({
          url: server.url,
          dataSelector: 'data',
          paginator: pageNumber({ basePage: 'auto', totalPath: 'pages' }),
        }),
      );
      expect(error).toBeNull();
      expect(pages.flatMap(rowsOf)).toEqual([{ page: 0 }, { page: 1 }, { page: 2 }]);
      expect(pages.map(({ index }) => index)).toEqual([0, 1, 2]);
      expect(server.requests.length).toBe(3 + base);
    },
  );
});
