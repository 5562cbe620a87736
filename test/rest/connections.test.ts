import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { endpoint, httpClient, restSource } from 'sluice';
import { deferred } from '../support/deferred.js';
import { serveRaw } from '../support/raw-server.js';
import { readAll, readSource, runContext } from '../support/read-pages.js';
import { failure, sendWith, statuses } from '../support/send.js';

/** A server that never closes an idle connection, and what it has open. */
async function patientServer(
  respond: (url: string) => string | null | Promise<string | null>,
): Promise<{ url: string; open: () => number; opened: () => number }> {
  const server: Server = createServer((request, response) => {
    void Promise.resolve(respond(request.url ?? '')).then((body) => {
      if (body === null) response.statusCode = 400;
      response.setHeader('content-type', 'application/json').end(body ?? '{}');
    });
  });
  server.keepAliveTimeout = 0;
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, open: () => sockets.size, opened: () => opened };
}

const pages = (url: string): string =>
  url.includes('page=3') && !url.includes('endless') ? '[]' : `[{"id":"${url}"}]`;
const list = { path: 'a', paginator: { type: 'pageNumber' } } as const;

describe('connections', () => {
  it('close when the run of a source ends, and are opened anew by its next run', async () => {
    const { url, open, opened } = await patientServer(pages);
    const source = restSource({
      client: { baseUrl: url },
      resources: [{ name: 'a', endpoint: list }, 'b', 'c'],
    });
    const first = await readSource(source);
    expect(first.error).toBeNull();
    await vi.waitFor(() => expect(open()).toBe(0));
    const once = opened();
    expect(once).toBeLessThanOrEqual(4);
    await readSource(source.withResources(['a']));
    await vi.waitFor(() => expect(open()).toBe(0));
    expect(opened()).toBeGreaterThan(once);
  });

  it('close when a run fails, and when it is aborted', async () => {
    const { url, open } = await patientServer((path) => (path === '/bad' ? null : pages(path)));
    const source = restSource({ client: { baseUrl: url }, resources: ['bad', 'b'] });
    expect((await readSource(source)).error).toMatchObject({ code: 'ERR_SLUICE_HTTP' });
    await vi.waitFor(() => expect(open()).toBe(0));
    const context = runContext();
    const endless = restSource({
      client: { baseUrl: url },
      resources: [{ name: 'a', endpoint: { ...list, params: { endless: 1 } } }],
    });
    await firstValueFrom(endless.pages(context));
    context.stop.abort();
    await vi.waitFor(() => expect(open()).toBe(0));
  });

  it('stay while another run of the same source needs them', async () => {
    const { promise: released, resolve: release } = deferred();
    const held: string[] = [];
    const { url, open } = await patientServer(async (path) => {
      if (!path.startsWith('/held')) return pages(path);
      held.push(path);
      await released;
      return '[]';
    });
    const source = restSource({
      client: { baseUrl: url },
      resources: ['held', { name: 'a', endpoint: list }],
    });
    const long = readSource(source.withResources(['held']));
    await vi.waitFor(() => expect(held.length).toBe(1));
    expect((await readSource(source.withResources(['a']))).error).toBeNull();
    await new Promise(setImmediate);
    expect(open()).toBeGreaterThan(0);
    release();
    expect((await long).error).toBeNull();
    expect(held.length).toBe(1);
    await vi.waitFor(() => expect(open()).toBe(0));
  });

  it('of an endpoint composed by hand close when its stream ends', async () => {
    const { url, open } = await patientServer(pages);
    const config = { url: `${url}/a`, paginator: list.paginator };
    expect((await readAll(endpoint(config))).error).toBeNull();
    await vi.waitFor(() => expect(open()).toBe(0));
    await firstValueFrom(endpoint(config));
    await vi.waitFor(() => expect(open()).toBe(0));
  });

  it('that bring a response which nobody requested are closed, and the next request gets its own', async () => {
    const closed = deferred();
    const response = (id: string): string =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${id.length + 11}\r\n\r\n[{"id":"${id}"}]`;
    const sockets: Socket[] = [];
    const { url } = await serveRaw((socket, count) => {
      sockets.push(socket.on('close', () => closed.resolve()));
      socket.write(response(`own ${count}`));
    });
    const client = httpClient({ baseUrl: url });
    const release = client.keepOpen();
    const rows = async (): Promise<unknown> => {
      const { pages } = await readAll(endpoint({ url: 'a', paginator: 'single', client }));
      return pages.map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as unknown);
    };
    expect(await rows()).toEqual([[{ id: 'own 1' }]]);
    // The connection is idle when all that the response led to is done.
    await new Promise(setImmediate);
    sockets[0]?.write(response('stray'));
    await closed.promise;
    expect(await rows()).toEqual([[{ id: 'own 2' }]]);
    release();
  });

  it('that are lost while they are idle cost no attempt: the request goes out again on others', async () => {
    const idle = new Set<Socket>();
    const { promise: areThree, resolve: three } = deferred();
    let lost = 0;
    const { url } = await serveRaw((socket) => {
      const respond = (): void =>
        void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]');
      if (idle.has(socket)) {
        lost += 1;
        socket.resetAndDestroy();
      } else if (idle.size === 3) respond();
      else {
        idle.add(socket);
        void areThree.then(respond);
        if (idle.size === 3) three();
      }
    });
    const client = httpClient({ baseUrl: url, retry: { attempts: 1 } });
    onTestFinished(client.keepOpen());
    await Promise.all([1, 2, 3].map(async () => sendWith(client).response));
    const { response, events } = sendWith(client);
    expect((await response).status).toBe(200);
    expect([lost, statuses(events)]).toEqual([3, [null, null, null, 200]]);
  });

  it('that are lost with a POST end it, since it may have changed something', async () => {
    const { url } = await serveRaw((socket, count) => {
      if (count > 1) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]');
    });
    const client = httpClient({ baseUrl: url });
    onTestFinished(client.keepOpen());
    await sendWith(client, { method: 'POST' }).response;
    expect((await failure(sendWith(client, { method: 'POST' }))).message).toContain(
      'is not repeated',
    );
  });

  it('are shared by endpoints of one client that follow each other', async () => {
    const { url, open, opened } = await patientServer(pages);
    const client = httpClient({ baseUrl: url });
    for (let i = 0; i < 5; i += 1)
      await lastValueFrom(endpoint({ url: `a/${i}`, paginator: 'single', client }));
    expect(opened()).toBe(1);
    await vi.waitFor(() => expect(open()).toBe(0));
  });
});
