import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClientConfig } from '#src/rest/http/http-client.js';
import { deferred } from '../../../support/deferred.js';
import { serve } from '../../../support/local-server.js';
import { serveRaw } from '../../../support/raw-server.js';
import { failure, quickClient, send, sendWith, statuses } from '../../../support/send.js';

const decode = (body: Uint8Array): string => Buffer.from(body).toString();

/** What a server sees of a request, without what names its connection. */
async function seen(
  config: Pick<ClientConfig, 'fetch'>,
  spec: { method: string; body?: string | Uint8Array; headers?: Record<string, string> },
  path: string,
): Promise<unknown> {
  const server = await serve(() => ({ json: [] }));
  const client = quickClient({ baseUrl: server.url, ...config });
  await sendWith(client, { ...spec, url: `${server.url}${path}` }, { retry: true }).response;
  const [request] = server.requests;
  const { host: _, ...headers } = request?.headers ?? {};
  return { method: request?.method, url: request?.url, headers, body: await request?.body };
}

describe('requests over the connections of the client', () => {
  it.each<[string, Parameters<typeof seen>[1], string]>([
    ['a GET', { method: 'GET' }, '/orders?a=1'],
    ['an address that `URL` spells otherwise', { method: 'GET' }, "/odata?$filter=a eq 'b'"],
    ['a GET with a body', { method: 'GET', body: '{"a":"ü"}' }, '/search'],
    ['a HEAD', { method: 'HEAD' }, '/orders'],
    ['a POST of text', { method: 'POST', body: 'a=ü' }, '/orders'],
    ['a POST of bytes', { method: 'POST', body: new Uint8Array([65, 66]) }, '/orders'],
    [
      'a POST of JSON',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
      '/orders',
    ],
    ['a POST without a body', { method: 'POST' }, '/orders'],
  ])('sends what node-fetch sends: %s', async (_what, spec, path) => {
    expect(await seen({}, spec, path)).toEqual(await seen({ fetch: 'node-fetch' }, spec, path));
  });

  it('takes nothing for a response that came before its request', async () => {
    const { promise: isClosed, resolve: closed } = deferred();
    const respond = (socket: Socket, body: string): void =>
      void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    const server = await serveRaw((socket, count) => {
      respond(socket, `[${count}]`);
      if (count > 1) return;
      socket.once('close', closed);
      // When the first response has been read, and its connection waits for the next request.
      void first.then(() => respond(socket, '[666]'));
    });
    const client = quickClient({ baseUrl: server.url });
    onTestFinished(client.keepOpen());
    const first = sendWith(client).response;
    expect(decode((await first).body)).toBe('[1]');
    await isClosed;
    expect(decode((await sendWith(client).response).body)).toBe('[2]');
  });

  it('keeps connections open between requests', async () => {
    const ports = new Set<number | undefined>();
    const server = await serveRaw((socket) => {
      ports.add(socket.remotePort);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]');
    });
    const client = quickClient({ baseUrl: server.url });
    const close = client.keepOpen();
    for (let i = 0; i < 3; i += 1) await sendWith(client).response;
    close();
    expect(ports.size).toBe(1);
  });

  it('decompresses bodies, and knows header fields in any spelling and of one name', async () => {
    const body = gzipSync('[{"id":1}]');
    const server = await serveRaw((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nLink: <a>\r\nLINK: <b>\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      socket.write(body);
    });
    const { response } = send({ baseUrl: server.url }, {}, { decode });
    const { decoded, headers } = await response;
    expect([decoded, headers.get('link'), headers.get('Link'), headers.get('x-none')]).toEqual([
      '[{"id":1}]',
      '<a>, <b>',
      '<a>, <b>',
      null,
    ]);
  });

  it.each([
    ['of known length', 'content-length: 9\r\n\r\n[1,'],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n'],
    [
      'in chunks, at the end of one that is whole JSON',
      'transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n',
    ],
  ])('requests a body again that is cut: %s', async (_how, rest) => {
    const server = await serveRaw((socket, count) => {
      if (count > 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[2]');
      else socket.end(`HTTP/1.1 200 OK\r\n${rest}`);
    });
    const { response, events } = send({ baseUrl: server.url }, {}, { decode });
    expect((await response).decoded).toBe('[2]');
    expect(statuses(events)).toEqual([null, 200]);
  });

  it('ends a request whose connection switches protocols', async () => {
    const server = await serveRaw((socket) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
      );
    });
    const sent = send({ baseUrl: server.url, retry: { attempts: 1 } });
    expect((await failure(sent)).message).toContain('closed before a response came');
  });

  it('ends a request that is aborted, for the reason of the signal', async () => {
    const stop = new AbortController();
    const server = await serve(async ({ closed }) => {
      stop.abort(new Error('enough'));
      await closed;
      return {};
    });
    const sent = send({ baseUrl: server.url }, {}, { signal: stop.signal });
    expect((await failure(sent)).message).toBe('enough');
    await server.requests[0]?.closed;
  });

  it('names the cause where nothing listens', async () => {
    const sent = send({ baseUrl: 'http://127.0.0.1:9', retry: { attempts: 1 } });
    expect((await failure(sent)).message).toContain('Nothing listens there');
  });
});
