import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { JsonError } from '#operators/errors.js';
import { HttpError } from '#src/errors.js';
import type { AuthRequest } from '#src/rest/auth/auth.js';
import { basic } from '#src/rest/auth/basic.js';
import type { RetryConfig } from '#src/rest/http/sending/retry.js';
import { type RestConfig, restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { serveRaw } from '../../support/raw-server.js';
import { readSource } from '../../support/read-pages.js';
import { failure, quickClient, send, sendWith } from '../../support/send.js';

describe('errors of a client', () => {
  it.each([
    [400, 'check parameters'],
    [401, 'check the key or token'],
    [403, 'not allowed'],
    [404, 'check the base URL'],
    [422, 'refused the request'],
    [429, 'lower `rateLimit`'],
    [502, 'The server has a fault'],
  ])(
    'for %i name what to check, the response’s text and the request’s id',
    async (status, advice) => {
      const server = await serve(() => ({
        status,
        json: { message: 'because' },
        headers: { 'x-request-id': 'req-7' },
      }));
      const error = await failure(
        send(
          { baseUrl: server.url, auth: basic('a', 'b'), retry: { attempts: 2 } },
          { url: `${server.url}/orders?page=2` },
        ),
      );
      expect(error).toBeInstanceOf(HttpError);
      for (const part of [
        `GET ${server.url}/orders?page=2 returned status ${status}`,
        advice,
        'The response says: {"message":"because"}',
        'Request-Id: req-7.',
      ])
        expect(error.message).toContain(part);
    },
  );

  it('say of a 401 that the config has no credentials, where it has none', async () => {
    const server = await serve(() => ({ status: 401 }));
    const of = async (config: object): Promise<string> =>
      (await failure(send({ baseUrl: server.url, ...config }))).message;
    expect(await of({})).toContain('the config has none: set `auth` on the client');
    for (const config of [
      { auth: basic('a', 'b') },
      { headers: { authorization: 'Bearer abc-123' } },
      { advice: { 401: 'Check the key or token.' } },
    ])
      expect(await of(config)).not.toContain('has none');
  });

  it('say of a 404 of a parent’s rows how it is skipped', async () => {
    const server = await serve(({ path }) =>
      path === '/orders' ? { json: [{ id: 1 }] } : { status: 404 },
    );
    const errorOf = async (resources: RestConfig['resources']): Promise<string> =>
      String((await readSource(restSource({ client: { baseUrl: server.url }, resources }))).error);
    const endpoint = { path: 'orders/{resources.orders.id}/refunds' };
    expect(await errorOf(['orders', { name: 'refunds', endpoint }])).toContain(
      'let the response be skipped: `skipStatus: [404]`',
    );
    expect(await errorOf(['refunds'])).not.toContain('skipStatus');
  });

  it('say of https at a port without TLS what to change, and give up after three attempts', async () => {
    const server = await serve(() => ({ json: [] }));
    const error = await failure(send({ baseUrl: server.url.replace('http:', 'https:') }));
    expect(error.message).toMatch(
      /\(3 attempts\): write EPROTO wrong version number\. The server does not speak TLS there: check the port, or begin the base URL with http:\/\/\.$/,
    );
  });

  it('give the service’s own advice where there is some', async () => {
    const server = await serve(({ path }) => ({ status: Number(path.slice(1)), text: 'because' }));
    const advice = {
      403: 'Ask for the analytics plan.',
      500: 'Call support.',
      503: 'Look at the status page.',
    };
    const said = async (status: number): Promise<string> =>
      (
        await failure(
          send(
            { baseUrl: server.url, advice, retry: { attempts: 1 } },
            { url: `${server.url}/${status}` },
          ),
        )
      ).message.replace(/^.*?status /, '');
    expect(await Promise.all([403, 500, 502, 503, 404].map(said))).toEqual([
      '403. Ask for the analytics plan. The response says: because',
      '500. Call support. The response says: because',
      '502. Call support. The response says: because',
      '503. Look at the status page. The response says: because',
      '404. There is nothing at this address: check the base URL (region, version) and the path. The response says: because',
    ]);
  });

  it('name a redirect without an address', async () => {
    const server = await serve(() => ({ status: 302 }));
    expect((await failure(send({ baseUrl: server.url }))).message).toContain(
      'returned status 302. It is a redirect without an address: check the base URL',
    );
  });

  it.each([
    [200, 'text/html'],
    [404, 'text/html; charset=utf-8'],
    [200, 'application/json'],
  ])('name a web page with status %i and type %s as one, with its host', async (status, type) => {
    const server = await serve(() => ({
      status,
      text: '\n<!DOCTYPE html><html><body>Welcome</body></html>',
      headers: { 'content-type': type },
    }));
    const error = await failure(
      send(
        { baseUrl: server.url },
        {},
        {
          decode: () => {
            throw new JsonError('no JSON', 1, false);
          },
        },
      ),
    );
    expect(error).toBeInstanceOf(HttpError);
    expect(error.message).toContain(
      `is a web page, not the API's: is ${new URL(server.url).host} the right host (and region)`,
    );
    expect(error.message).not.toContain('Welcome');
    expect(server.requests.length).toBe(1);
  });

  it('name a host where nothing listens', async () => {
    const error = await failure(send({ baseUrl: 'http://127.0.0.1:1', retry: { attempts: 2 } }));
    expect(error.message).toMatch(
      /^GET http:\/\/127\.0\.0\.1:1\/ failed \(2 attempts\): connect ECONNREFUSED 127\.0\.0\.1:1\. Nothing listens there/,
    );
  });

  it('name a host that is not known, and give up after three attempts', async () => {
    // No resolver is asked for a label of more than 63 characters (RFC 1035 §2.3.4).
    const host = `${'a'.repeat(64)}.localhost`;
    const error = await failure(send({ baseUrl: `http://${host}/` }));
    expect(error.message).toBe(
      `GET http://${host}/ failed (3 attempts): getaddrinfo ENOTFOUND ${host}. The host is not known: check the spelling of the base URL, the network, and the proxy where there is one.`,
    );
  });

  it('show no secret, whatever the server sends back', async () => {
    const secrets = ['tok/12345+secret', 'key-in-query-98765', 'header-key-13579'];
    const [token = '', key = '', own = ''] = secrets;
    const auth = {
      apply: (request: AuthRequest): void => {
        void basic(token).apply(request);
        request.url.searchParams.set('k', key);
      },
      secrets: [...basic(token).secrets, key],
    };
    const echo = await serve(({ url, headers, path }) => {
      const text = JSON.stringify({
        said: `${url} ${headers.authorization} ${String(headers['x-api-key'])} ${token}`,
        encoded: encodeURIComponent(token),
        escaped: JSON.stringify(token).replaceAll('/', '\\/'),
      });
      const status = Number(path.slice(1));
      return {
        status,
        text,
        headers: {
          'x-request-id': `${token}-1`,
          ...(status === 302 && { location: `ftp://x/${key}` }),
        },
      };
    });
    const raw = await serveRaw((socket) => socket.destroy());
    const config = { auth, headers: { 'X-API-Key': own }, retry: { attempts: 2 } };
    const wrong = (): void => {
      throw new JsonError(`found ${token} and ${own}`, 0, false);
    };
    const short = (): void => {
      throw new JsonError(`found ${token} and ${own}`, 0, true);
    };
    const sent = [
      ...[302, 400, 401, 403, 404, 429, 500].map((status) =>
        send({ ...config, baseUrl: echo.url }, { url: `${echo.url}/${status}?api_key=${own}` }),
      ),
      ...[wrong, short].map((refuse) =>
        send({ ...config, baseUrl: echo.url }, { url: `${echo.url}/200` }, { decode: refuse }),
      ),
      ...['http://127.0.0.1:1', raw.url].map((baseUrl) =>
        send({ ...config, baseUrl }, { url: `${baseUrl}/x?access_token=${own}` }),
      ),
      send({ ...config, baseUrl: echo.url, maxBytes: 10 }, { url: `${echo.url}/200` }),
    ];
    const encoded = Buffer.from(`${token}:`).toString('base64');
    const errors = await Promise.all(sent.map(failure));
    for (const [i, error] of errors.entries()) {
      const shown = [
        error.message,
        error.stack,
        String(error.cause),
        JSON.stringify(error),
        error.url,
        error.body,
        JSON.stringify(sent[i]?.events),
      ].join('\n');
      for (const secret of [
        ...secrets,
        encoded,
        encodeURIComponent(token),
        token.replaceAll('/', '\\/'),
      ])
        expect(shown).not.toContain(secret);
    }
    expect(errors.length).toBe(12);
  });

  it('show no secret that a request carries by itself', async () => {
    const echo = await serve(({ url, headers }) => ({
      status: 400,
      json: { said: `${url} ${String(headers['x-api-key'])}` },
    }));
    const sent = [
      send({ baseUrl: echo.url }, { url: `${echo.url}/a?api_key=s3cret-value` }),
      send({ baseUrl: echo.url }, { headers: { 'X-Api-Key': 's3cret-value' } }),
      send({ baseUrl: `${echo.url}/?token=s3cret-value` }),
    ];
    for (const error of await Promise.all(sent.map(failure)))
      expect(`${error.message} ${error.body} ${error.url}`).not.toContain('s3cret-value');
  });
});

describe('a host where nothing listens', () => {
  /** Attempts that a request makes when its server is gone. `responses`: requests before that. */
  async function attemptsAt(responses: number, retry: RetryConfig = {}): Promise<HttpError> {
    const server = createServer((_, response) =>
      response.writeHead(200, { connection: 'close' }).end('[]'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = quickClient({ baseUrl: `http://127.0.0.1:${port}/orders`, retry });
    for (let i = 0; i < responses; i += 1) await sendWith(client).response;
    await new Promise((resolve) => server.close(resolve));
    return failure(sendWith(client));
  }

  it('is given up after three attempts where it was never reached, and named', async () => {
    const error = await attemptsAt(0);
    expect(error.attempt).toBe(3);
    expect(error.message).toMatch(
      /ECONNREFUSED 127\.0\.0\.1:\d+.*check host and port of the base URL/s,
    );
  });

  it('gets as many attempts as are set', async () => {
    expect((await attemptsAt(0, { attempts: 5 })).attempt).toBe(5);
  });

  it('keeps its six attempts where it has responded before', async () => {
    expect((await attemptsAt(1)).attempt).toBe(6);
  });
});
