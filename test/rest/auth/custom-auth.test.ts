import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#src/errors.js';
import { apiKey } from '#src/rest/auth/api-key.js';
import { type AuthFunction, customAuth } from '#src/rest/auth/custom-auth.js';
import { header } from '#src/rest/auth/header.js';
import { type ReceivedRequest, serve } from '../../support/local-server.js';
import { failure, quickClient, sendWith } from '../../support/send.js';

const KEY = 'key-1234567890';
const signed = (method: string, path: string, body: string): string =>
  createHmac('sha256', KEY).update(`${method} ${path} ${body}`).digest('hex');

describe('customAuth', () => {
  it('signs each attempt over method, address and body, and may change all but the method', async () => {
    let times = 0;
    const auth = customAuth(async (request) => {
      await Promise.resolve();
      request.url.searchParams.set('nonce', String((times += 1)));
      request.body = `${String(request.body)}+`;
      request.headers['X-Signature'] = signed(
        request.method,
        `${request.url.pathname}${request.url.search}`,
        request.body,
      );
    });
    const server = await serve((_asked, count) => (count === 1 ? { status: 429 } : { json: {} }));
    await sendWith(quickClient({ baseUrl: server.url, auth }), {
      url: `${server.url}/a?b=1`,
      method: 'POST',
      body: 'x',
      headers: { 'x-signature': 'old' },
    }).response;
    expect(server.requests.map(({ url }) => url)).toEqual(['/a?b=1&nonce=1', '/a?b=1&nonce=2']);
    for (const { method, url, body, headers } of server.requests) {
      expect(await body).toBe('x+');
      expect(headers['x-signature']).toBe(signed(method, url, await body));
    }
  });

  it('that throws ends the run before anything is requested, its secrets hidden', async () => {
    const secrets: string[] = [];
    const auth = customAuth(
      () => {
        secrets.push('learned-12345');
        throw new Error('cannot sign with learned-12345');
      },
      { secrets },
    );
    const server = await serve(() => ({ json: {} }));
    const sent = sendWith(quickClient({ baseUrl: server.url, auth }));
    const error = await failure(sent);
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION' });
    expect(error.message).toBe('`customAuth` threw: cannot sign with ***');
    expect(String((error.cause as Error).stack)).not.toContain('learned-12345');
    expect([server.requests.length, sent.events.length]).toEqual([0, 0]);
  });

  it('that never ends is ended by the caller’s signal', async () => {
    const abort = new AbortController();
    const auth = customAuth(() => {
      abort.abort(new Error('enough'));
      return new Promise(() => undefined);
    });
    await expect(
      sendWith(quickClient({ baseUrl: 'http://127.0.0.1:1', auth }), {}, { signal: abort.signal })
        .response,
    ).rejects.toThrow('enough');
  });
});

describe('an authorization', () => {
  const everything = customAuth(
    async (request) => {
      for (const auth of [
        header('Authorization', KEY),
        apiKey({ key: KEY, name: 'k', location: 'query' }),
        apiKey({ key: KEY, name: 'sid', location: 'cookie' }),
      ])
        await auth.apply(request);
      request.headers['x-signature'] = signed(request.method, request.url.pathname, '');
    },
    { secrets: [KEY] },
  );
  const shows = ({ url, headers }: ReceivedRequest): boolean =>
    `${url} ${JSON.stringify(headers)}`.includes(KEY) || headers['x-signature'] !== undefined;

  it('of any kind follows a redirect within the host', async () => {
    const server = await serve(({ path }) =>
      path === '/a' ? { status: 307, headers: { location: '/b' } } : { json: {} },
    );
    await sendWith(quickClient({ baseUrl: server.url, auth: everything }), {
      url: `${server.url}/a`,
    }).response;
    expect(server.requests[1]).toMatchObject({
      url: `/b?k=${KEY}`,
      headers: { authorization: KEY, cookie: `sid=${KEY}`, 'x-signature': signed('GET', '/b', '') },
    });
  });

  it('of any kind is not sent to another host by a redirect, even one that repeats the query', async () => {
    const other = await serve(() => ({ json: {} }));
    const server = await serve(({ url }) => ({
      status: 302,
      headers: { location: `${other.url}${url}&k=other&page=2` },
    }));
    await sendWith(quickClient({ baseUrl: server.url, auth: everything }), {
      url: `${server.url}/a?x=1`,
    }).response;
    expect(server.requests.map(shows)).toEqual([true]);
    expect(other.requests.map(shows)).toEqual([false]);
    expect(other.requests[0]?.url).toBe('/a?x=1&k=other&page=2');
  });

  it('of one request replaces the client’s; null is none', async () => {
    const server = await serve(() => ({ json: {} }));
    const client = quickClient({
      baseUrl: server.url,
      auth: header('Authorization', 'client-12345'),
    });
    const own = header('Authorization', 'own-12345');
    for (const options of [{}, { auth: own }, { auth: null }])
      await sendWith(client, {}, options).response;
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'client-12345',
      'own-12345',
      undefined,
    ]);
    expect(client.redact('client-12345 own-12345')).toBe('*** ***');
  });
});

describe('a request that a function has spoilt', () => {
  it.each<[string, (request: never) => void, string]>([
    ['an address', (request: { url: unknown }) => void (request.url = '/b'), 'set `url` to text'],
    [
      'a header',
      ({ headers }: { headers: Record<string, unknown> }) => void (headers['x-key'] = undefined),
      'set the header `x-key` to nothing: it must be text',
    ],
    [
      'all headers',
      (request: { headers: unknown }) => void (request.headers = null),
      'set `headers` to null',
    ],
    ['a body', (request: { body: unknown }) => void (request.body = { a: 1 }), 'set `body` to an'],
  ])('is not sent, and the function is named: %s', async (_, spoil, message) => {
    const server = await serve(() => ({ json: {} }));
    const client = quickClient({ baseUrl: server.url, auth: customAuth(spoil as AuthFunction) });
    await expect(sendWith(client).response).rejects.toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      message: expect.stringContaining(`\`customAuth\` ${message}`) as string,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a cookie', () => {
  it('joins those that the request has', async () => {
    const server = await serve(() => ({ json: {} }));
    await sendWith(
      quickClient({
        baseUrl: server.url,
        headers: { Cookie: 'a=1; sid=old' },
        auth: apiKey({ key: 'new', name: 'sid', location: 'cookie' }),
      }),
    ).response;
    expect(server.requests[0]?.headers.cookie).toBe('a=1; sid=new');
  });

  it.each([
    ['sid', 'a;b'],
    ['sid', 'a b'],
    ['sid', 'a\r\n'],
    ['si d', 'abc'],
  ])('named %j cannot be %j', (name, key) => {
    expect(() => apiKey({ key, name, location: 'cookie' })).toThrow(ConfigError);
  });
});
