import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { JsonError, SelectError } from '#operators/errors.js';
import { ConfigError } from '#src/errors.js';
import { bearer } from '#src/rest/auth/bearer.js';
import { type HttpResponse, httpClient } from '#src/rest/http/http-client.js';
import type { FetchResponse } from '#src/rest/http/transport/own-fetch.js';
import type { SourceEvent } from '#src/run/source.js';
import { deferred } from '../../support/deferred.js';
import { serve } from '../../support/local-server.js';
import { serveRaw } from '../../support/raw-server.js';
import { failure, quickClient, send, sendWith, statuses } from '../../support/send.js';

const WHOLE = '{"data":[1,2,3]}';
const quick = { baseMs: 1 };

const textOf = ({ body }: HttpResponse): string => Buffer.from(body).toString();
/** Refuses a body that ends too early, as the kernel does. */
function check(body: Uint8Array): void {
  const text = Buffer.from(body).toString();
  if (!text.endsWith('}')) throw new JsonError(`it ends at ${text}`, body.length, true);
}

describe('httpClient', () => {
  it('sends headers and authorization, and returns the response’s bytes', async () => {
    const server = await serve(() => ({ json: { ok: true }, headers: { 'x-more': 'yes' } }));
    const { response, events } = send(
      {
        baseUrl: server.url,
        headers: { 'X-Tenant': '7', authorization: 'old' },
        auth: bearer('tok-12345'),
      },
      { url: `${server.url}/a?b=1`, headers: { Accept: 'text/csv' } },
    );
    expect(textOf(await response)).toBe('{"ok":true}');
    expect((await response).headers.get('x-more')).toBe('yes');
    expect(server.requests[0]?.url).toBe('/a?b=1');
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer tok-12345',
      'x-tenant': '7',
      accept: 'text/csv',
      'user-agent': 'sluice',
    });
    expect(events).toMatchObject([
      {
        kind: 'request',
        resource: 'orders',
        method: 'GET',
        url: `${server.url}/a?b=1`,
        attempt: 1,
        status: 200,
      },
    ]);
  });

  it.each<[string, string | Uint8Array]>([
    ['text', 'zoë'],
    ['bytes', Buffer.from('<zoë>').subarray(1, 5)],
  ])('sends a body of %s as it is, in every attempt', async (_what, body) => {
    const server = await serve((_asked, count) => (count === 1 ? { status: 429 } : { json: {} }));
    await send({ baseUrl: server.url }, { method: 'POST', body }).response;
    expect(await Promise.all(server.requests.map((request) => request.body))).toEqual([
      'zoë',
      'zoë',
    ]);
    expect(server.requests.map(({ headers }) => headers['content-length'])).toEqual(['4', '4']);
  });

  it('keeps one connection for requests one after another, errors and redirects included', async () => {
    let connections = 0;
    const { url, server } = await serveRaw((socket, count) => {
      const heads = [
        '200 OK',
        '404 Not Found',
        '302 Found\r\nlocation: /moved',
        '200 OK',
        '500 Oops',
      ];
      socket.write(`HTTP/1.1 ${heads[count - 1] ?? '200 OK'}\r\ncontent-length: 4\r\n\r\nbody`);
    });
    server.on('connection', () => (connections += 1));
    const client = httpClient({ baseUrl: url, retry: quick });
    for (let i = 0; i < 5; i += 1) {
      await client.send(
        { method: 'GET', url: new URL(url) },
        {
          resource: 'r',
          signal: new AbortController().signal,
          observe: () => undefined,
          accept: [404],
        },
      );
    }
    expect(connections).toBe(1);
  });

  it('lets the process end while connections are kept', async () => {
    const server = await serve(() => ({ json: {} }));
    const script = `const { httpClient } = await import('sluice'); const url = new URL('${server.url}');
      const client = httpClient({ baseUrl: url.href, rateLimit: '5/1h' });
      await client.send({ method: 'GET', url }, { resource: 'r', signal: new AbortController().signal, observe() {} }); console.log('done');`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      script,
    ]);
    expect(stdout.trim()).toBe('done');
  });

  it('works with Node’s own fetch', async () => {
    const packed = gzipSync(WHOLE);
    const { url } = await serveRaw((socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`,
      );
      socket.write(packed);
    });
    const { response } = send({ baseUrl: url, fetch: globalThis.fetch }, {}, { decode: check });
    expect(textOf(await response)).toBe(WHOLE);
  });

  it.each(['not an address', 'ftp://h/x', 'https://me:pa55word@h/v1', 'me:pa55word@h'])(
    'refuses the base %s without showing a password',
    (baseUrl) => {
      expect(() => httpClient({ baseUrl })).toThrow(ConfigError);
      expect(() => httpClient({ baseUrl })).not.toThrow('pa55word');
    },
  );

  it('sends nothing without the token that its settings lack', async () => {
    const server = await serve(() => ({ json: {} }));
    const sent = send({ baseUrl: server.url, auth: bearer() });
    expect(await failure(sent)).toBeInstanceOf(ConfigError);
    expect([server.requests.length, sent.events.length]).toEqual([0, 0]);
  });

  it('causes no warning of a leak, however many requests wait for one signal, and leaves no listener on it', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    const server = await serve(() => ({ json: {} }));
    const client = httpClient({ baseUrl: server.url });
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 30 }, () =>
        client.send(
          { method: 'GET', url: new URL(server.url) },
          { resource: 'r', signal, observe: () => undefined },
        ),
      ),
    );
    process.off('warning', listen);
    expect(warnings).toEqual([]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('retries', () => {
  it('repeats a request after a passing error, and emits each attempt and wait', async () => {
    const server = await serve((_asked, count) => (count < 3 ? { status: 503 } : { json: {} }));
    const { response, events } = send({ baseUrl: server.url });
    expect((await response).status).toBe(200);
    expect(statuses(events)).toEqual([503, 503, 200]);
    expect(events.filter(({ kind }) => kind === 'wait')).toMatchObject([
      { reason: 'trying again after status 503' },
      { reason: 'trying again after status 503' },
    ]);
  });

  it('gives up when the attempts are used up, and says how many', async () => {
    const server = await serve(() => ({ status: 500, text: 'broken' }));
    const error = await failure(send({ baseUrl: server.url, retry: { ...quick, attempts: 3 } }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_HTTP',
      status: 500,
      method: 'GET',
      body: 'broken',
      attempt: 3,
      message: expect.stringContaining('(3 attempts)') as string,
    });
    expect(server.requests.length).toBe(3);
  });

  it('does not repeat a POST after an error, unless it is allowed', async () => {
    const server = await serve((_asked, count) => (count < 3 ? { status: 503 } : { json: {} }));
    await failure(send({ baseUrl: server.url }, { method: 'POST', body: '{"a":1}' }));
    expect(server.requests.length).toBe(1);
    await send(
      { baseUrl: server.url, retry: { ...quick, unsafeMethods: true } },
      { method: 'POST', body: '{}' },
    ).response;
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });

  it('repeats nothing with `retry: false`, not even a GET after 429', async () => {
    const server = await serve(({ path }) => ({ status: Number(path.slice(1)) }));
    for (const status of [429, 503])
      await failure(
        send({ baseUrl: server.url }, { url: `${server.url}/${status}` }, { retry: false }),
      );
    await failure(
      send(
        { baseUrl: 'http://127.0.0.1:1', retry: { ...quick, unsafeMethods: true } },
        {},
        { retry: false },
      ),
    );
    expect(server.requests.map(({ path }) => path)).toEqual(['/429', '/503']);
  });

  it('repeats a POST with `retry: true`', async () => {
    const server = await serve((_asked, count) => (count < 3 ? { status: 503 } : { json: {} }));
    expect(
      (
        await send({ baseUrl: server.url }, { method: 'POST', body: '{}' }, { retry: true })
          .response
      ).status,
    ).toBe(200);
  });

  it('says why a POST was not repeated', async () => {
    const server = await serve(() => ({ status: 503 }));
    expect((await failure(send({ baseUrl: server.url }, { method: 'POST' }))).message).toContain(
      'A POST is not repeated by itself, since it may have changed something. If it only reads, set `repeatable: true` on the endpoint, or `retry.unsafeMethods` on the client.',
    );
    expect((await failure(send({ baseUrl: server.url, retry: { attempts: 1 } }))).message).toMatch(
      /The server has a fault\.$/,
    );
  });

  it.each<[string, (socket: Socket) => void]>([
    ['before any response', (socket) => socket.destroy()],
    ['in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    [
      'in a body of known length',
      (socket) =>
        socket.end(
          `HTTP/1.1 200 OK\r\ncontent-length: ${WHOLE.length}\r\n\r\n${WHOLE.slice(0, 9)}`,
        ),
    ],
    [
      'in a chunk',
      (socket) =>
        socket.end(
          `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${WHOLE.length.toString(16)}\r\n${WHOLE.slice(0, 9)}`,
        ),
    ],
    [
      'between chunks',
      (socket) =>
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"data":[\r\n'),
    ],
    [
      'in a body that ends with the connection',
      (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${WHOLE.slice(0, 9)}`),
    ],
    [
      'in a compressed body',
      (socket) =>
        socket.end(
          Buffer.concat([
            Buffer.from('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n'),
            gzipSync(WHOLE.repeat(50)).subarray(0, 30),
          ]),
        ),
    ],
    [
      'in what was compressed, the message being complete',
      (socket) => {
        const cut = gzipSync(WHOLE).subarray(0, 26);
        socket.write(
          Buffer.concat([
            Buffer.from(
              `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${cut.length}\r\n\r\n`,
            ),
            cut,
          ]),
        );
      },
    ],
  ])('repeats a request whose response is cut %s', async (_where, cut) => {
    const { url, count } = await serveRaw((socket, nth) =>
      nth === 1
        ? cut(socket)
        : socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${WHOLE.length}\r\n\r\n${WHOLE}`),
    );
    expect(textOf(await send({ baseUrl: url }, {}, { decode: check }).response)).toBe(WHOLE);
    expect(count()).toBe(2);
  });

  it('repeats a request whose body another fetch takes for complete though it was cut', async () => {
    let request = 0;
    const fetch = (): Promise<FetchResponse> => {
      request += 1;
      const body = Readable.from([Buffer.from(request === 1 ? WHOLE.slice(0, 9) : WHOLE)]);
      return Promise.resolve({
        status: 200,
        headers: new Headers({ 'content-length': String(WHOLE.length) }),
        body,
      });
    };
    const { response, events } = send({ baseUrl: 'https://api.example.com', fetch });
    expect(textOf(await response)).toBe(WHOLE);
    expect(events).toContainEqual(
      expect.objectContaining({
        reason: 'trying again after: the body was cut: 9 of 16 bytes came',
      }),
    );
  });

  it.each<[string, string]>([
    ['before the first byte', ''],
    ['in the head', 'HTTP/1.1 200 OK\r\n'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"'],
  ])('repeats a request when the server stalls %s', async (_where, begin) => {
    const { url, count } = await serveRaw((socket, nth) =>
      socket.write(nth === 1 ? begin : 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
    );
    const { response, events } = send({ baseUrl: url, stallMs: 200 });
    expect(textOf(await response)).toBe('{}');
    expect(count()).toBeGreaterThan(1);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'wait',
        reason: 'trying again after: no byte came for 0.2 s',
      }),
    );
  });

  it.each([
    ['GET', 3],
    ['POST', 2],
  ])(
    'treats a kept connection that is reset as the request goes out like a new one: %s',
    async (method, requests) => {
      const { url, count } = await serveRaw((socket, nth) =>
        nth === 2
          ? socket.resetAndDestroy()
          : socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
      );
      const client = quickClient({ baseUrl: url });
      await sendWith(client).response;
      const sent = sendWith(client, { method });
      if (method === 'GET') expect(textOf(await sent.response)).toBe('{}');
      else
        expect((await failure(sent)).message).toMatch(
          /ECONNRESET.*A POST is not repeated by itself.*`repeatable: true`/s,
        );
      expect(count()).toBe(requests);
    },
  );

  it('ends an attempt that takes too long though bytes keep coming', async () => {
    const { url, count } = await serveRaw((socket, nth) => {
      socket.write(
        nth > 1
          ? 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'
          : 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      if (nth > 1) return;
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 10);
      socket.on('close', () => clearInterval(drip));
    });
    const { response, events } = send({ baseUrl: url, timeoutMs: 200 });
    expect(textOf(await response)).toBe('{}');
    expect(count()).toBeGreaterThan(1);
    expect(events).toContainEqual(
      expect.objectContaining({ reason: 'trying again after: no complete response within 0.2 s' }),
    );
  });

  it('does not repeat a request whose body `decode` refuses', async () => {
    const server = await serve(() => ({ json: { items: [] } }));
    const error = await failure(
      send(
        { baseUrl: server.url },
        {},
        {
          decode: () => {
            throw new SelectError('no `data`, found `items`');
          },
        },
      ),
    );
    expect(error).toBeInstanceOf(SelectError);
    expect(server.requests.length).toBe(1);
  });

  it.each([
    ['announced', 'content-length: 500\r\n\r\n'],
    ['not announced', '\r\n'],
    ['compressed', 'content-encoding: gzip\r\n\r\n'],
  ])('does not repeat a request whose body is over the limit and %s', async (how, head) => {
    const body = 'x'.repeat(500);
    const { url, count } = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${head}`);
      // Where it is announced, not one byte of it need come.
      if (how !== 'announced') socket.end(how === 'compressed' ? gzipSync(body) : body);
    });
    const error = await failure(send({ baseUrl: url, maxBytes: 400 }));
    expect(error.message).toContain(
      'larger than 400 bytes; request smaller pages, or raise `maxBytes`',
    );
    expect(count()).toBe(1);
  });
});

describe('limits', () => {
  it('accepts a body as large as the limit', async () => {
    const server = await serve(() => ({ text: 'x'.repeat(500) }));
    expect((await send({ baseUrl: server.url, maxBytes: 500 }).response).body.length).toBe(500);
  });

  it('never lets the server count more than the limit in any window', async () => {
    const times: number[] = [];
    const server = await serve((_asked, count) => {
      times.push(Date.now());
      return count % 7 === 0 ? { status: 500 } : { json: {} };
    });
    const client = httpClient({
      baseUrl: server.url,
      rateLimit: { requests: 5, per: 150, concurrency: 3 },
      retry: quick,
    });
    await Promise.all(
      Array.from({ length: 20 }, () =>
        client.send(
          { method: 'GET', url: new URL(server.url) },
          { resource: 'r', signal: new AbortController().signal, observe: () => undefined },
        ),
      ),
    );
    expect(times.length).toBeGreaterThan(20);
    times.forEach((at, i) =>
      expect(times[i + 5] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(at + 150),
    );
  });

  it('sends no request before the end of a Retry-After', async () => {
    const times: number[] = [];
    let limitedAt = 0;
    const server = await serve((_asked, count) => {
      if (limitedAt > 0) times.push(Date.now());
      if (count !== 3) return { json: {} };
      limitedAt = Date.now();
      return { status: 429, headers: { 'retry-after': '0.3' } };
    });
    const client = httpClient({
      baseUrl: server.url,
      rateLimit: { requests: 1_000, per: '1s', concurrency: 1 },
    });
    const events: SourceEvent[] = [];
    await Promise.all(
      Array.from({ length: 8 }, () =>
        client.send(
          { method: 'GET', url: new URL(server.url) },
          {
            resource: 'r',
            signal: new AbortController().signal,
            observe: (event) => events.push(event),
          },
        ),
      ),
    );
    expect(times.length).toBe(6);
    for (const at of times) expect(at).toBeGreaterThanOrEqual(limitedAt + 300);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'wait', reason: "the API's rate limit is reached (429)" }),
    );
  });

  it('reads a Retry-After date by the server’s own clock', async () => {
    const server = await serve((_asked, count) =>
      count === 1
        ? {
            status: 503,
            headers: {
              date: 'Thu, 01 Jan 2032 00:00:00 GMT',
              'retry-after': 'Thu, 01 Jan 2032 00:00:01 GMT',
            },
          }
        : { json: {} },
    );
    const { response, events } = send({ baseUrl: server.url, retry: { maxRetryAfterMs: 5_000 } });
    expect((await response).status).toBe(200);
    expect(statuses(events)).toEqual([503, 200]);
  });

  it('waits before the quota that responses announce is used up', async () => {
    let left = 4;
    let resetAt = Number.POSITIVE_INFINITY;
    const server = await serve(() => {
      if (left === 4) resetAt = Date.now() + 1_000;
      if (left === 0 && Date.now() >= resetAt) {
        left = 4;
        resetAt = Date.now() + 1_000;
      }
      if (left === 0) return { status: 429 };
      left -= 1;
      return {
        json: {},
        headers: {
          'ratelimit-remaining': String(left),
          'ratelimit-reset': String(Math.max(0, resetAt - Date.now()) / 1000),
        },
      };
    });
    const client = httpClient({
      baseUrl: server.url,
      rateLimit: { requests: 1_000, per: '1s', concurrency: 4 },
    });
    const events: SourceEvent[] = [];
    await Promise.all(
      Array.from({ length: 7 }, () =>
        client.send(
          { method: 'GET', url: new URL(server.url) },
          {
            resource: 'r',
            signal: new AbortController().signal,
            observe: (event) => events.push(event),
          },
        ),
      ),
    );
    expect(statuses(events)).toEqual(Array.from({ length: 7 }, () => 200));
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'wait', reason: 'the quota is used up, as the API reports' }),
    );
  });

  it('goes on until a 429 where the quota resets later than `maxRetryAfterMs`', async () => {
    const server = await serve(() => ({
      json: {},
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '3600' },
    }));
    const client = httpClient({ baseUrl: server.url });
    for (let i = 0; i < 2; i += 1)
      await client.send(
        { method: 'GET', url: new URL(server.url) },
        { resource: 'r', signal: new AbortController().signal, observe: () => undefined },
      );
    expect(server.requests.length).toBe(2);
  });

  it('names the wait that the API demands where that is longer than `maxRetryAfterMs`', async () => {
    const server = await serve(() => ({
      status: 429,
      headers: { 'retry-after': '3600', 'ratelimit-remaining': '0', 'ratelimit-reset': '3600' },
    }));
    const error = await failure(send({ baseUrl: server.url }));
    expect(error.message).toContain(
      'demands a wait of 3600 s (Retry-After), longer than `retry.maxRetryAfterMs` allows',
    );
    expect(server.requests.length).toBe(1);
  });
});

describe('abort', () => {
  it.each<[string, string | null]>([
    ['while no byte has come', null],
    ['in the head', 'HTTP/1.1 200 OK\r\n'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"'],
  ])('%s ends the connection and rejects with the signal’s reason', async (_when, begin) => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const closed = deferred();
    const { url } = await serveRaw((socket) => {
      socket.on('close', closed.resolve);
      if (begin === null) abort.abort(reason);
      else socket.write(begin, () => abort.abort(reason));
    });
    const { response, events } = send({ baseUrl: url }, {}, { signal: abort.signal });
    await expect(response).rejects.toBe(reason);
    await closed.promise;
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'wait')).toEqual([]);
  });

  it('during a wait before the next attempt ends the wait', async () => {
    const abort = new AbortController();
    const server = await serve(() => ({ status: 503, headers: { 'retry-after': '500' } }));
    const observe = ({ kind }: SourceEvent): void =>
      void (kind === 'wait' && abort.abort(new Error('enough')));
    await expect(
      send({ baseUrl: server.url }, {}, { signal: abort.signal, observe }).response,
    ).rejects.toThrow('enough');
    expect(server.requests.length).toBe(1);
  });
});
