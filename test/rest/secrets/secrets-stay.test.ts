import { describe, expect, it } from 'vitest';
import { apiKey, restSource, type RestConfig } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';
import { failure, quickClient, sendWith } from '../../support/send.js';

const SECRET = 'topSecret/123';

describe('a secret of a request', () => {
  const read = async (config: RestConfig): ReturnType<typeof readSource> =>
    readSource(restSource({ ...config, client: { ...config.client, retry: { attempts: 1 } } }));

  it('goes to no other host, by redirects, next links and addresses of rows; other parameters do', async () => {
    const other = await serve(() => ({ json: { data: [] } }));
    const echo = `api_key=${encodeURIComponent(SECRET)}`;
    const server = await serve(({ path, url }) =>
      path === '/moved'
        ? { status: 302, headers: { location: `${other.url}${url}&sig=own-signature` } }
        : path === '/linked'
          ? { json: { data: [{ id: 1 }], next: `${other.url}/linked?${echo}&sig=own-signature` } }
          : { json: { data: [{ url: `${other.url}/child?sig=own-signature` }] } },
    );
    const params = { api_key: SECRET, n: 1 };
    const { events } = await read({
      client: { baseUrl: server.url },
      resourceDefaults: { endpoint: { dataSelector: 'data', paginator: 'single' } },
      resources: [
        { name: 'moved', endpoint: { params } },
        { name: 'linked', endpoint: { params, paginator: 'jsonLink' } },
        { name: 'rows', endpoint: { params } },
        { name: 'child', endpoint: { path: '{resources.rows.url}', params } },
      ],
    });
    expect(other.requests.map(({ url }) => url).sort()).toEqual([
      '/child?sig=own-signature&n=1',
      '/linked?sig=own-signature',
      '/moved?n=1&sig=own-signature',
    ]);
    expect(JSON.stringify(other.requests.map(({ headers }) => headers))).not.toContain('topSecret');
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('is not sent `api_key`, since secrets') as string,
      }),
    ]);
  });

  it('in a body or path goes to no other host: it is an error that is not repeated', async () => {
    const other = await serve(() => ({ json: [] }));
    const server = await serve(() => ({
      status: 302,
      headers: { location: `${other.url}/v/${encodeURIComponent(SECRET)}` },
    }));
    const { error } = await read({
      client: { baseUrl: server.url },
      resources: [{ name: 'x', endpoint: { params: { token: SECRET }, paginator: 'single' } }],
    });
    expect((error as Error).message).toContain('has a secret in its address');
    const posted = await read({
      client: { baseUrl: server.url },
      resources: [
        {
          name: 'x',
          endpoint: { path: `${other.url}/x`, method: 'POST', json: { a: { password: SECRET } } },
        },
      ],
    });
    expect((posted.error as Error).message).toContain('has a secret in its body');
    expect(`${String(error)} ${String(posted.error)}`).not.toContain('topSecret');
    expect(other.requests).toEqual([]);
  });

  it('is left out of positions, which are exact in all else', async () => {
    const next = `/x?api_key=k-12345678&offset=1000&q=a%20b&flag`;
    const server = await serve(({ query }) => ({
      json: { data: [{ id: 1 }], next: query.has('offset') ? null : next },
    }));
    const { pages, error } = await read({
      client: {
        baseUrl: server.url,
        auth: apiKey({ key: 'k-12345678', name: 'api_key', location: 'query' }),
      },
      resources: [
        {
          name: 'x',
          endpoint: { dataSelector: 'data', paginator: 'jsonLink', headers: { 'x-token': '1000' } },
        },
      ],
    });
    expect(error).toBeNull();
    expect(pages[0]?.next).toMatchObject({ url: `${server.url}/x?offset=1000&q=a%20b&flag` });
    expect(JSON.stringify(pages[0]?.next)).not.toContain('k-12345678');
  });

  it('that is a number leaves positions of numbers as they are', async () => {
    const server = await serve(({ query }) => ({
      json: Array.from({ length: query.get('offset') === '0' ? 1000 : 1 }, (_, id) => ({ id })),
    }));
    const { pages } = await read({
      client: { baseUrl: server.url, headers: { 'x-api-key': '1000' } },
      resources: [{ name: 'x', endpoint: { paginator: { type: 'offset', limit: 1000 } } }],
    });
    expect(pages[0]?.next).toMatchObject({ params: { offset: 1000 } });
  });

  it('that is a number in a row of a parent is hidden in the errors of its children', async () => {
    const server = await serve(({ path, url }) =>
      path === '/p'
        ? { text: '[{"pin_token":12345678901234567890.0}]' }
        : { status: 400, json: { message: `no ${url}` } },
    );
    const { error } = await read({
      client: { baseUrl: server.url },
      resources: ['p', { name: 'c', endpoint: 'c/{resources.p.pin_token}' }],
    });
    expect(server.requests.at(-1)?.path).toBe('/c/12345678901234567890.0');
    expect((error as Error).message).toContain('/c/***');
    expect((error as Error).message).not.toContain('12345678');
  });

  it('is hidden in the error of its request, cookies of servers among them', async () => {
    const server = await serve(({ path, headers }) =>
      path === '/login'
        ? { headers: { 'set-cookie': 'sid=cookie-value-1' }, json: {} }
        : { status: 400, text: `you sent ${headers.cookie ?? ''} and {"password":"p-12345678"}` },
    );
    const client = quickClient({ baseUrl: server.url });
    await sendWith(client, { url: `${server.url}/login` }).response;
    const { message, body } = await failure(
      sendWith(client, {
        url: `${server.url}/x`,
        method: 'POST',
        body: '{"password":"p-12345678"}',
      }),
    );
    expect(`${message} ${body}`).not.toMatch(/cookie-value-1|p-12345678/);
    expect(body).toContain('you sent sid=***');
  });

  it.each<[string, cut: number, (secret: string) => object, RegExp]>([
    [
      'a link',
      200,
      (secret) => ({ data: [{ id: 1 }], next: `http://[${secret}` }),
      /is not an address/,
    ],
    ['a name', 60, (secret) => ({ [secret]: 1 }), /The keys there are/],
    ['a fault', 200, (secret) => ({ data: [{ id: 1 }], errors: [secret] }), /`errors` is/],
  ])('is hidden where a message cuts it: in %s', async (_what, cut, json, says) => {
    let before = 0;
    const server = await serve(() => ({ json: json('x'.repeat(before) + SECRET) }));
    for (before = cut - 20; before < cut; before += 2) {
      const { events, error } = await read({
        client: { baseUrl: server.url, auth: apiKey({ name: 'k', key: SECRET }) },
        resources: [{ name: 'a', endpoint: { dataSelector: 'data', paginator: 'jsonLink' } }],
      });
      const shown = JSON.stringify(events) + String(error);
      expect(shown).toMatch(says);
      expect(shown).not.toContain(SECRET.slice(0, 8));
    }
  });
});
