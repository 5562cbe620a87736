import { describe, expect, it } from 'vitest';
import { authOf } from '#src/rest/auth/auth-of.js';
import { resolveResources } from '#src/rest/resources/resolve-resources.js';
import { ConfigError, cursor, pageNumber, type RestConfig, restSource } from 'sluice';

const client = { baseUrl: 'https://api.example.com/v1' };

function resolve(
  config: Omit<RestConfig, 'client'> & { client?: RestConfig['client'] },
): ReturnType<typeof resolveResources> {
  return resolveResources({ client, ...config }, authOf);
}

describe('resources', () => {
  it('that are texts have their name for a path', () => {
    expect(resolve({ resources: ['orders'] })).toEqual([
      {
        resource: { name: 'orders', columns: {}, nestedHints: {}, optionalColumns: [] },
        endpoint: { path: 'orders', params: {}, paginator: 'auto' },
        defaultParams: [],
        data: null,
        parents: [],
        fields: [],
        parentFields: {},
      },
    ]);
  });

  it('may give an endpoint as its path', () => {
    expect(
      resolve({ resources: [{ name: 'orders', endpoint: 'sales/orders' }] })[0]?.endpoint.path,
    ).toBe('sales/orders');
  });

  it('come parents first, whatever the order given', () => {
    const order = resolve({
      resources: [
        { name: 'c', endpoint: 'b/{resources.b.id}/c' },
        { name: 'b', endpoint: 'a/{resources.a.id}/b' },
        'a',
      ],
    });
    expect(order.map(({ resource, parents }) => [resource.name, parents])).toEqual([
      ['a', []],
      ['b', ['a']],
      ['c', ['b']],
    ]);
  });

  it('stamp fields of the parent as dlt names them, or by the names given', () => {
    const [, listed, named] = resolve({
      resources: [
        'issues',
        {
          name: 'x',
          endpoint: 'issues/{resources.issues.id}/x',
          includeFromParent: ['id', 'title'],
        },
        {
          name: 'y',
          endpoint: 'issues/{resources.issues.id}/y',
          includeFromParent: { issue_id: 'id' },
        },
      ],
    });
    const field = (name: string): object => ({ parent: 'issues', field: name });
    expect(listed?.parentFields).toEqual({
      _issues_id: field('id'),
      _issues_title: field('title'),
    });
    expect(named?.parentFields).toEqual({ issue_id: field('id') });
  });
});

describe('resourceDefaults', () => {
  it('give way to the resource; params, json and columns are merged, all else replaced', () => {
    const [one] = resolve({
      resourceDefaults: {
        writeDisposition: 'merge',
        primaryKey: 'id',
        columns: { a: { dataType: 'json', nullable: false }, b: { dataType: 'text' } },
        endpoint: {
          params: { limit: 10, sort: 'id' },
          json: { a: 1, b: 2 },
          headers: { x: '1' },
          dataSelector: 'data',
          method: 'POST',
        },
      },
      resources: [
        {
          name: 'orders',
          primaryKey: ['a', 'b'],
          columns: { a: { dataType: 'text' } },
          endpoint: { params: { limit: 5 }, json: { b: 3 }, headers: { y: '2' } },
        },
      ],
    });
    expect(one?.resource).toEqual({
      name: 'orders',
      writeDisposition: 'merge',
      nestedHints: {},
      optionalColumns: ['b'],
      primaryKey: ['a', 'b'],
      columns: { a: { dataType: 'text', nullable: false }, b: { dataType: 'text' } },
    });
    expect(one?.endpoint).toEqual({
      path: 'orders',
      method: 'POST',
      params: { limit: 5, sort: 'id' },
      json: { a: 1, b: 3 },
      headers: { y: '2' },
      dataSelector: 'data',
      paginator: 'auto',
    });
  });

  it('hand the paginator on: endpoint before defaults before client', () => {
    const [ofClient, ofDefaults, own] = [cursor(), pageNumber(), cursor({ cursorParam: 'x' })];
    const withClient = { client: { ...client, paginator: ofClient } };
    expect(resolve({ ...withClient, resources: ['a'] })[0]?.endpoint.paginator).toBe(ofClient);
    expect(
      resolve({
        ...withClient,
        resourceDefaults: { endpoint: { paginator: ofDefaults } },
        resources: ['a'],
      })[0]?.endpoint.paginator,
    ).toBe(ofDefaults);
    expect(
      resolve({
        ...withClient,
        resourceDefaults: { endpoint: { paginator: ofDefaults } },
        resources: [{ name: 'a', endpoint: { paginator: own } }],
      })[0]?.endpoint.paginator,
    ).toBe(own);
  });

  it('leave the configuration as it was', () => {
    const config = {
      resourceDefaults: { columns: { a: { dataType: 'text' as const } } },
      resources: [{ name: 'a', columns: { a: { nullable: false } } }],
    };
    const before = structuredClone(config);
    resolve(config);
    expect(config).toEqual(before);
  });
});

describe('a path that ends in a placeholder', () => {
  const parents = 'users';

  it('is one record: one page, the whole body, before the client’s paginator, as in dlt', () => {
    const [, user] = resolve({
      client: { ...client, paginator: pageNumber() },
      resources: [parents, { name: 'user', endpoint: 'users/{resources.users.id}/' }],
    });
    expect(user?.endpoint.dataSelector).toBe('@');
    expect(user?.endpoint.paginator).toMatchObject({ config: { type: 'single' } });
  });

  it('is what the endpoint or the defaults say where they say something', () => {
    const paginator = pageNumber();
    const [, user] = resolve({
      resourceDefaults: { endpoint: { dataSelector: 'data' } },
      resources: [
        parents,
        { name: 'user', endpoint: { path: 'users/{resources.users.id}', paginator } },
      ],
    });
    expect(user?.endpoint.dataSelector).toBe('data');
    expect(user?.endpoint.paginator).toBe(paginator);
  });
});

describe('a wrong description', () => {
  it.each<[string, RestConfig['resources'], RegExp]>([
    ['no resources', [], /at least one resource/],
    [
      'a name twice',
      ['a', { name: 'a' }],
      /resources\[1\]\.name`: `a` is the name of resources\[0\] too/,
    ],
    [
      'an unknown parent',
      [{ name: 'b', endpoint: 'x/{resources.a.id}/b' }],
      /resources\[0\]\.endpoint`: there is no resource `a`\. Resources: b/,
    ],
    [
      'a circle',
      [
        { name: 'a', endpoint: '{resources.b.id}/x' },
        { name: 'b', endpoint: '{resources.a.id}/x' },
      ],
      /resources`: a, b take fields of each other in a circle/,
    ],
    [
      'a field of a parent that is not named',
      ['a', { name: 'b', includeFromParent: ['id'] }],
      /resources\[1\]\.includeFromParent`: there is no \{resources\.<parent>\.<field>\}/,
    ],
  ])('is refused before anything is requested: %s', (_what, resources, message) => {
    expect(() => restSource({ client, resources })).toThrow(message);
    expect(() => restSource({ client, resources })).toThrow(
      expect.objectContaining({ code: 'ERR_SLUICE_CONFIG' }) as Error,
    );
  });

  it('names the resources that there are when others are picked', () => {
    expect(() =>
      restSource({ name: 'shop', client, resources: ['a', 'b'] }).withResources(['a', 'c']),
    ).toThrow('Source shop has no resource `c`. Resources: a, b.');
  });
});

describe('the rate limit of the settings', () => {
  const source = (value: unknown): unknown =>
    restSource(
      { name: 'shop', client, resources: ['orders'] },
      {
        env: {},
        overrides: {
          name: '--set',
          get: ([key, ...more]) => (key === 'rate_limit' && more.length === 0 ? value : undefined),
        },
      },
    );

  it('is taken as text', () => {
    expect(() => source(' 100/1m ')).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    [
      'no rate',
      'fast',
      'Source `shop`: --set rate_limit: `fast` is not a rate limit. Write for example 100/1m, 100/3000ms or 300/1m burst 20.',
    ],
    ['a number', 100, 'Source `shop`: --set rate_limit: `100` is not a rate limit.'],
    ['a list', [1], 'Source `shop`: --set rate_limit must be one value; found [1].'],
  ])('is refused with its place where it is %s', (_what, value, message) => {
    expect(() => source(value)).toThrow(ConfigError);
    expect(() => source(value)).toThrow(message);
  });
});
