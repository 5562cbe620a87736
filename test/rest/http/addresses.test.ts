import { describe, expect, it } from 'vitest';
import { apiKey, restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';
import { send } from '../../support/send.js';

describe('an address', () => {
  it('goes out as it is written, in paths, next links and redirects', async () => {
    const link = "/next?$skiptoken='a%20b'&sig=a%2Fb+c&flag";
    const moved = "/moved?d=attachment%3B%20name%3D%22x%22&n='1'&flag";
    const server = await serve(({ path }) =>
      path === '/x'
        ? { json: { data: [{ id: 1 }], next: link } }
        : path === '/next'
          ? { status: 302, headers: { location: moved } }
          : { json: { data: [{ id: 2 }] } },
    );
    const { error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [
          {
            name: 'x',
            endpoint: {
              path: "x?$filter=name%20eq%20'a'&expand",
              params: { n: 'a b' },
              dataSelector: 'data',
              paginator: 'jsonLink',
            },
          },
        ],
      }),
    );
    expect([error, server.requests.map(({ url }) => url)]).toEqual([
      null,
      ["/x?$filter=name%20eq%20'a'&expand&n=a+b", link, moved],
    ]);
  });

  it('stays as it is written when a key is added to it', async () => {
    const server = await serve(() => ({ json: [] }));
    await send(
      { baseUrl: server.url, auth: apiKey({ key: 'k-12345', name: 'key', location: 'query' }) },
      { url: `${server.url}/x?a=b%20c&flag` },
    ).response;
    expect(server.requests[0]?.url).toBe('/x?a=b%20c&flag&key=k-12345');
  });

  it('of the client is requested with its last slash', async () => {
    const server = await serve(() => ({ json: [] }));
    await readSource(
      restSource({
        client: { baseUrl: `${server.url}/v1/items/` },
        resources: [{ name: 'items', endpoint: { path: '', params: { a: 1 } } }],
      }),
    );
    expect(server.requests[0]?.url).toBe('/v1/items/?a=1');
  });

  it('from a row or of another host gets the parameters of its own resource, but no default ones', async () => {
    const other = await serve(() => ({ json: [{ other: 1 }] }));
    const server = await serve(({ path }) => ({
      json: path === '/reports' ? [{ url: `${server.url}/file?sig=a%2Fb` }] : [{ raw: 1 }],
    }));
    const { error } = await readSource(
      restSource({
        client: { baseUrl: server.url },
        resourceDefaults: { endpoint: { params: { limit: 5, mine: 0 }, paginator: 'single' } },
        resources: [
          'reports',
          { name: 'files', endpoint: { path: '{resources.reports.url}', params: { mine: 1 } } },
          { name: 'others', endpoint: { path: `${other.url}/x` } },
          { name: 'own', endpoint: { path: `${server.url}/own` } },
        ],
      }),
    );
    expect(error).toBeNull();
    expect(server.requests.map(({ url }) => url).sort()).toEqual([
      '/file?sig=a%2Fb&mine=1',
      '/own?limit=5&mine=0',
      '/reports?limit=5&mine=0',
    ]);
    expect(other.requests.map(({ url }) => url)).toEqual(['/x']);
  });
});
