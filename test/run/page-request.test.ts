import { expect, it } from 'vitest';
import { duckdb, pipeline, type RestResource, restSource, traceOf } from 'sluice';
import { serve } from '../support/local-server.js';

const SECRET = 'key-of-the-shop-1357';
const WRONG = '{"id":2,"tags":[1,2],"name":tru}';

it.each<[string, string, Partial<RestResource>, RegExp]>([
  ['rows that are not JSON', WRONG, {}, /Not JSON/],
  [
    'rows that are read in slices',
    `${`{"id":1,"name":"${'x'.repeat(500)}"},`.repeat(6_000)}${WRONG}`,
    {},
    /The body is not JSON/,
  ],
  ['rows beyond a limit', '{"a":1,"b":2,"c":3}', { limits: { columns: 2 } }, /columns/],
  [
    'rows that a contract refuses',
    '{"id":1},{"id":2,"more":1}',
    { schemaContract: { dataType: 'freeze' }, columns: { more: { dataType: 'bool' } } },
    /more/,
  ],
])('an error of %s says what was requested, without secrets', async (_, rows, about, message) => {
  const server = await serve(() => ({
    text: `{"data":[${rows}]}`,
    headers: { 'content-type': 'application/json' },
  }));
  const source = restSource({
    name: 'shop',
    client: { baseUrl: server.url },
    resources: [
      {
        name: 'orders',
        endpoint: { dataSelector: 'data', params: { status: 'open', api_key: SECRET } },
        ...about,
      },
    ],
  });
  await using loading = pipeline({
    name: 'shop',
    destination: duckdb(':memory:'),
    memory: '128MB',
  });
  const error = await loading.run(source).catch((raised: unknown) => raised as Error);
  const { failure } = traceOf(error) ?? {};
  expect(String(error)).toMatch(message);
  expect(failure).toMatchObject({
    resource: 'orders',
    page: 1,
    request: { method: 'GET', url: expect.stringContaining(`${server.url}/orders?status=open`) },
  });
  if (failure?.code !== 'ERR_SLUICE_SCHEMA')
    expect(String(error)).toContain(` Request: GET ${failure?.request?.url}.`);
  expect(`${String(error)} ${JSON.stringify(failure)}`).not.toContain(SECRET);
});
