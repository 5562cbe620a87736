import { describe, expect, it } from 'vitest';
import {
  bearer,
  cursor,
  type ResponseAction,
  type RestConfig,
  type RestResource,
  restSource,
} from 'sluice';

// Each line under a `@ts-expect-error` is an error of the compiler, or the build fails; each test
// says what plain JavaScript is told.

const client = { baseUrl: 'https://api.example.com' };

describe('a key that does not exist is an error of the compiler, and when it runs', () => {
  it('in the config', () => {
    // @ts-expect-error There is no key `resource` here
    expect(() => restSource({ client, resource: [], resources: ['a'] })).toThrow(
      /^Source `rest_api`: `resource`: unknown key/,
    );
  });

  it('in the client', () => {
    expect(() =>
      // @ts-expect-error There is no key `base_url` here
      restSource({ client: { baseUrl: client.baseUrl, base_url: 'x' }, resources: ['a'] }),
    ).toThrow(/client\.base_url`: unknown key/);
  });

  it('in the retries', () => {
    expect(() =>
      // @ts-expect-error There is no key `atempts` here
      restSource({ client: { ...client, retry: { maxMs: 5, atempts: 3 } }, resources: ['a'] }),
    ).toThrow(/client\.retry\.atempts`: unknown key/);
  });

  it('in the rate limit', () => {
    expect(() =>
      restSource({
        // @ts-expect-error There is no key `brst` here
        client: { ...client, rateLimit: { requests: 1, per: '1s', brst: 3 } },
        resources: ['a'],
      }),
    ).toThrow(/client\.rateLimit\.brst`: unknown key/);
  });

  it('in the authorization', () => {
    expect(() =>
      // @ts-expect-error There is no key `tokn` here
      restSource({ client: { ...client, auth: { type: 'bearer', tokn: 'x' } }, resources: ['a'] }),
    ).toThrow(/client\.auth\.tokn`: unknown key/);
  });

  it('in the defaults', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `writeDispositon` here
        resourceDefaults: { primaryKey: 'id', writeDispositon: 'merge' },
        resources: ['a'],
      }),
    ).toThrow(/resourceDefaults\.writeDispositon`: unknown key/);
  });

  it('in the endpoint of the defaults', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `dataSelectr` here
        resourceDefaults: { endpoint: { method: 'GET', dataSelectr: 'x' } },
        resources: ['a'],
      }),
    ).toThrow(/resourceDefaults\.endpoint\.dataSelectr`: unknown key/);
  });

  it('in a resource', () => {
    expect(() =>
      // @ts-expect-error There is no key `primary_key` here
      restSource({ client, resources: ['a', { name: 'b', primary_key: 'id' }] }),
    ).toThrow(/resources\[1\]\.primary_key`: unknown key/);
  });

  it('in an endpoint', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `data_selector` here
        resources: [{ name: 'a', endpoint: { path: 'x', data_selector: 'data' } }],
      }),
    ).toThrow(/resources\[0\]\.endpoint\.data_selector`: unknown key/);
  });

  it('in a column', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `nullabel` here
        resources: [{ name: 'a', columns: { x: { dataType: 'json', nullabel: true } } }],
      }),
    ).toThrow(/resources\[0\]\.columns\.x\.nullabel`: unknown key/);
  });

  it('in a paginator, which has keys of its own', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `limit` here
        resources: [{ name: 'a', endpoint: { paginator: { type: 'cursor', limit: 5 } } }],
      }),
    ).toThrow(/paginator\.limit`: unknown key/);
  });

  it('in incremental', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `strtParam` here
        resources: [{ name: 'a', endpoint: { incremental: { cursorPath: 'x', strtParam: 'y' } } }],
      }),
    ).toThrow(/incremental\.strtParam`: unknown key/);
  });

  it('in windows', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `step` here
        resources: [{ name: 'a', endpoint: { windows: { start: 1, end: 2, step: 3 } } }],
      }),
    ).toThrow(/windows\.step`: unknown key/);
  });

  it('in a response action', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          {
            name: 'a',
            // @ts-expect-error There is no key `statusCod` here
            endpoint: { responseActions: [() => undefined, { statusCod: 404, action: 'ignore' }] },
          },
        ],
      }),
    ).toThrow(/responseActions\[1\]\.statusCod`: unknown key/);
  });

  it('in poll', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no key `faild` here
        resources: [{ name: 'a', endpoint: { poll: { statusPath: 'x', done: ['y'], faild: [] } } }],
      }),
    ).toThrow(/poll\.faild`: unknown key/);
  });
});

describe('a parent that does not exist is an error of the compiler, and when it runs', () => {
  it('in an endpoint that is a path', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no resource `ordrs` to take a field of
        resources: ['orders', { name: 'lines', endpoint: 'orders/{resources.ordrs.id}/lines' }],
      }),
    ).toThrow(/no resource `ordrs`/);
  });

  it('in a path, behind one that exists', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          { name: 'orders' },
          // @ts-expect-error There is no resource `shop` to take a field of
          { name: 'lines', endpoint: { path: '{resources.orders.id}/{resources.shop.id}' } },
        ],
      }),
    ).toThrow(/no resource `shop`/);
  });

  it('in a path, with slashes kept', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          'repos',
          // @ts-expect-error There is no resource `repo` to take a field of
          { name: 'issues', endpoint: 'repos/{+resources.repo.full_name}/issues' },
        ],
      }),
    ).toThrow(/no resource `repo`\. Did you mean `repos`/);
  });

  it('in params, at any depth', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no resource `x` to take a field of
        resources: ['a', { name: 'b', endpoint: { params: { ids: ['1', '{resources.x.id}'] } } }],
      }),
    ).toThrow(/no resource `x`/);
  });

  it('in a body', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          'a',
          // @ts-expect-error There is no resource `x` to take a field of
          { name: 'b', endpoint: { method: 'POST', json: { filter: { id: '{resources.x.id}' } } } },
        ],
      }),
    ).toThrow(/no resource `x`/);
  });

  it('in headers', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no resource `x` to take a field of
        resources: ['a', { name: 'b', endpoint: { headers: { 'X-Id': '{resources.x.id}' } } }],
      }),
    ).toThrow(/no resource `x`/);
  });

  it('as the one whose responses are taken', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          'bundle',
          // @ts-expect-error There is no resource `bundel`
          { name: 'users', endpoint: { responseOf: 'bundel', dataSelector: 'users' } },
        ],
      }),
    ).toThrow(/no resource `bundel`\. Did you mean `bundle`/);
  });

  it('in a placeholder whose first word is another', () => {
    expect(() =>
      restSource({
        client,
        resources: [
          'orders',
          // @ts-expect-error Placeholders are {resources.…}, {incremental.…} and {window.…}
          { name: 'lines', endpoint: { path: 'orders/{resource.orders.id}/lines' } },
        ],
      }),
    ).toThrow(
      /`\{resource\.orders\.id\}` is not a placeholder\. Did you mean `\{resources\.orders\.id\}`/,
    );
    expect(() =>
      restSource({
        client,
        resources: [
          {
            name: 'a',
            // @ts-expect-error Placeholders are {resources.…}, {incremental.…} and {window.…}
            endpoint: { params: { from: '{windows.start}' }, windows: { start: 1, end: 2 } },
          },
        ],
      }),
    ).toThrow(/Did you mean `\{window\.start\}`/);
  });

  it('in the defaults', () => {
    expect(() =>
      restSource({
        client,
        // @ts-expect-error There is no resource `x` to take a field of
        resourceDefaults: { endpoint: { params: { id: '{resources.x.id}' } } },
        resources: ['a'],
      }),
    ).toThrow(/no resource `x`/);
  });
});

describe('a value of the wrong kind is an error of the compiler, and when it runs', () => {
  it('as any type makes it', () => {
    expect(() =>
      // @ts-expect-error no such method
      restSource({ client, resources: [{ name: 'a', endpoint: { method: 'PATCH' } }] }),
    ).toThrow(/must be one of GET, POST/);
    expect(() =>
      // @ts-expect-error no such disposition
      restSource({ client, resources: [{ name: 'a', writeDisposition: 'upsert' }] }),
    ).toThrow(/must be one of append, replace, merge/);
    // @ts-expect-error a resource needs a name
    expect(() => restSource({ client, resources: [{ endpoint: 'x' }] })).toThrow(
      /resources\[0\]\.name`: is missing/,
    );
    // @ts-expect-error a client needs a base URL
    expect(() => restSource({ client: {}, resources: ['a'] })).toThrow(
      /client\.baseUrl`: is missing/,
    );
  });
});

describe('what is right, or cannot be known, is taken', () => {
  it('with functions, whose parameters are known', () => {
    const source = restSource({
      client: { ...client, auth: ({ headers }) => void (headers['x'] = 'y') },
      resources: [
        {
          name: 'a',
          processingSteps: [
            { filter: (row) => row['id'] !== 1 },
            { map: (row) => ({ ...row, x: 1 }) },
          ],
          endpoint: {
            paginator: (page) => (page.rows > 0 ? { params: { page: page.index + 1 } } : null),
            incremental: {
              cursorPath: 'at',
              startParam: 'since',
              convert: (value) => String(value),
            },
            responseActions: [(response) => void response.status],
          },
        },
      ],
    });
    expect(source.resources.map(({ name }) => name)).toEqual(['a']);
  });

  it('with parents, doubled braces, null and made parts', () => {
    const source = restSource({
      client: { ...client, auth: bearer('x'), paginator: cursor() },
      resources: [
        'a',
        {
          name: 'b',
          primaryKey: ['a_id', 'id'],
          endpoint: {
            path: '{resources.a.id}/b',
            method: 'POST',
            json: { text: '{{resources.none.id}}', ids: ['{resources.a.id}'] },
            auth: null,
            paginator: { type: 'offset', limit: 5 },
          },
        },
      ],
    });
    expect(source.resources).toHaveLength(2);
  });

  it('with names that are texts, and configs whose type is wide', () => {
    const name = ['a'].join('');
    const wide: RestConfig = { client, resources: ['a'] };
    const actions: ResponseAction[] = [{ statusCode: 404, action: 'ignore' }];
    const resources: RestResource[] = ['a', 'b'].map((one) => ({
      name: one,
      endpoint: { path: one },
    }));
    expect(restSource(wide).resources).toHaveLength(1);
    expect(
      restSource({
        client,
        resources: [
          { name: 'a', endpoint: { responseActions: actions } },
          { name: 'b', endpoint: { responseOf: name } },
        ],
      }).resources,
    ).toHaveLength(2);
    expect(restSource({ client, resources }).resources).toHaveLength(2);
    expect(
      restSource({
        client,
        resources: [
          name,
          { name: 'b', endpoint: `{resources.${name}.id}/b` },
          { name: 'c', endpoint: '{resources.a.id}/c' },
        ],
      }).resources,
    ).toHaveLength(3);
  });
});
