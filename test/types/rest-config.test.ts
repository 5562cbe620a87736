import { describe, expect, it } from 'vitest';
import { bearer, cursor, type ResponseAction, type RestConfig, type RestResource, restSource } from 'sluice';

// Each line under a `@ts-expect-error` is an error of the compiler, or the build fails; each test says what plain JavaScript is told.

const client = { baseUrl: 'https://api.example.com' };

describe('a key that does not exist is an error of the compiler, and when it runs', () => {
  it('in the config', () => {
    // @ts-expect-error There is no key `resource` here
    expect(() => restSource({ client, resource: [], resources: ['a'] })).toThrow(/^Source `rest_api`: resource: unknown key/);
  });

  it('in the client', () => {
    // @ts-expect-error There is no key `base_url` here
    expect(() => restSource({ client: { baseUrl: client.baseUrl, base_url: 'x' }, resources: ['a'] })).toThrow(/client\.base_url: unknown key/);
  });

  it('in the retries', () => {
    // @ts-expect-error There is no key `atempts` here
    expect(() => restSource({ client: { ...client, retry: { maxMs: 5, atempts: 3 } }, resources: ['a'] })).toThrow(/client\.retry\.atempts: unknown key/);
  });

  it('in the rate limit', () => {
    // @ts-expect-error There is no key `brst` here
    expect(() => restSource({ client: { ...client, rateLimit: { requests: 1, per: '1s', brst: 3 } }, resources: ['a'] })).toThrow(/client\.rateLimit\.brst: unknown key/);
  });

  it('in the authorization', () => {
    // @ts-expect-error There is no key `tokn` here
    expect(() => restSource({ client: { ...client, auth: { type: 'bearer', tokn: 'x' } }, resources: ['a'] })).toThrow(/client\.auth\.tokn: unknown key/);
  });

  it('in the defaults', () => {
    // @ts-expect-error There is no key `writeDispositon` here
    expect(() => restSource({ client, resourceDefaults: { primaryKey: 'id', writeDispositon: 'merge' }, resources: ['a'] })).toThrow(/resourceDefaults\.writeDispositon: unknown key/);
  });

  it('in the endpoint of the defaults', () => {
    // @ts-expect-error There is no key `dataSelectr` here
    expect(() => restSource({ client, resourceDefaults: { endpoint: { method: 'GET', dataSelectr: 'x' } }, resources: ['a'] })).toThrow(/resourceDefaults\.endpoint\.dataSelectr: unknown key/);
  });

  it('in a resource', () => {
    // @ts-expect-error There is no key `primary_key` here
    expect(() => restSource({ client, resources: ['a', { name: 'b', primary_key: 'id' }] })).toThrow(/resources\[1\]\.primary_key: unknown key/);
  });

  it('in an endpoint', () => {
    // @ts-expect-error There is no key `data_selector` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { path: 'x', data_selector: 'data' } }] })).toThrow(/resources\[0\]\.endpoint\.data_selector: unknown key/);
  });

  it('in a column', () => {
    // @ts-expect-error There is no key `nullabel` here
    expect(() => restSource({ client, resources: [{ name: 'a', columns: { x: { dataType: 'json', nullabel: true } } }] })).toThrow(/resources\[0\]\.columns\.x\.nullabel: unknown key/);
  });

  it('in a paginator, which has keys of its own', () => {
    // @ts-expect-error There is no key `limit` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { paginator: { type: 'cursor', limit: 5 } } }] })).toThrow(/paginator\.limit: unknown key/);
  });

  it('in incremental', () => {
    // @ts-expect-error There is no key `strtParam` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { incremental: { cursorPath: 'x', strtParam: 'y' } } }] })).toThrow(/incremental\.strtParam: unknown key/);
  });

  it('in windows', () => {
    // @ts-expect-error There is no key `step` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { windows: { start: 1, end: 2, step: 3 } } }] })).toThrow(/windows\.step: unknown key/);
  });

  it('in a response action', () => {
    // @ts-expect-error There is no key `statusCod` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { responseActions: [() => undefined, { statusCod: 404, action: 'ignore' }] } }] })).toThrow(/responseActions\[1\]\.statusCod: unknown key/);
  });

  it('in poll', () => {
    // @ts-expect-error There is no key `faild` here
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { poll: { statusPath: 'x', done: ['y'], faild: [] } } }] })).toThrow(/poll\.faild: unknown key/);
  });
});

describe('a parent that does not exist is an error of the compiler, and when it runs', () => {
  it('in an endpoint that is a path', () => {
    // @ts-expect-error There is no resource `ordrs` to take a field of
    expect(() => restSource({ client, resources: ['orders', { name: 'lines', endpoint: 'orders/{resources.ordrs.id}/lines' }] })).toThrow(/no resource `ordrs`/);
  });

  it('in a path, behind one that exists', () => {
    // @ts-expect-error There is no resource `shop` to take a field of
    expect(() => restSource({ client, resources: [{ name: 'orders' }, { name: 'lines', endpoint: { path: '{resources.orders.id}/{resources.shop.id}' } }] })).toThrow(/no resource `shop`/);
  });

  it('in a path, with slashes kept', () => {
    // @ts-expect-error There is no resource `repo` to take a field of
    expect(() => restSource({ client, resources: ['repos', { name: 'issues', endpoint: 'repos/{+resources.repo.full_name}/issues' }] })).toThrow(/no resource `repo`\. Did you mean `repos`/);
  });

  it('in params, at any depth', () => {
    // @ts-expect-error There is no resource `x` to take a field of
    expect(() => restSource({ client, resources: ['a', { name: 'b', endpoint: { params: { ids: ['1', '{resources.x.id}'] } } }] })).toThrow(/no resource `x`/);
  });

  it('in a body', () => {
    // @ts-expect-error There is no resource `x` to take a field of
    expect(() => restSource({ client, resources: ['a', { name: 'b', endpoint: { method: 'POST', json: { filter: { id: '{resources.x.id}' } } } }] })).toThrow(/no resource `x`/);
  });

  it('in headers', () => {
    // @ts-expect-error There is no resource `x` to take a field of
    expect(() => restSource({ client, resources: ['a', { name: 'b', endpoint: { headers: { 'X-Id': '{resources.x.id}' } } }] })).toThrow(/no resource `x`/);
  });

  it('as the one whose answers are taken', () => {
    // @ts-expect-error There is no resource `bundel`
    expect(() => restSource({ client, resources: ['bundle', { name: 'users', endpoint: { answerOf: 'bundel', dataSelector: 'users' } }] })).toThrow(/no resource `bundel`\. Did you mean `bundle`/);
  });

  it('in a placeholder whose first word is another', () => {
    // @ts-expect-error Placeholders are {resources.…}, {incremental.…} and {window.…}
    expect(() => restSource({ client, resources: ['orders', { name: 'lines', endpoint: { path: 'orders/{resource.orders.id}/lines' } }] })).toThrow(/`\{resource\.orders\.id\}` is no placeholder\. Did you mean `\{resources\.orders\.id\}`/);
    // @ts-expect-error Placeholders are {resources.…}, {incremental.…} and {window.…}
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { params: { from: '{windows.start}' }, windows: { start: 1, end: 2 } } }] })).toThrow(/Did you mean `\{window\.start\}`/);
  });

  it('in the defaults', () => {
    // @ts-expect-error There is no resource `x` to take a field of
    expect(() => restSource({ client, resourceDefaults: { endpoint: { params: { id: '{resources.x.id}' } } }, resources: ['a'] })).toThrow(/no resource `x`/);
  });
});

describe('a value of the wrong kind is an error of the compiler, and when it runs', () => {
  it('as any type makes it', () => {
    // @ts-expect-error no such method
    expect(() => restSource({ client, resources: [{ name: 'a', endpoint: { method: 'PATCH' } }] })).toThrow(/must be one of GET, POST/);
    // @ts-expect-error no such disposition
    expect(() => restSource({ client, resources: [{ name: 'a', writeDisposition: 'upsert' }] })).toThrow(/must be one of append, replace, merge/);
    // @ts-expect-error a resource needs a name
    expect(() => restSource({ client, resources: [{ endpoint: 'x' }] })).toThrow(/resources\[0\]\.name: is missing/);
    // @ts-expect-error a client needs a base URL
    expect(() => restSource({ client: {}, resources: ['a'] })).toThrow(/client\.baseUrl: is missing/);
  });
});

describe('what is right, or cannot be known, is taken', () => {
  it('with functions, whose parameters are known', () => {
    const source = restSource({
      client: { ...client, auth: ({ headers }) => void (headers['x'] = 'y') },
      resources: [
        {
          name: 'a',
          processingSteps: [{ filter: (row) => row['id'] !== 1 }, { map: (row) => ({ ...row, x: 1 }) }],
          endpoint: { paginator: (page) => (page.rows > 0 ? { params: { page: page.index + 1 } } : null), incremental: { cursorPath: 'at', startParam: 'since', convert: (value) => String(value) }, responseActions: [(response) => void response.status] },
        },
      ],
    });
    expect(source.resources.map(({ name }) => name)).toEqual(['a']);
  });

  it('with parents, doubled braces, null and made parts', () => {
    const source = restSource({
      client: { ...client, auth: bearer('x'), paginator: cursor() },
      resources: ['a', { name: 'b', primaryKey: ['a_id', 'id'], endpoint: { path: '{resources.a.id}/b', method: 'POST', json: { text: '{{resources.none.id}}', ids: ['{resources.a.id}'] }, auth: null, paginator: { type: 'offset', limit: 5 } } }],
    });
    expect(source.resources).toHaveLength(2);
  });

  it('with names that are texts, and configs whose type is wide', () => {
    const name = ['a'].join('');
    const wide: RestConfig = { client, resources: ['a'] };
    const actions: ResponseAction[] = [{ statusCode: 404, action: 'ignore' }];
    const resources: RestResource[] = ['a', 'b'].map((one) => ({ name: one, endpoint: { path: one } }));
    expect(restSource(wide).resources).toHaveLength(1);
    expect(restSource({ client, resources: [{ name: 'a', endpoint: { responseActions: actions } }, { name: 'b', endpoint: { answerOf: name } }] }).resources).toHaveLength(2);
    expect(restSource({ client, resources }).resources).toHaveLength(2);
    expect(restSource({ client, resources: [name, { name: 'b', endpoint: `{resources.${name}.id}/b` }, { name: 'c', endpoint: '{resources.a.id}/c' }] }).resources).toHaveLength(3);
  });
});
