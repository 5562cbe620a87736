import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, HttpError } from '#src/errors.js';
import type { OAuth2ClientCredentialsConfig } from '#src/rest/auth/auth-config.js';
import type { Auth } from '#src/rest/auth/auth.js';
import { oauth2ClientCredentials } from '#src/rest/auth/oauth2-client-credentials.js';
import { oauth2Password } from '#src/rest/auth/oauth2-password.js';
import { oauth2RefreshToken } from '#src/rest/auth/oauth2-refresh-token.js';
import { tokenAuth } from '#src/rest/auth/token-auth.js';
import { endpoint } from '#src/rest/endpoint.js';
import {
  type ReceivedRequest,
  type ServedResponse,
  type LocalServer,
  serve,
} from '../../support/local-server.js';
import { readAll } from '../../support/read-pages.js';
import { failure, quickClient, sendWith, statuses } from '../../support/send.js';

const SECRET = 'secret/12345+67890';
const form = async ({ body }: ReceivedRequest): Promise<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(await body));
const tokenOf = ({ headers }: ReceivedRequest): string => headers.authorization ?? '';

/** Gives out tokens tok-0001, tok-0002, … */
function tokens(more: object = {}): Promise<LocalServer> {
  return serve((_asked, count) => ({
    json: { access_token: `tok-000${count}`, token_type: 'bearer', ...more },
  }));
}

function credentials(
  { url }: LocalServer,
  more: Partial<OAuth2ClientCredentialsConfig> = {},
): Auth {
  return oauth2ClientCredentials({
    accessTokenUrl: `${url}/token`,
    clientId: 'client-1',
    clientSecret: SECRET,
    ...more,
  });
}

describe('a grant', () => {
  it.each<[string, (accessTokenUrl: string) => Auth, object]>([
    [
      'client credentials',
      (accessTokenUrl) =>
        oauth2ClientCredentials({ accessTokenUrl, clientId: 'c', clientSecret: SECRET }),
      { grant_type: 'client_credentials', client_id: 'c', client_secret: SECRET },
    ],
    [
      'client credentials with scope and more',
      (accessTokenUrl) =>
        oauth2ClientCredentials({
          accessTokenUrl,
          clientId: 'c',
          clientSecret: SECRET,
          scope: 'read all',
          accessTokenRequestData: { audience: 'api' },
        }),
      {
        grant_type: 'client_credentials',
        client_id: 'c',
        client_secret: SECRET,
        scope: 'read all',
        audience: 'api',
      },
    ],
    [
      'a refresh token',
      (accessTokenUrl) =>
        oauth2RefreshToken({
          accessTokenUrl,
          refreshToken: 'r-1',
          clientId: 'c',
          clientSecret: SECRET,
        }),
      { grant_type: 'refresh_token', refresh_token: 'r-1', client_id: 'c', client_secret: SECRET },
    ],
    [
      'a refresh token of a public client',
      (accessTokenUrl) =>
        oauth2RefreshToken({
          accessTokenUrl,
          refreshToken: 'r-1',
          clientId: 'c',
          clientSecret: null,
        }),
      { grant_type: 'refresh_token', refresh_token: 'r-1', client_id: 'c' },
    ],
    [
      'a password',
      (accessTokenUrl) =>
        oauth2Password({
          accessTokenUrl,
          username: 'u',
          password: SECRET,
          clientId: null,
          clientSecret: null,
        }),
      { grant_type: 'password', username: 'u', password: SECRET },
    ],
  ])('of %s is sent as a form, and its token as a bearer', async (_kind, auth, fields) => {
    const login = await tokens();
    const api = await serve(() => ({ json: {} }));
    await sendWith(quickClient({ baseUrl: api.url, auth: auth(`${login.url}/token`) })).response;
    expect(login.requests[0]).toMatchObject({
      method: 'POST',
      path: '/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    });
    expect(await form(login.requests[0] as ReceivedRequest)).toEqual(fields);
    expect(api.requests.map(tokenOf)).toEqual(['Bearer tok-0001']);
  });

  it('names the client in a Basic header where that is wanted, encoded as a form is', async () => {
    const login = await tokens();
    const api = await serve(() => ({ json: {} }));
    await sendWith(
      quickClient({
        baseUrl: api.url,
        auth: credentials(login, { clientAuth: 'basic', clientId: 'a:b' }),
      }),
    ).response;
    expect(
      Buffer.from(
        tokenOf(login.requests[0] as ReceivedRequest).replace('Basic ', ''),
        'base64',
      ).toString(),
    ).toBe('a%3Ab:secret%2F12345%2B67890');
    expect(await form(login.requests[0] as ReceivedRequest)).toEqual({
      grant_type: 'client_credentials',
    });
  });

  it('uses its first token until that is refused', async () => {
    const login = await tokens();
    const api = await serve(({ headers }) =>
      headers.authorization === 'Bearer given-1' && api.requests.length > 1
        ? { status: 401 }
        : { json: {} },
    );
    const client = quickClient({
      baseUrl: api.url,
      auth: credentials(login, { accessToken: 'given-1' }),
    });
    for (let i = 0; i < 2; i += 1) await sendWith(client).response;
    expect(api.requests.map(tokenOf)).toEqual([
      'Bearer given-1',
      'Bearer given-1',
      'Bearer tok-0001',
    ]);
  });

  it.each<[string, object]>([
    ['no address', { accessTokenUrl: 'nowhere' }],
    ['another scheme', { accessTokenUrl: 'ftp://h/' }],
    ['an unknown way to name the client', { clientAuth: 'post' }],
    ['an empty id', { clientId: ' ' }],
  ])('refuses %s', (_what, wrong) => {
    const config: OAuth2ClientCredentialsConfig = {
      accessTokenUrl: 'https://h/token',
      clientId: 'c',
      clientSecret: 's',
      ...wrong,
    };
    expect(() => oauth2ClientCredentials(config)).toThrow(ConfigError);
  });
});

describe('a token', () => {
  afterEach(() => vi.useRealTimers());

  it('is requested once, however many requests wait for it', async () => {
    const login = await tokens();
    const api = await serve(() => ({ json: {} }));
    const client = quickClient({ baseUrl: api.url, auth: credentials(login) });
    await Promise.all(Array.from({ length: 20 }, () => sendWith(client).response));
    expect([login.requests.length, api.requests.length]).toEqual([1, 20]);
  });

  it('is fetched from the API’s own host without waiting for itself', async () => {
    const api = await serve(({ path }) => ({
      json: path === '/token' ? { access_token: 'tok-0001' } : {},
    }));
    const client = quickClient({
      baseUrl: api.url,
      auth: credentials(api),
      rateLimit: { requests: 100, per: '1s', concurrency: 1 },
    });
    await Promise.all(Array.from({ length: 3 }, () => sendWith(client).response));
    expect(api.requests.map(({ path }) => path)).toEqual(['/token', '/', '/', '/']);
  });

  it.each<[string, object, object, number]>([
    ['a margin before its end', { expires_in: 600 }, { marginSeconds: 100 }, 500],
    ['a minute before its end', { expires_in: '600' }, {}, 540],
    ['after half its life, where that is shorter than the margin', { expires_in: 60 }, {}, 30],
    [
      'after the default, where the response does not say',
      {},
      { defaultTokenExpiration: 1000, marginSeconds: 0 },
      1000,
    ],
    ['after an hour less a minute, where nobody says', { expires_in: 0 }, {}, 3540],
  ])('is renewed %s', async (_when, response, config, seconds) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const login = await tokens(response);
    const api = await serve(() => ({ json: {} }));
    const client = quickClient({ baseUrl: api.url, auth: credentials(login, config) });
    for (const wait of [0, seconds * 1000 - 1, 1]) {
      vi.setSystemTime(Date.now() + wait);
      await sendWith(client).response;
    }
    expect(api.requests.map(tokenOf)).toEqual([
      'Bearer tok-0001',
      'Bearer tok-0001',
      'Bearer tok-0002',
    ]);
  });

  it('that is refused to many requests at once is renewed once, and each is sent once more', async () => {
    const login = await tokens();
    const waiting: (() => void)[] = [];
    const api = await serve(async ({ headers }) => {
      if (headers.authorization !== 'Bearer tok-0001') return { json: {} };
      await new Promise<void>((all) => {
        waiting.push(all);
        if (waiting.length === 4) for (const go of waiting) go();
      });
      return { status: 401 };
    });
    const client = quickClient({ baseUrl: api.url, auth: credentials(login) });
    await Promise.all(Array.from({ length: 4 }, () => sendWith(client).response));
    expect(api.requests.map(tokenOf)).toEqual([
      ...Array<string>(4).fill('Bearer tok-0001'),
      ...Array<string>(4).fill('Bearer tok-0002'),
    ]);
    expect(login.requests.length).toBe(2);
  });

  it('is not renewed for a late 401 of the one before it', async () => {
    const login = await tokens();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const api = await serve(async ({ path, headers }) => {
      if (headers.authorization !== 'Bearer tok-0001') return { json: {} };
      if (path === '/late') await held;
      return { status: 401 };
    });
    const client = quickClient({ baseUrl: api.url, auth: credentials(login) });
    const late = sendWith(client, { url: `${api.url}/late` });
    await sendWith(client).response;
    release();
    await late.response;
    expect(login.requests.length).toBe(2);
  });

  it('that is refused twice ends the request with an error that names it', async () => {
    const login = await tokens();
    const api = await serve(() => ({ status: 401 }));
    const sent = sendWith(quickClient({ baseUrl: api.url, auth: credentials(login) }));
    const error = await failure(sent);
    expect(error).toMatchObject({
      status: 401,
      attempt: 2,
      message: expect.stringContaining(
        'New credentials were fetched after the first 401, and refused as well.',
      ) as string,
    });
    expect([login.requests.length, api.requests.length]).toEqual([2, 2]);
  });

  it.each<[string, object, number]>([
    ['POST', {}, 2],
    ['POST that must never be repeated', { retry: false }, 1],
  ])('that is refused is renewed for a %s as it may be', async (_what, options, requests) => {
    const login = await tokens();
    const api = await serve(({ headers }) =>
      headers.authorization === 'Bearer tok-0001' ? { status: 401 } : { json: {} },
    );
    await sendWith(
      quickClient({ baseUrl: api.url, auth: credentials(login) }),
      { method: 'POST', body: '{}' },
      options,
    ).response.catch(() => undefined);
    expect(api.requests.length).toBe(requests);
  });

  it('is not renewed for a 401 of another host', async () => {
    const login = await tokens();
    const other = await serve(() => ({ status: 401 }));
    const api = await serve(() => ({ json: {} }));
    await failure(
      sendWith(quickClient({ baseUrl: api.url, auth: credentials(login) }), { url: other.url }),
    );
    expect([login.requests.length, other.requests.length, other.requests.map(tokenOf)]).toEqual([
      1,
      1,
      [''],
    ]);
  });

  it('is fetched for the others where the request that fetches it is aborted', async () => {
    let arrived: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (arrived = resolve));
    const login = await serve(async (_asked, count): Promise<ServedResponse> => {
      if (count > 1) return { json: { access_token: 'tok-0002' } };
      arrived();
      return new Promise(() => undefined);
    });
    const api = await serve(() => ({ json: {} }));
    const client = quickClient({ baseUrl: api.url, auth: credentials(login) });
    const abort = new AbortController();
    const stopped = sendWith(client, {}, { signal: abort.signal });
    const other = sendWith(client);
    await waiting;
    abort.abort(new Error('enough'));
    await expect(stopped.response).rejects.toThrow('enough');
    expect((await other.response).status).toBe(200);
    expect(api.requests.map(tokenOf)).toEqual(['Bearer tok-0002']);
  });
});

describe('a refresh token', () => {
  it('that a response replaces is not used again, and `onRefreshToken` gets the new one', async () => {
    const login = await serve((_asked, count) => ({
      json: { access_token: `tok-000${count}`, refresh_token: `refresh-${count + 1}` },
    }));
    const api = await serve(({ headers }) =>
      headers.authorization === 'Bearer tok-0003' ? { status: 200, json: {} } : { status: 401 },
    );
    const told: string[] = [];
    const auth = oauth2RefreshToken({
      accessTokenUrl: login.url,
      refreshToken: 'refresh-1',
      clientId: 'c',
      clientSecret: null,
      onRefreshToken: (token) => void told.push(token),
    });
    const client = quickClient({ baseUrl: api.url, auth });
    await failure(sendWith(client));
    await sendWith(client).response;
    expect(
      await Promise.all(
        login.requests.map(async (request) => (await form(request))['refresh_token']),
      ),
    ).toEqual(['refresh-1', 'refresh-2', 'refresh-3']);
    expect(told).toEqual(['refresh-2', 'refresh-3', 'refresh-4']);
    expect(auth.secrets).toEqual(expect.arrayContaining(['refresh-1', 'refresh-4', 'tok-0003']));
    expect(client.redact('a refresh-4 and tok-0003')).toBe('a *** and ***');
  });

  it('that cannot be kept ends the run, and is not shown', async () => {
    const login = await serve(() => ({
      json: { access_token: 'tok-0001', refresh_token: 'refresh-2' },
    }));
    const keep = (token: string): never => {
      throw new Error(`no space for ${token}`);
    };
    const auth = oauth2RefreshToken({
      accessTokenUrl: login.url,
      refreshToken: 'refresh-1',
      clientId: 'c',
      clientSecret: null,
      onRefreshToken: keep,
    });
    const error = await failure(sendWith(quickClient({ baseUrl: login.url, auth })));
    expect(error).toMatchObject({ code: 'ERR_SLUICE_FUNCTION' });
    expect(error.message).toBe('`onRefreshToken` threw: no space for ***');
    expect(String((error.cause as Error).stack)).not.toContain('refresh-2');
  });
});

describe('a token request', () => {
  it('is emitted as a request of the resource that needs it, and shows nothing of what it sends', async () => {
    const login = await tokens();
    const api = await serve(() => ({ json: {} }));
    const { response, events } = sendWith(
      quickClient({ baseUrl: api.url, auth: credentials(login) }),
    );
    await response;
    expect(events).toMatchObject([
      {
        kind: 'request',
        resource: 'orders',
        method: 'POST',
        url: `${login.url}/token`,
        status: 200,
      },
      { kind: 'request', resource: 'orders', method: 'GET', status: 200 },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/secret|tok-/);
  });

  it('is repeated where that may help', async () => {
    const login = await serve((_asked, count) =>
      count < 3 ? { status: 503 } : { json: { access_token: 'tok-0001' } },
    );
    const api = await serve(() => ({ json: {} }));
    const { response, events } = sendWith(
      quickClient({ baseUrl: api.url, auth: credentials(login) }),
    );
    expect((await response).status).toBe(200);
    expect(statuses(events)).toEqual([503, 503, 200, 200]);
  });

  it('carries the client’s headers to the API’s own host only', async () => {
    const login = await tokens();
    const api = await serve(({ path }) => ({
      json: path === '/token' ? { access_token: 'tok-0001' } : {},
    }));
    const headers = { 'X-Tenant': '7', cookie: 'session=abcdef' };
    await sendWith(quickClient({ baseUrl: api.url, headers, auth: credentials(login) })).response;
    await sendWith(quickClient({ baseUrl: api.url, headers, auth: credentials(api) })).response;
    expect(login.requests[0]?.headers).not.toMatchObject({ 'x-tenant': '7' });
    expect(login.requests[0]?.headers.cookie).toBeUndefined();
    expect(api.requests.find(({ path }) => path === '/token')?.headers).toMatchObject({
      'x-tenant': '7',
    });
  });

  it.each<[string, ServedResponse, RegExp]>([
    [
      'is refused',
      {
        status: 400,
        json: { error: 'invalid_client', error_description: `unknown ${SECRET}`, sent: SECRET },
      },
      /returned status 400\. The response says: invalid_client: unknown \*\*\*\. Check the address, the credentials/,
    ],
    [
      'fails',
      { status: 500, text: `crashed at ${SECRET}` },
      /returned status 500 \(2 attempts\)\. Check/,
    ],
    [
      'gets a response without a token',
      { json: { access: 'tok-0001', user: SECRET } },
      /has no access_token; found access, user/,
    ],
    ['gets a list', { json: null }, /has no access_token; found nothing/],
    ['gets a web page', { text: `<html>${SECRET}</html>` }, /is not JSON: check the address/],
  ])(
    'that %s gives an error that names it and shows no secret',
    async (_what, response, message) => {
      const login = await serve(() => response);
      const api = await serve(() => ({ json: {} }));
      const error = await failure(
        sendWith(
          quickClient({ baseUrl: api.url, auth: credentials(login), retry: { attempts: 2 } }),
        ),
      );
      expect(error).toBeInstanceOf(HttpError);
      expect(error.message).toMatch(message);
      expect(error.message).toContain(`POST ${login.url}/token`);
      expect(error.body).toBe('');
      expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(SECRET);
      expect(api.requests.length).toBe(0);
    },
  );

  it.each([302, 307])(
    'follows no redirect (%i), which would carry the secret along',
    async (status) => {
      const other = await tokens();
      const login = await serve(() => ({ status, headers: { location: other.url } }));
      const error = await failure(
        sendWith(quickClient({ baseUrl: 'http://127.0.0.1:1', auth: credentials(login) })),
      );
      expect(error.message).toContain('It is a redirect, which credentials do not follow');
      expect(other.requests.length).toBe(0);
    },
  );

  it('makes its token a secret of every client that uses it', async () => {
    const login = await tokens();
    const api = await serve(({ headers }) => ({
      status: 400,
      json: { said: headers.authorization },
    }));
    const auth = credentials(login);
    for (let i = 0; i < 2; i += 1) {
      const error = await failure(sendWith(quickClient({ baseUrl: api.url, auth })));
      expect(`${error.message} ${error.body} ${error.stack}`).not.toContain('tok-0001');
    }
  });
});

describe('a token that cannot be fetched', () => {
  it('fails each request that waits for it with an error of its own, which names that request', async () => {
    const server = await serve(() => ({ status: 400, json: { error: 'invalid_client' } }));
    const client = quickClient({ baseUrl: server.url, auth: credentials(server) });
    const names = ['orders', 'items', 'people'];
    const errors = await Promise.all(
      names.map(
        async (resource) =>
          (await readAll(endpoint({ url: resource, resource, client }))).error as HttpError,
      ),
    );
    errors.forEach((error, i) => {
      expect(error).toBeInstanceOf(HttpError);
      expect(error).toMatchObject({ status: 400, code: 'ERR_SLUICE_HTTP', name: 'HttpError' });
      expect(error.message.match(/Resource \w+/g)).toEqual([`Resource ${names[i]}`]);
      expect(error.cause).toBe(errors[0]?.cause);
    });
    expect(server.requests.length).toBe(1);
  });
});

it('keeps the latest of its tokens as secrets, so that no request gets slower with their number', async () => {
  let count = 0;
  const auth = tokenAuth({
    get: () => Promise.resolve({ value: `token-${(count += 1)}`, lifetimeMs: null }),
    put: () => undefined,
    secrets: () => [],
    marginSeconds: 0,
  });
  const { signal } = new AbortController();
  const send = (): never => {
    throw new Error('nothing is sent');
  };
  for (let i = 0; i < 100; i += 1) {
    auth.renewal?.refuse(auth.renewal.version);
    await auth.renewal?.renew({ baseUrl: 'http://a', signal, send });
  }
  expect(auth.secrets).toHaveLength(16);
  expect(auth.secrets).toContain('token-100');
});
