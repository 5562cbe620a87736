import { describe, expect, it } from 'vitest';
import { cookieJar } from '#src/rest/http/transport/cookies.js';
import { apiKey, restSource } from 'sluice';
import { type ServedResponse, serve } from '../../../support/local-server.js';
import { readSource } from '../../../support/read-pages.js';
import { quickClient, send, sendWith } from '../../../support/send.js';

const sets = (cookie: string): ServedResponse => ({ headers: { 'set-cookie': cookie }, json: [] });

describe('cookies', () => {
  it('that a server sets go back to it, on later pages and over redirects', async () => {
    const server = await serve(({ path, query }) =>
      path === '/x' && query.get('page') === null
        ? { headers: { 'set-cookie': 'sid=1; Path=/' }, json: { data: [{ a: 1 }], next: '/go' } }
        : path === '/go'
          ? { status: 302, headers: { location: '/x?page=2', 'set-cookie': 'hop=2' } }
          : { json: { data: [{ a: 2 }] } },
    );
    await readSource(
      restSource({
        client: { baseUrl: server.url },
        resources: [{ name: 'x', endpoint: { dataSelector: 'data', paginator: 'jsonLink' } }],
      }),
    );
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      'sid=1',
      'sid=1; hop=2',
    ]);
  });

  it('are sent beside those of the user, which win where both have a name', async () => {
    const server = await serve(() => sets('sid=theirs'));
    const client = quickClient({
      baseUrl: server.url,
      headers: { Cookie: 'mine=1; sid=mine' },
      auth: apiKey({ key: 'k-12345', name: 'session', location: 'cookie' }),
    });
    await sendWith(client).response;
    await sendWith(client).response;
    expect(server.requests[1]?.headers.cookie).toBe('mine=1; sid=mine; session=k-12345');
  });

  it.each([
    ['of another path', 'a=1; Path=/other'],
    ['for secure connections', 'a=1; Secure'],
    ['that ended', 'a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT'],
    ['that are to be deleted', 'a=1; Max-Age=0'],
    ['of another host', 'a=1; Domain=example.com'],
  ])('%s are not sent', async (_what, line) => {
    const server = await serve(() => sets(line));
    const client = quickClient({ baseUrl: server.url });
    await sendWith(client).response;
    await sendWith(client).response;
    expect(server.requests[1]?.headers.cookie).toBeUndefined();
  });

  it('of one server go to no other', async () => {
    const other = await serve(() => ({ json: [] }));
    const server = await serve(({ path }) =>
      path === '/go'
        ? { status: 302, headers: { location: `${other.url}/x` } }
        : sets('sid=secret-of-server'),
    );
    const client = quickClient({ baseUrl: server.url });
    await sendWith(client).response;
    await sendWith(client, { url: `${server.url}/go` }).response;
    expect(server.requests[1]?.headers.cookie).toBe('sid=secret-of-server');
    expect(other.requests[0]?.headers.cookie).toBeUndefined();
  });

  it('are kept for one run', async () => {
    const server = await serve(() => sets('sid=1'));
    const source = restSource({
      client: { baseUrl: server.url },
      resources: [{ name: 'x', endpoint: { paginator: 'single' } }],
    });
    await readSource(source);
    await readSource(source);
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });

  it('are kept where several lines come in one, with commas in their dates', async () => {
    const jar = cookieJar();
    const line = 'a=1; Expires=Wed, 09 Jun 2100 10:18:14 GMT; Path=/, b="2,3"; HttpOnly';
    await jar.take(new URL('http://h/x'), { get: () => line });
    expect(jar.headerFor(new URL('http://h/y'), undefined)).toBe('a=1; b="2,3"');
    expect(jar.values()).toEqual(['1', '"2,3"']);
  });

  it('that cannot be read are left out', async () => {
    const server = await serve(() => sets('=;;;'));
    await send({ baseUrl: server.url }).response;
    expect(server.requests.length).toBe(1);
  });

  it('are a few hundred at most, and those in use stay', async () => {
    const jar = cookieJar();
    const sets = async (path: string, cookie: string): Promise<URL> => {
      const url = new URL(path, 'http://api.test/');
      await jar.take(url, new Headers({ 'set-cookie': cookie }));
      return url;
    };
    await sets('/', 'session=abcdef; Path=/');
    for (let id = 0; id < 2_000; id += 1) {
      // Without a path it is for the parent's folder alone.
      const url = await sets(`/parents/${id}/children`, `seen=s${id}`);
      expect(jar.headerFor(url, undefined)).toBe(`seen=s${id}; session=abcdef`);
    }
    expect(jar.values().length).toBeLessThanOrEqual(300);
  });
});
