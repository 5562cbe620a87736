import { describe, expect, it } from 'vitest';
import { configProblems, validateConfig } from '#src/rest/config/validate-config.js';
import { bearer, ConfigError, cursor, pageNumber, restSource } from 'sluice';

const client = { baseUrl: 'https://api.example.com/v1' };

/** Problems as `path: message`, of a config with this client unless it has its own. */
function problems(config: object): string[] {
  return configProblems({ client, ...config }).map(({ path, message }) => `${path}: ${message}`);
}

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;
const endpointOf = (endpoint: unknown): object => ({ resources: [{ name: 'a', endpoint }] });

describe('a config', () => {
  it.each<[string, object, string | RegExp]>([
    [
      'a misspelt key',
      { resorces: [], resources: ['a'] },
      /^resorces: unknown key\. Did you mean `resources`\? A config takes name, client, resources, /,
    ],
    [
      'a key in dlt’s spelling',
      endpointOf({ data_selector: 'x' }),
      /^resources\[0\]\.endpoint\.data_selector: unknown key\. Did you mean `dataSelector`\?/,
    ],
    [
      'a key that belongs into the endpoint',
      { resources: [{ name: 'a', path: 'x' }] },
      'resources[0].path: belongs into `endpoint`: { endpoint: { path: … } }.',
    ],
    [
      'a key that belongs beside the endpoint',
      endpointOf({ primaryKey: 'id' }),
      'resources[0].endpoint.primaryKey: belongs beside `endpoint`: { primaryKey: …, endpoint: { … } }.',
    ],
    [
      'a function that makes a paginator, not called',
      endpointOf({ paginator: pageNumber }),
      'resources[0].endpoint.paginator: found the function pageNumber itself. Call it: pageNumber(…).',
    ],
    [
      'a function that makes an authorization, not called',
      { client: { ...client, auth: bearer }, resources: ['a'] },
      'client.auth: found the function bearer itself. Call it: bearer(…).',
    ],
    [
      'a placeholder without `resources`',
      { resources: ['orders', { name: 'a', endpoint: 'orders/{orders.id}/refunds' }] },
      /^resources\[1\]\.endpoint: nothing fills \{orders\.id\}\. Write \{resources\./,
    ],
    [
      'a Date where text is wanted',
      endpointOf({ incremental: { cursorPath: 'at', initialValue: new Date(0) } }),
      'resources[0].endpoint.incremental.initialValue: found a Date; it must be text, a number or a BigInt.',
    ],
    [
      'a hint of dlt’s that does nothing here',
      { resources: [{ name: 'a', references: [] }] },
      'resources[0].references: dlt has it; sluice does not support it yet, so it would do nothing. Leave it out.',
    ],
    [
      'a missing key',
      { client: {}, resources: ['a'] },
      'client.baseUrl: is missing; it must be text.',
    ],
    [
      'a base URL that is none',
      { client: { baseUrl: 'api.example.com' }, resources: ['a'] },
      /^client\.baseUrl: `api\.example\.com` is not an http address\./,
    ],
    ['a wrong type', { resources: 'orders' }, 'resources: found text "orders"; it must be a list.'],
    [
      'a wrong word',
      endpointOf({ method: 'PATCH' }),
      'resources[0].endpoint.method: found text "PATCH"; it must be one of GET, POST.',
    ],
    [
      'a misspelt word',
      { resources: [{ name: 'a', writeDisposition: 'merg' }] },
      /^resources\[0\]\.writeDisposition: .*Did you mean `merge`\?$/,
    ],
    [
      'a number where text is wanted',
      { client: { ...client, headers: { accept: 5 } }, resources: ['a'] },
      'client.headers.accept: found number 5; it must be text.',
    ],
    [
      'an object where a list is wanted',
      endpointOf({ skipStatus: { a: 1, b: 2 } }),
      'resources[0].endpoint.skipStatus: found an object with a, b; it must be a list.',
    ],
    [
      'a list with a wrong element',
      endpointOf({ skipStatus: [404, '410'] }),
      'resources[0].endpoint.skipStatus[1]: found text "410"; it must be a whole number of at least 100.',
    ],
    [
      'text that may hold secrets, in place of a body',
      endpointOf({ method: 'POST', json: '{"password":"hunter2"}' }),
      'resources[0].endpoint.json: found text (not shown); it must be an object.',
    ],
    [
      'a number that JSON cannot hold, in a body',
      endpointOf({ method: 'POST', json: { a: [NaN] } }),
      'resources[0].endpoint.json: in it, `a[0]` is NaN, which JSON cannot hold. Give null for it, or leave it out.',
    ],
    [
      'a body that holds itself',
      endpointOf({ method: 'POST', json: cycle }),
      'resources[0].endpoint.json: in it, `self` is an object that contains itself, which JSON cannot hold. Give null for it, or leave it out.',
    ],
    [
      'text that may hold secrets, in place of headers',
      { client: { ...client, headers: 'authorization: hunter2' }, resources: ['a'] },
      'client.headers: found text (not shown); it must be an object.',
    ],
    [
      'no client',
      { client: null, resources: ['a'] },
      'client: is missing; it must be an object with baseUrl, headers, auth, authHosts, rateLimit, retry, ….',
    ],
    [
      'an unknown paginator',
      endpointOf({ paginator: { type: 'pages' } }),
      /^resources\[0\]\.endpoint\.paginator\.type: found text "pages"\. A paginator has one of these types: single, auto, jsonLink,/,
    ],
    [
      'a misspelt paginator',
      endpointOf({ paginator: 'cursr' }),
      /^resources\[0\]\.endpoint\.paginator: found text "cursr".*Did you mean `cursor`\?$/,
    ],
    [
      'a wrong key of a paginator',
      endpointOf({ paginator: { type: 'cursor', cursorPth: 'x' } }),
      /^resources\[0\]\.endpoint\.paginator\.cursorPth: unknown key\. Did you mean `cursorPath`\? Paginator cursor takes/,
    ],
    [
      'what a paginator refuses',
      endpointOf({ paginator: { type: 'offset', limit: 0 } }),
      'resources[0].endpoint.paginator.limit: found number 0; it must be a whole number of at least 1.',
    ],
    [
      'an unknown auth',
      { client: { ...client, auth: { type: 'oauth' } }, resources: ['a'] },
      /^client\.auth\.type: found text \(not shown\)\. An authorization has one of these types: bearer, apiKey/,
    ],
    [
      'auth that lacks something',
      { client: { ...client, auth: { type: 'sessionToken', tokenPath: 't' } }, resources: ['a'] },
      'client.auth.login: is missing; it must be an object with url, path, method, json, data, headers.',
    ],
    [
      'a rate limit that is none',
      { client: { ...client, rateLimit: 'slow' }, resources: ['a'] },
      /^client\.rateLimit: `slow` is not a rate limit\./,
    ],
    [
      'retries that are none',
      { client: { ...client, retry: { attempts: -1 } }, resources: ['a'] },
      /^client\.retry: retry\.attempts must be a number above 0/,
    ],
    [
      'windows that end before they start',
      endpointOf({ windows: { start: 20, end: 10 } }),
      /^resources\[0\]\.endpoint\.windows: The window ends \(10\) before it starts \(20\)/,
    ],
    [
      'a poll that is never done',
      endpointOf({ poll: { statusPath: 'status', done: [] } }),
      /^resources\[0\]\.endpoint\.poll: poll needs at least one word/,
    ],
    [
      'an ignored response without a condition',
      endpointOf({ responseActions: [{ action: 'ignore' }] }),
      /^resources\[0\]\.endpoint\.responseActions: responseActions\[0\] is 'ignore' for every response/,
    ],
    [
      'a step with two functions',
      {
        resources: [
          { name: 'a', processingSteps: [{ filter: () => true, map: (row: object) => row }] },
        ],
      },
      /^resources\[0\]\.processingSteps\[0\]: a processing step has one function/,
    ],
    [
      'a column with an unknown type',
      { resources: [{ name: 'a', columns: { x: { dataType: 'money' } } }] },
      /^resources\[0\]\.columns\.x\.dataType: found text "money"/,
    ],
    [
      'a wrong key in the defaults',
      { resourceDefaults: { endpoint: { pth: 'x' } }, resources: ['a'] },
      /^resourceDefaults\.endpoint\.pth: unknown key\. Did you mean `path`\?/,
    ],
  ])('with %s is reported', (_what, config, message) => {
    const [first = '', ...others] = problems(config);
    expect(first).toMatch(message);
    expect(others).toEqual([]);
  });

  it('that is right has no problems, whatever it holds', () => {
    expect(
      problems({
        name: 'shop',
        client: {
          ...client,
          auth: { token: 'x' },
          headers: { a: 'b' },
          authHosts: ['x.org'],
          rateLimit: { requests: 3, per: '1m', burst: 2, concurrency: 2 },
          retry: { attempts: 3 },
          advice: { 403: 'Ask.' },
          timeoutMs: 1,
          stallMs: 1,
          maxBytes: 1,
          fetch,
          paginator: cursor(),
        },
        resourceDefaults: {
          primaryKey: 'id',
          endpoint: {
            params: { limit: 5, ids: [1, 'b', true], none: null, left: undefined, big: 5n },
          },
        },
        resources: [
          'a',
          {
            name: 'b',
            endpoint: 'a/{resources.a.id}/b',
            includeFromParent: { a_id: 'id' },
            processingSteps: [{ filter: () => true }],
            selected: false,
          },
          {
            name: 'c',
            endpoint: {
              path: 'b/{+resources.b.path}',
              method: 'POST',
              json: { ids: '{resources.b.id}' },
              groupSize: 20,
              auth: null,
              paginator: () => null,
              responseActions: [{ statusCode: 404, action: 'ignore' }, () => undefined],
            },
          },
          { name: 'd', data: [{ id: 1 }] },
          {
            name: 'e',
            endpoint: {
              windows: { start: '2026-01-01', size: 3600 },
              incremental: { cursorPath: 'at', startParam: 'since', convert: String },
              params: { from: '{window.start}', at: '{incremental.start_value}' },
            },
          },
        ],
      }),
    ).toEqual([]);
  });
});

describe('resources that go together', () => {
  it.each<[string, readonly unknown[], readonly (string | RegExp)[]]>([
    ['none', [], ['resources: the list is empty; a source needs at least one resource.']],
    [
      'two of one name',
      ['a', 'b', { name: 'a' }],
      ['resources[2].name: `a` is the name of resources[0] too; each resource needs its own.'],
    ],
    [
      'a parent that is misspelt',
      ['orders', { name: 'lines', endpoint: '{resources.ordrs.id}/lines' }],
      [
        'resources[1].endpoint: there is no resource `ordrs`. Did you mean `orders`? Resources: orders, lines.',
      ],
    ],
    [
      'a parent that is named in a header',
      ['a', { name: 'b', endpoint: { headers: { x: '{resources.zoo.id}' } } }],
      [/^resources\[1\]\.endpoint\.headers: there is no resource `zoo`\./],
    ],
    [
      'a resource that is its own parent',
      [{ name: 'a', endpoint: '{resources.a.id}' }],
      ['resources[0]: resource a takes fields of its own rows; it cannot be its own parent.'],
    ],
    [
      'a circle, and one that hangs on it',
      [
        { name: 'a', endpoint: '{resources.b.id}/x' },
        { name: 'b', endpoint: '{resources.a.id}/x' },
        { name: 'c', endpoint: '{resources.a.id}/c' },
      ],
      ['resources: a, b take fields of each other in a circle.'],
    ],
    [
      'a field of no parent',
      ['a', { name: 'b', includeFromParent: ['id'] }],
      [/^resources\[1\]\.includeFromParent: there is no \{resources/],
    ],
    [
      'a field that may be of two parents',
      [
        'a',
        'b',
        {
          name: 'c',
          endpoint: '{resources.a.id}/{resources.b.id}/c',
          includeFromParent: ['id', 'a.id'],
        },
      ],
      ['resources[2].includeFromParent: there are several parents (a, b): write `<parent>.id`.'],
    ],
    [
      'fields of rows that are requested together',
      [
        'a',
        {
          name: 'b',
          endpoint: { params: { ids: '{resources.a.id}' }, groupSize: 9 },
          includeFromParent: ['id'],
        },
      ],
      [/groupSize.*rows do not tell which parent/],
    ],
    [
      'groups without a parent',
      [{ name: 'a', endpoint: { groupSize: 5 } }],
      [
        'resources[0].endpoint.groupSize: only a resource that takes fields of a parent can request in groups.',
      ],
    ],
    [
      'two bodies',
      [{ name: 'a', endpoint: { method: 'POST', json: {}, data: 'x' } }],
      [/both `json` and `data`; a request has one body/],
    ],
    [
      'a GET with a body',
      [{ name: 'a', endpoint: { json: {} } }],
      [/^resources\[0\]\.endpoint\.json: a GET has no body/],
    ],
    [
      'a body of a GET that is a POST',
      [{ name: 'a', endpoint: { method: 'POST', json: {}, getWithBody: true } }],
      [/^resources\[0\]\.endpoint\.getWithBody: does nothing, because `method` is no GET/],
    ],
    [
      'a GET whose paginator writes into the body',
      [{ name: 'a', endpoint: { paginator: cursor({ cursorBodyPath: 'after' }) } }],
      [/^resources\[0\]\.endpoint\.paginator: the paginator writes into the body/],
    ],
    [
      'rows that are given and requested',
      [{ name: 'a', data: [], endpoint: 'x' }],
      [/both `data` and an `endpoint`/],
    ],
    [
      'files without a place',
      [{ name: 'a', endpoint: { format: 'file' } }],
      [/has no path for them\. Set `saveAs`/],
    ],
    [
      'a place without files',
      [{ name: 'a', endpoint: { saveAs: 'x' } }],
      [/responses are saved only where `format` is `file`/],
    ],
    [
      'a name in a path that nothing fills',
      [{ name: 'a', endpoint: 'runs/{runID}/results' }],
      [/^resources\[0\]\.endpoint: nothing fills \{runID\}\./],
    ],
    [
      'a placeholder as in a template of JavaScript',
      ['a', { name: 'b', endpoint: 'a/${resources.a.id}' }],
      [
        /^resources\[1\]\.endpoint: `\$\{resources\.a\.id\}` has a \$ before the placeholder, .* Write \{resources\.a\.id\};/,
      ],
    ],
    [
      'a value of incremental as in a template of JavaScript',
      [
        {
          name: 'a',
          endpoint: {
            method: 'POST',
            json: { since: '${incremental.startValue}' },
            incremental: { cursorPath: 'at', initialValue: 1 },
          },
        },
      ],
      [/^resources\[0\]\.endpoint\.json: `\$\{incremental\.startValue\}` has a \$/],
    ],
    [
      'a placeholder with spaces',
      ['a', { name: 'b', endpoint: { params: { x: '{ resources.a.id }' } } }],
      [
        'resources[1].endpoint.params: `{ resources.a.id }` is not a placeholder. Did you mean `{resources.a.id}`?',
      ],
    ],
    [
      'a misspelt placeholder',
      ['a', { name: 'b', endpoint: { params: { x: '{resource.a.id}' } } }],
      [
        'resources[1].endpoint.params: `{resource.a.id}` is not a placeholder. Did you mean `{resources.a.id}`?',
      ],
    ],
    [
      'a placeholder without a field',
      ['a', { name: 'b', endpoint: '{resources.a}/b' }],
      [/^resources\[1\]\.endpoint: \{resources\.a\} lacks a field/],
    ],
    [
      'a placeholder without its source',
      [{ name: 'a', endpoint: { params: { x: '{window.start}' } } }],
      ['resources[0].endpoint.params: {window.start} needs `windows` in the endpoint.'],
    ],
    [
      'a value that does not exist',
      [
        {
          name: 'a',
          endpoint: {
            incremental: { cursorPath: 'at' },
            params: { x: '{incremental.startvalue}' },
          },
        },
      ],
      [/there is no \{incremental\.startvalue\}\. Did you mean `startValue`\?/],
    ],
    [
      'windows that no request holds',
      [{ name: 'a', endpoint: { windows: { start: 1, end: 2 } } }],
      [/^resources\[0\]\.endpoint\.windows: no request contains the window/],
    ],
    [
      'windows in a path',
      [{ name: 'a', endpoint: { path: '{window.end}/a', windows: { start: 1 } } }],
      [],
    ],
    [
      'a key of maps for rows that are a list',
      [
        { name: 'a', endpoint: { key: 'id' } },
        { name: 'b', endpoint: { key: 'id', rows: 'map' } },
      ],
      [/^resources\[0\]\.endpoint\.key: does nothing here/],
    ],
    [
      'what becomes of parents where there are none',
      [{ name: 'a', endpoint: { missingParent: 'fail' } }],
      [/^resources\[0\]\.endpoint\.missingParent: does nothing here/],
    ],
    [
      'responses of a resource with a wildcard',
      [
        { name: 'a', endpoint: { dataSelector: 'groups[*].people' } },
        { name: 'b', endpoint: { responseOf: 'a', dataSelector: 'teams' } },
      ],
      [/^resources\[1\]\.endpoint\.responseOf: the dataSelector of `a` has a wildcard/],
    ],
  ])('with %s are reported', (_what, resources, messages) => {
    const found = problems({ resources });
    expect(found).toHaveLength(messages.length);
    for (const [i, message] of messages.entries()) expect(found[i]).toMatch(message);
  });

  it('are reported where it is the defaults that are wrong', () => {
    expect(
      problems({
        resourceDefaults: { endpoint: { params: { x: '{resources.zoo.id}' } } },
        resources: ['a'],
      })[0],
    ).toMatch(/^resources\[0\]: there is no resource `zoo`/);
    expect(
      problems({
        resourceDefaults: { endpoint: { params: { x: '{resources.zoo.id}' } } },
        resources: [{ name: 'a', endpoint: {} }],
      })[0],
    ).toMatch(/^resourceDefaults\.endpoint\.params: there is no resource `zoo`/);
  });
});

describe('an error', () => {
  const wrong = {
    name: 'shop',
    clent: {},
    client: { ...client, auth: { type: 'bearer', tokn: 'sk_live_1234' } },
    resources: ['a', 'a', { name: 'b', endpoint: { method: 'PUT' } }],
  };

  it('names everything at once, with the source', () => {
    expect(() => validateConfig(wrong)).toThrow(ConfigError);
    expect(() => validateConfig(wrong)).toThrow(
      /^Source `shop`: 4 things are wrong:\n  - `clent`: .*\n  - `client\.auth\.tokn`: .*\n  - `resources\[2\]\.endpoint\.method`: .*\n  - `resources\[1\]`: /,
    );
  });

  it('comes to plain JavaScript too, before anything is requested', () => {
    expect(() => restSource(wrong as never)).toThrow(/^Source `shop`: 4 things/);
    for (const value of [null, undefined, 'x', [], () => 0])
      expect(() => restSource(value as never), String(value)).toThrow(
        /^Source `rest_api`: found .*; it must be an object with name, client, resources, /,
      );
  });

  it.each<[string, object]>([
    ['a token', { client: { ...client, auth: { type: 'bearer', token: 5, extra: 'SECRET-1' } } }],
    ['a token in the place of a type', { client: { ...client, auth: 'SECRET-1' } }],
    [
      'a header',
      { client: { ...client, headers: { Authorization: ['SECRET-1'], 'X-Api-Key': 'ok' } } },
    ],
    [
      'a parameter',
      {
        resources: [
          { name: 'a', endpoint: { params: { api_key: { x: 'SECRET-1' } }, method: 'x' } },
        ],
      },
    ],
    ['a base URL', { client: { baseUrl: 'https://me:SECRET-1@api.example.com' } }],
    [
      'an address in a wrong place',
      { client: 'https://me:SECRET-1@api.example.com/?token=SECRET-1' },
    ],
  ])('does not show %s', (_what, part) => {
    const found = problems({ resources: ['a'], ...part });
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).not.toContain('SECRET-1');
  });
});
