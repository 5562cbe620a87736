import { createServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { proxyFor, proxyPasswords } from '#src/rest/http/transport/proxy.js';
import { restSource, type RestConfig } from 'sluice';
import {
  CA,
  CLIENT_CERT,
  CLIENT_KEY,
  CLIENT_PASSPHRASE,
  SERVER_CERT,
  SERVER_KEY,
} from '../../../support/certificates.js';
import { serve } from '../../../support/local-server.js';
import { readSource } from '../../../support/read-pages.js';
import { failure, send } from '../../../support/send.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

interface Proxy {
  host: string;
  /** What was asked of it: addresses, and hosts to tunnel to. */
  requests: string[];
  credentials: (string | undefined)[];
}

/** A proxy as companies have them: passes requests on, and tunnels. */
async function serveProxy(): Promise<Proxy> {
  const requests: string[] = [];
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    const { host, port, path } = parts(request.url ?? '');
    request.pipe(
      httpRequest({ host, port, path, method: request.method }, (upstream) => {
        response.writeHead(upstream.statusCode ?? 500, upstream.headers);
        upstream.pipe(response);
      }),
    );
  });
  const tunnels = new Set<Socket>();
  server.on('connect', ({ url = '', headers }, socket, head) => {
    requests.push(url);
    credentials.push(headers['proxy-authorization']);
    const [host, port] = url.split(':');
    const tunnel = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      tunnel.write(head);
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnels.add(tunnel).add(socket as Socket);
    tunnel.on('error', () => socket.destroy());
    socket.on('error', () => tunnel.destroy());
  });
  const port = await listen(server);
  onTestFinished(() => tunnels.forEach((socket) => void socket.destroy()));
  return { host: `127.0.0.1:${port}`, requests, credentials };
}

function parts(url: string): { host: string; port: string; path: string } {
  const [, host = '', port = '', path = ''] = /^http:\/\/([^:]+):(\d+)(.*)$/.exec(url) ?? [];
  return { host, port, path };
}

/** An https server that names who asked by certificate. */
async function serveTls(asksForCertificate = false): Promise<string> {
  const server = createTlsServer(
    {
      cert: SERVER_CERT,
      key: SERVER_KEY,
      ca: CA,
      requestCert: asksForCertificate,
      rejectUnauthorized: asksForCertificate,
    },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify([{ who: subject?.CN ?? null }]));
    },
  );
  return `https://127.0.0.1:${await listen(server)}`;
}

describe('a proxy', () => {
  it.each<[string, 'node-fetch'?]>([
    ['HTTP_PROXY'],
    ['HTTP_PROXY', 'node-fetch'],
    ['http_proxy'],
    ['ALL_PROXY'],
  ])(
    'that %s names is used, and gets addresses as they are written: %s',
    async (variable, fetch) => {
      const proxy = await serveProxy();
      const server = await serve(() => ({ json: [] }));
      vi.stubEnv(variable, `http://me:proxy%2Fpass@${proxy.host}`);
      const url = `${server.url}/x?$filter='a%20b'&flag`;
      await send({ baseUrl: server.url, ...(fetch && { fetch }) }, { url }).response;
      expect(proxy.requests).toEqual([url]);
      expect(server.requests.map((one) => one.url)).toEqual(["/x?$filter='a%20b'&flag"]);
      expect(proxy.credentials).toEqual([
        `Basic ${Buffer.from('me:proxy/pass').toString('base64')}`,
      ]);
    },
  );

  it.each([{}, { fetch: 'node-fetch' as const }])(
    'that HTTPS_PROXY names gets a tunnel: %j',
    async (own) => {
      const proxy = await serveProxy();
      const url = await serveTls();
      vi.stubEnv('https_proxy', `http://${proxy.host}`);
      const { body } = await send({ baseUrl: url, tls: { ca: CA }, ...own }).response;
      expect(Buffer.from(body).toString()).toBe('[{"who":null}]');
      expect(proxy.requests).toEqual([new URL(url).host]);
    },
  );

  it('that the client names wins over the environment; false is none', async () => {
    const [proxy, unused] = [await serveProxy(), await serveProxy()];
    const server = await serve(() => ({ json: [] }));
    vi.stubEnv('HTTP_PROXY', `http://${unused.host}`);
    vi.stubEnv('NO_PROXY', '*');
    await send({ baseUrl: server.url, proxy: `http://${proxy.host}` }).response;
    vi.stubEnv('NO_PROXY', '');
    await send({ baseUrl: server.url, proxy: false }).response;
    expect([proxy.requests.length, unused.requests.length, server.requests.length]).toEqual([
      1, 0, 2,
    ]);
  });

  it('that does not listen is named in the error, without its password', async () => {
    const error = await failure(
      send({
        baseUrl: 'http://127.0.0.1:9/',
        proxy: 'http://me:proxy-pass@127.0.0.1:1',
        retry: { attempts: 1 },
      }),
    );
    expect(error.message).toContain('through the proxy http://127.0.0.1:1');
    expect(`${error.message} ${error.stack}`).not.toContain('proxy-pass');
  });

  it('that is set to an empty text is an error', async () => {
    const { message } = await failure(send({ baseUrl: 'http://127.0.0.1:9/', proxy: '' }));
    expect(message).toContain('Correct `client.proxy`, or set `client.proxy` to false');
  });

  it('that is not an http address is an error that names it', async () => {
    vi.stubEnv('HTTP_PROXY', 'socks5://me:proxy-pass@127.0.0.1:1');
    const { message } = await failure(send({ baseUrl: 'http://127.0.0.1:9/' }));
    expect(message).toContain('`socks5://***@127.0.0.1:1`, is not an http or https address');
  });

  it.each<[string, string, boolean]>([
    ['', 'http://h.example.com/', true],
    ['*', 'http://h.example.com/', false],
    ['h.example.com', 'http://h.example.com/', false],
    ['example.com', 'http://h.example.com/', false],
    ['.example.com', 'http://h.example.com/', false],
    ['*.example.com', 'http://h.example.com/', false],
    ['ample.com', 'http://h.example.com/', true],
    ['a, h.example.com:8080', 'http://h.example.com:8080/', false],
    ['h.example.com:8080', 'http://h.example.com/', true],
    ['127.0.0.1', 'http://127.0.0.1:99/', false],
    ['10.0.0.0/8', 'http://10.1.2.3/', false],
    ['10.0.0.0/8', 'http://11.1.2.3/', true],
    ['10.0.0.0/x', 'http://10.1.2.3/', true],
    ['[::1]', 'http://[::1]:80/', false],
    ['localhost', 'http://127.0.0.1/', true],
  ])('with NO_PROXY %j is used for %s: %s', async (list, url, through) => {
    vi.stubEnv('HTTP_PROXY', 'http://proxy:3128');
    vi.stubEnv('NO_PROXY', list);
    expect((await proxyFor(new URL(url), undefined)) !== null).toBe(through);
  });

  it('has its password redacted', () => {
    vi.stubEnv('HTTP_PROXY', 'me:a%2Fb@proxy:3128');
    expect(proxyPasswords(undefined)).toEqual(['a%2Fb', 'a/b']);
    expect(proxyPasswords('http://proxy')).toEqual([]);
    expect(proxyPasswords(false)).toEqual([]);
  });

  it('of the environment is left to an own fetch, with one notice', async () => {
    const server = await serve(() => ({ json: [] }));
    vi.stubEnv('HTTP_PROXY', 'http://proxy:3128');
    const { events } = await readSource(
      restSource({
        client: { baseUrl: server.url, fetch: (url, init) => fetch(url, init) },
        resources: ['a', 'b'],
      }),
    );
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([
      expect.objectContaining({ message: expect.stringContaining('`client.fetch`') as string }),
    ]);
  });

  it.each([{ proxy: 'http://proxy:3128' }, { tls: { ca: CA } }])(
    'or certificate beside an own fetch is an error',
    (setting) => {
      const config = { client: { baseUrl: 'http://h', fetch, ...setting }, resources: ['a'] };
      expect(() => restSource(config as unknown as RestConfig)).toThrow(
        `client.${Object.keys(setting)[0]} does nothing beside client.fetch`,
      );
    },
  );
});

describe('certificates', () => {
  it('of an authority of the user make its servers trusted', async () => {
    const url = await serveTls();
    const { message } = await failure(send({ baseUrl: url, retry: { attempts: 1 } }));
    expect(message).toContain('`client.tls.ca` or NODE_EXTRA_CA_CERTS');
    expect((await send({ baseUrl: url, tls: { ca: Buffer.from(CA) } }).response).status).toBe(200);
  });

  it('of another host are an error that names both, though the authority is trusted', async () => {
    const url = (await serveTls()).replace('127.0.0.1', '0.0.0.0');
    const { message } = await failure(send({ baseUrl: url, tls: { ca: CA } }));
    expect(message).toMatch(
      /\(3 attempts\): .*IP: 0\.0\.0\.0 is not in the cert's list: 127\.0\.0\.1/,
    );
    expect(message).toContain('The server’s certificate is not trusted: check the host');
  });

  it('of the client are sent to servers that request them', async () => {
    const url = await serveTls(true);
    const tls = { ca: [CA], cert: CLIENT_CERT, key: CLIENT_KEY, passphrase: CLIENT_PASSPHRASE };
    const { body } = await send({ baseUrl: url, tls }).response;
    expect(Buffer.from(body).toString()).toBe('[{"who":"client"}]');
  });

  it.each([
    [{ cert: CLIENT_CERT }, '`cert` and `key` together'],
    [{ ca: 'no/such/file.pem' }, 'client.tls.ca is not PEM, and no file that can be read (ENOENT)'],
    [{ cert: CLIENT_CERT, key: CLIENT_KEY, passphrase: 'wrong-one' }, 'client.tls cannot be used'],
    [{ cert: CLIENT_CERT, key: SERVER_KEY }, 'client.tls cannot be used'],
    [{ ca: Buffer.from('no pem') }, 'client.tls.ca is not PEM'],
    [{ key: 7 }, 'client.tls.key'],
  ])('that cannot be used are an error before anything is requested: %#', (tls, message) => {
    const config = { client: { baseUrl: 'https://h', tls }, resources: ['a'] };
    expect(() => restSource(config as unknown as RestConfig)).toThrow(message);
    expect(() => restSource(config as unknown as RestConfig)).not.toThrow(/wrong-one|BEGIN ENC/);
  });
});
