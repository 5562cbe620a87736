import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '#src/errors.js';
import type { SessionTokenConfig } from '#src/rest/auth/auth-config.js';
import { sessionToken } from '#src/rest/auth/session-token.js';
import { type ReceivedRequest, type LocalServer, serve } from '../../support/local-server.js';
import { failure, quickClient, sendWith } from '../../support/send.js';

/** An API under /v1 whose /v1/login gives out session-1, session-2, … in its response. */
function api(
  respond: (token: string) => unknown,
  accepts: (request: ReceivedRequest) => boolean = () => true,
): Promise<LocalServer> {
  let logins = 0;
  return serve((request) => {
    if (request.path === '/v1/login') return { json: respond(`session-${(logins += 1)}`) };
    return accepts(request) ? { json: {} } : { status: 401 };
  });
}

const paths = ({ requests }: LocalServer): string[] => requests.map(({ path }) => path);

describe('a session token', () => {
  afterEach(() => vi.useRealTimers());

  it('is fetched by a login, and sent with each request', async () => {
    const server = await api((token) => ({ data: { token } }));
    const client = quickClient({
      baseUrl: `${server.url}/v1`,
      auth: sessionToken({
        login: { path: '/login', json: { username: 'me', password: 'pass-12345' } },
        tokenPath: 'data.token',
      }),
    });
    for (let i = 0; i < 2; i += 1) await sendWith(client).response;
    expect(paths(server)).toEqual(['/v1/login', '/v1', '/v1']);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(await server.requests[0]?.body).toBe('{"username":"me","password":"pass-12345"}');
    expect(server.requests[2]?.headers.authorization).toBe('Bearer session-1');
  });

  it('may come from a form, by another method, at another host, and go into a header of its own', async () => {
    const login = await serve(() => ({ json: { id: 42 } }));
    const server = await api(() => ({}));
    const auth = sessionToken({
      login: {
        url: `${login.url}/in`,
        method: 'PUT',
        data: { pin: '1234567' },
        headers: { 'x-app': 'a-1' },
      },
      tokenPath: 'id',
      header: 'X-Session',
      template: 'id={token}',
    });
    await sendWith(quickClient({ baseUrl: server.url, auth })).response;
    expect(login.requests[0]).toMatchObject({
      method: 'PUT',
      path: '/in',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-app': 'a-1' },
    });
    expect(await login.requests[0]?.body).toBe('pin=1234567');
    expect(server.requests[0]?.headers['x-session']).toBe('id=42');
  });

  it('that is refused is fetched again, once for many', async () => {
    const server = await api(
      (token) => ({ token }),
      ({ headers }) => headers.authorization !== 'Bearer session-1',
    );
    const client = quickClient({
      baseUrl: `${server.url}/v1`,
      auth: sessionToken({ login: { path: 'login' }, tokenPath: 'token' }),
    });
    await Promise.all(Array.from({ length: 4 }, () => sendWith(client).response));
    expect(paths(server).filter((path) => path === '/v1/login').length).toBe(2);
  });

  it.each<[string, (now: number) => unknown, number | null]>([
    ['seconds', () => 200, 140],
    ['seconds in a text', () => '200', 140],
    ['a unix time', (now) => now / 1000 + 200, 140],
    ['a unix time in milliseconds', (now) => now + 200_000, 140],
    ['an ISO time', (now) => new Date(now + 200_000).toISOString(), 140],
    ['an HTTP date', (now) => new Date(now + 200_000).toUTCString(), 140],
    ['a time in the past', () => '2001-01-01T00:00:00Z', null],
    ['nothing', () => null, null],
    ['no time at all', () => 'soon', null],
  ])(
    'with its end as %s is renewed a minute before, or when it is refused',
    async (_form, end, seconds) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-01-01T00:00:00Z') });
      const server = await api((token) => ({ token, expires: end(Date.now()) }));
      const client = quickClient({
        baseUrl: `${server.url}/v1`,
        auth: sessionToken({
          login: { path: 'login' },
          tokenPath: 'token',
          expiresPath: 'expires',
        }),
      });
      for (const wait of [0, (seconds ?? 100_000) * 1000 - 1, 1]) {
        vi.setSystemTime(Date.now() + wait);
        await sendWith(client).response;
      }
      expect(paths(server)).toEqual([
        '/v1/login',
        '/v1',
        '/v1',
        ...(seconds === null ? [] : ['/v1/login']),
        '/v1',
      ]);
    },
  );

  it('reads what is null in the login from the settings', async () => {
    const server = await api((token) => ({ token }));
    const auth = sessionToken({
      login: { path: 'login', json: { username: 'me', password: null, appKey: undefined } },
      tokenPath: 'token',
    });
    const filled = auth.withSettings?.((key) => `<${key}>`);
    if (filled === undefined) expect.fail('nothing to fill in');
    await sendWith(quickClient({ baseUrl: `${server.url}/v1`, auth: filled })).response;
    expect(JSON.parse((await server.requests[0]?.body) ?? '')).toEqual({
      username: 'me',
      password: '<password>',
      appKey: '<app_key>',
    });
  });

  it('keeps all texts of the login secret but the user’s name, and the token', async () => {
    const server = await api((token) => ({ token }));
    const auth = sessionToken({
      login: {
        path: 'login',
        json: { username: 'somebody', pass: 'pass-12345', more: [{ pin: 987654 }] },
        headers: { 'x-api-key': 'key-12345' },
      },
      tokenPath: 'token',
    });
    const client = quickClient({ baseUrl: `${server.url}/v1`, auth });
    await sendWith(client).response;
    expect(client.redact('somebody pass-12345 987654 key-12345 session-1')).toBe(
      'somebody *** *** *** ***',
    );
  });

  it('that is not in the response is an error that shows names only', async () => {
    const server = await api((token) => ({ data: { id: token } }));
    const error = await failure(
      sendWith(
        quickClient({
          baseUrl: `${server.url}/v1`,
          auth: sessionToken({ login: { path: 'login' }, tokenPath: 'data.token' }),
        }),
      ),
    );
    expect(error.message).toBe(
      `The token request POST ${server.url}/v1/login returned status 200, but the response has no token at data.token; found data.`,
    );
  });

  it.each<[string, Partial<SessionTokenConfig>]>([
    ['no address', { login: {} }],
    ['two addresses', { login: { url: 'https://h', path: 'x' } }],
    ['two bodies', { login: { path: 'x', json: {}, data: {} } }],
    ['a template without a place for the token', { template: 'Bearer' }],
  ])('refuses %s', (_what, wrong) => {
    expect(() => sessionToken({ login: { path: 'login' }, tokenPath: 'token', ...wrong })).toThrow(
      ConfigError,
    );
  });
});
