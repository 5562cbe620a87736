import { expect, it } from 'vitest';
import { duckdb, fromDlt, pipeline } from 'sluice';
import type { Compat } from 'sluice/operators';
import { type ServedResponse, serve } from '../../support/local-server.js';

interface Loaded {
  /** Paths, queries and bodies of the requests behind that for `/ps`, in order. */
  requests: string[];
  error: string | null;
}

const PARENT = { name: 'ps', endpoint: { paginator: 'single_page', data_selector: '$' } };

/** Loads `items`, below rows of `ps` where it takes something of them. */
async function load(
  endpoint: object,
  {
    compat = 'dlt',
    base = '',
    parents = '[]',
    respond = () => ({ text: '[{"n":1}]' }),
  }: {
    compat?: Compat;
    base?: string;
    parents?: string;
    respond?: (count: number) => ServedResponse;
  } = {},
): Promise<Loaded> {
  let count = 0;
  const server = await serve(({ path }) =>
    path === '/ps' ? { text: parents } : respond((count += 1)),
  );
  const own = {
    name: 'items',
    endpoint: { paginator: 'single_page', data_selector: '$', ...endpoint },
  };
  const source = fromDlt({
    client: { base_url: `${server.url}${base}` },
    resources: JSON.stringify(endpoint).includes('resources.ps') ? [PARENT, own] : [own],
  });
  await using loading = pipeline({ name: 'asked', destination: duckdb(':memory:'), compat });
  const error = await loading.run(source).then(
    () => null,
    (thrown: Error) => thrown.message,
  );
  const requests = await Promise.all(
    server.requests
      .filter(({ path }) => path !== '/ps')
      .map(async ({ url, body }) => [url, await body].filter((part) => part !== '').join(' ')),
  );
  return { requests, error };
}

it("puts a path behind the base that it repeats with compat 'dlt'", async () => {
  const base = '/api/v1';
  const path = '/api/v1/items?x=1';
  expect((await load({ path }, { base })).requests).toEqual(['/api/v1/api/v1/items?x=1']);
  expect((await load({ path }, { base, compat: 'sluice' })).requests).toEqual([
    '/api/v1/items?x=1',
  ]);
});

it("writes values of parents as Python does with compat 'dlt'", async () => {
  const values = '1e3,1.10,-0,12345678901234567890,true,null,"a b","a/b","a?b=1","c#d",""';
  const parents = `[${values.replaceAll(/[^,]+/g, '{"v":$&}')}]`;
  const { requests } = await load({ path: 'x/{resources.ps.v}/y' }, { parents });
  expect(requests.toSorted()).toEqual(
    [
      '/x/1000.0/y',
      '/x/1.1/y',
      '/x/0/y',
      '/x/12345678901234567890/y',
      '/x/True/y',
      '/x/None/y',
      '/x/a%20b/y',
      '/x/a/b/y',
      '/x/a?b=1/y',
      '/x/c',
      '/x//y',
    ].toSorted(),
  );
});

it("never leads into another folder, with compat 'dlt' neither", async () => {
  const { requests, error } = await load(
    { path: 'x/{resources.ps.v}/y' },
    { parents: '[{"v":".."}]' },
  );
  expect(requests).toEqual([]);
  expect(error).toMatch(/has `\.\.`, which means another folder/);
});

it("writes flags, lists and objects as Python does with compat 'dlt'", async () => {
  const parents = '[{"l":[1.0,"b",null],"o":{"a":true}}]';
  const { requests } = await load(
    {
      path: 'x',
      method: 'POST',
      params: { a: [true, 'x'], b: false, l: '{resources.ps.l}' },
      data: { c: [false], o: '{resources.ps.o}' },
    },
    { parents },
  );
  const [url = '', body] = requests[0]?.split(' ') ?? [];
  expect(decodeURIComponent(url)).toBe("/x?a=True&a=x&b=False&l=[1.0,+'b',+None]");
  expect(new URLSearchParams(body).getAll('o')).toEqual(["{'a': True}"]);
  expect(new URLSearchParams(body).getAll('c')).toEqual(['False']);
});

it("sends null in a JSON body with compat 'dlt'", async () => {
  const { requests } = await load(
    { path: 'x', method: 'POST', json: { v: '{resources.ps.v}', t: 'a{resources.ps.v}' } },
    { parents: '[{"v":null}]' },
  );
  expect(requests).toEqual(['/x {"v":null,"t":"aNone"}']);
});

it('formats values of parents as Python does, but in a path', async () => {
  const endpoint = {
    path: 'x/{resources.ps.n:05d}',
    method: 'POST',
    params: { n: '{resources.ps.n:05d}', t: '{resources.ps.t!r:>6}' },
    json: { n: '{resources.ps.n:,}' },
  };
  for (const compat of ['sluice', 'dlt'] as const) {
    const { requests } = await load(endpoint, { compat, parents: '[{"n":1234,"t":"ab"}]' });
    expect(requests).toEqual(['/x/1234?n=01234&t=++%27ab%27 {"n":"1,234"}']);
  }
  const { error } = await load(endpoint, { parents: '[{"n":"1","t":"ab"}]' });
  expect(error).toMatch(/a row of ps has `1`, which `:05d` cannot write/);
});

it.each(['sluice', 'dlt'] as const)('sends the body of a GET in mode %s', async (compat) => {
  const server = await serve(() => ({ text: '[{"n":1}]' }));
  const notices: string[] = [];
  await using loading = pipeline({ name: 'bodies', destination: duckdb(':memory:'), compat });
  await loading.run(
    fromDlt({
      client: { base_url: server.url },
      resources: [
        { name: 'a', endpoint: { path: "it's", json: { x: 1 }, paginator: 'single_page' } },
        { name: 'b', endpoint: { data: 'y=1', paginator: 'single_page' } },
      ],
    }),
    { observe: (event) => event.kind === 'notice' && notices.push(event.message) },
  );
  const sent = await Promise.all(
    server.requests.map(async ({ method, url, body }) => `${method} ${url} ${await body}`),
  );
  expect(sent.toSorted()).toEqual(['GET /b y=1', `GET /it's {"x":1}`]);
  expect(
    notices.filter((notice) => notice.includes('a GET is sent with a body, as dlt does')),
  ).toHaveLength(2);
});

it.each([408, 425])("does not repeat a request after %d with compat 'dlt'", async (status) => {
  const respond = (count: number): ServedResponse => (count === 1 ? { status } : { text: '[]' });
  const dlt = await load({}, { respond });
  expect(dlt.requests).toHaveLength(1);
  expect(dlt.error).toContain(`returned status ${status}`);
  const own = await load({}, { respond, compat: 'sluice' });
  expect(own).toEqual({ requests: ['/items', '/items'], error: null });
});

it.each<[what: string, ServedResponse]>([
  ['with status 204', { status: 204 }],
  ['that is empty', { text: '' }],
  ['with blanks alone', { text: ' \n' }],
])("fails at a response %s with compat 'dlt'", async (_what, response) => {
  const respond = (): ServedResponse => response;
  const { requests, error } = await load({}, { respond });
  expect(requests).toHaveLength(1);
  expect(error).toMatch(/and no body\. With `compat: 'dlt'` that fails, as in dlt\./);
  expect((await load({}, { respond, compat: 'sluice' })).error).toBeNull();
  const status_code = response.status ?? 200;
  const skipped = await load(
    { response_actions: [{ status_code, action: 'ignore' }] },
    { respond },
  );
  expect(skipped.error).toBeNull();
});
