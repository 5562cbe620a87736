import { describe, expect, it } from 'vitest';
import { bearer } from '#src/rest/auth/bearer.js';
import type { ClientConfig } from '#src/rest/http/http-client.js';
import { serve } from '../../../support/local-server.js';
import { failure, send } from '../../../support/send.js';

describe('redirects of a client', () => {
  const secret = 'tok-1234567890';
  const config = (baseUrl: string): ClientConfig => ({
    baseUrl,
    auth: bearer(secret),
    headers: { 'x-api-key': 'key-1234567890', cookie: 'session=abcdef' },
  });

  it('within the host carry the authorization', async () => {
    const server = await serve(({ path }) =>
      path === '/a' ? { status: 301, headers: { location: '/b?c=1' } } : { json: {} },
    );
    const response = await send(config(server.url), { url: `${server.url}/a` }).response;
    expect(response.url.href).toBe(`${server.url}/b?c=1`);
    expect(server.requests[1]?.headers).toMatchObject({
      authorization: `Bearer ${secret}`,
      'x-api-key': 'key-1234567890',
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'to another host (%i) carry no credentials of any kind',
    async (status) => {
      const other = await serve(() => ({ json: {} }));
      const server = await serve(() => ({ status, headers: { location: `${other.url}/x` } }));
      await send(config(server.url)).response;
      expect(Object.keys(other.requests[0]?.headers ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(authorization|x-api-key|cookie)$/)]),
      );
      expect(JSON.stringify(other.requests[0]?.headers)).not.toContain(secret);
    },
  );

  it.each([307, 308])(
    'to another host (%i) carry no body: it is an error that is not repeated',
    async (status) => {
      const other = await serve(() => ({ json: {} }));
      const server = await serve(() => ({ status, headers: { location: `${other.url}/x` } }));
      const post = { method: 'POST', body: '{"api_key":"body-key-1"}' };
      expect((await failure(send(config(server.url), post))).message).toContain(
        `leads to ${other.url}, which is not sent the request's body, since that may hold secrets. Name the host in authHosts`,
      );
      expect([server.requests.length, other.requests.length]).toEqual([1, 0]);
      await send({ ...config(server.url), authHosts: [new URL(other.url).host] }, post).response;
      expect(await other.requests[0]?.body).toBe(post.body);
    },
  );

  it('to another host (303) have none', async () => {
    const other = await serve(() => ({ json: {} }));
    const server = await serve(() => ({ status: 303, headers: { location: `${other.url}/x` } }));
    await send(config(server.url), { method: 'POST', body: '{}' }).response;
    expect([other.requests[0]?.method, await other.requests[0]?.body]).toEqual(['GET', '']);
  });

  it('to a host allowed by name carry them', async () => {
    const other = await serve(() => ({ json: {} }));
    const server = await serve(() => ({ status: 302, headers: { location: `${other.url}/x` } }));
    await send({ ...config(server.url), authHosts: [new URL(other.url).host] }).response;
    expect(other.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);
  });

  it('and links to another host name it where it returns 401', async () => {
    const other = await serve(() => ({ status: 401 }));
    const server = await serve(() => ({ json: {} }));
    const error = await failure(send(config(server.url), { url: other.url }));
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(error.message).toContain(
      `${new URL(other.url).host} is not the API's own host; name it in \`authHosts\``,
    );
  });

  it.each([
    [303, 'GET'],
    [302, 'GET'],
    [301, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ])('of a POST with %i go on as %s', async (status, method) => {
    const server = await serve(({ path }) =>
      path === '/a' ? { status, headers: { location: '/b' } } : { json: {} },
    );
    await send({ baseUrl: server.url }, { url: `${server.url}/a`, method: 'POST', body: '{"a":1}' })
      .response;
    expect(server.requests[1]).toMatchObject({ method, path: '/b' });
    expect(server.requests[1]?.headers['content-length']).toBe(method === 'POST' ? '7' : undefined);
  });

  it.each([
    ['in a circle', '/again', 'redirected more than 10 times', 11],
    ['to no address', 'http://', 'neither http nor https', 1],
    ['to a file', 'file:///etc/passwd', 'neither http nor https', 1],
    ['to data', 'data:application/json,[]', 'neither http nor https', 1],
  ])('%s are an error that is not repeated', async (_what, location, message, count) => {
    const server = await serve(() => ({ status: 302, headers: { location } }));
    expect((await failure(send({ baseUrl: server.url }))).message).toContain(message);
    expect(server.requests.length).toBe(count);
  });
});
