import { describe, expect, it } from 'vitest';
import { type RestResource, restSource } from 'sluice';
import { type LocalServer, serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';

const PARENTS =
  '[{"id":9007199254740993,"f":0.12345678901234567890,"e":1e2,"z":-0.0,"o":{"x":1,"x":2.0}},' +
  '{"id":1.0,"f":1,"e":3,"z":0,"o":{"x":3}}]';

async function read(
  child: Partial<RestResource>,
  parent: Partial<RestResource> = {},
): Promise<{ server: LocalServer; stamps: unknown[]; bodies: string[] }> {
  const server = await serve(({ path }) => ({ text: path === '/a' ? PARENTS : '[{"n":1}]' }));
  const source = restSource({
    client: { baseUrl: server.url },
    resources: [
      { name: 'a', ...parent, endpoint: { path: 'a', paginator: 'single' } },
      { name: 'b', ...child },
    ],
  });
  const { pages, error } = await readSource(source);
  expect(error).toBeNull();
  return {
    server,
    stamps: pages.filter(({ resource }) => resource === 'b').map(({ stamp }) => stamp),
    bodies: await Promise.all(server.requests.slice(1).map(({ body }) => body)),
  };
}

describe('numbers of a parent’s row', () => {
  it.each<[string, Partial<RestResource>]>([
    ['as it came', {}],
    ['that a filter kept', { processingSteps: [{ filter: () => true }] }],
    ['that a step copied', { processingSteps: [{ map: (row) => ({ ...row, more: 1 }) }] }],
  ])('go into addresses and bodies as they were sent, from a row %s', async (_how, parent) => {
    const { server, bodies } = await read(
      {
        endpoint: {
          path: 'b/{resources.a.id}',
          method: 'POST',
          params: { f: '{resources.a.f}', t: 'x{resources.a.e}' },
          json: { z: '{resources.a.z}', o: '{resources.a.o}' },
          dataSelector: '@',
          paginator: 'single',
        },
      },
      parent,
    );
    const requests = server.requests.slice(1).map(({ url }, i) => `${url} ${bodies[i]}`);
    expect(requests.sort()).toEqual([
      '/b/1.0?f=1&t=x3 {"z":0,"o":{"x":3}}',
      '/b/9007199254740993?f=0.12345678901234567890&t=x1e2 {"z":-0.0,"o":{"x":2.0}}',
    ]);
  });

  it('go into one request of several rows as they were sent', async () => {
    const { server } = await read({
      endpoint: {
        path: 'b',
        params: { ids: '{resources.a.id}' },
        groupSize: 2,
        paginator: 'single',
        dataSelector: '@',
      },
    });
    expect(server.requests[1]?.query.get('ids')).toBe('9007199254740993,1.0');
  });
});
