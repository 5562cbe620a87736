import { describe, expect, it } from 'vitest';
import { translateDlt } from '#src/rest/dlt/translate-dlt.js';
import { fromDlt, isDltConfig, type RestResource } from 'sluice';

const client = { base_url: 'https://api.example.com/v1' };

function translated(config: object): ReturnType<typeof translateDlt> {
  return translateDlt({ client, ...config });
}

/** The endpoint of the last resource of a config with these. */
function endpointOf(endpoint: unknown, more: object = {}, parents: unknown[] = []): unknown {
  return translated({ ...more, resources: [...parents, { name: 'x', endpoint }] })
    .config.resources.map((one) => (one as RestResource).endpoint)
    .at(-1);
}

const BARE = { path: 'x', params: {}, headers: {} };
const AFRESH = { ...BARE, dataSelector: '@', paginator: { type: 'single' } };

describe('an endpoint', () => {
  it.each<[string, unknown, object]>([
    ['a path alone', 'sales/x', { ...BARE, path: 'sales/x' }],
    ['nothing: the name is the path', undefined, BARE],
    ['slashes on both sides of the joint', { path: '/x' }, BARE],
    [
      'a method, a body and headers',
      { method: 'POST', json: { a: 1 }, headers: { n: 5 } },
      { ...BARE, method: 'POST', json: { a: 1 }, headers: { n: '5' } },
    ],
    [
      'a form',
      { method: 'POST', data: { a: '{{b}}' } },
      { ...BARE, method: 'POST', data: { a: '{b}' } },
    ],
    [
      'params: scalars, lists, null',
      { params: { a: 1, b: ['x'], c: null } },
      { ...BARE, params: { a: 1, b: ['x'] } },
    ],
    [
      'params that the path takes',
      { path: 'shops/{shop}/x', params: { shop: 7, a: 1 } },
      { ...BARE, path: 'shops/7/x', params: { a: 1 } },
    ],
    [
      'a selector',
      { data_selector: '$.data.items' },
      { ...BARE, dataSelector: 'data.items', mayBeMissing: true },
    ],
    [
      'a path that ends in a static param: one record',
      { path: 'x/{id}', params: { id: 5 } },
      { ...AFRESH, path: 'x/5' },
    ],
    ['no auth of its own', { auth: null }, { ...BARE, auth: null }],
    [
      'ignored responses',
      {
        response_actions: [
          { status_code: 404, action: 'ignore' },
          { content: 'gone', action: 'ignore' },
        ],
      },
      {
        ...BARE,
        responseActions: [
          { statusCode: 404, action: 'ignore' },
          { content: 'gone', action: 'ignore' },
        ],
      },
    ],
    [
      'a span of time',
      {
        incremental: {
          cursor_path: '$.at',
          start_param: 'since',
          end_param: 'until',
          initial_value: '2026-01-01',
          lag: 60,
          last_value_func: 'min',
          row_order: null,
        },
      },
      {
        ...BARE,
        incremental: {
          cursorPath: '$.at',
          startParam: 'since',
          endParam: 'until',
          initialValue: '2026-01-01',
          lag: 60,
          lastValueFunc: 'min',
        },
      },
    ],
    [
      'a param that is incremental',
      { params: { since: { type: 'incremental', cursor_path: 'at', initial_value: 5 }, a: 1 } },
      {
        ...BARE,
        params: { a: 1 },
        incremental: { cursorPath: 'at', startParam: 'since', initialValue: 5 },
      },
    ],
    [
      'a placeholder of it',
      {
        params: { q: 'at>{incremental.start_value}' },
        incremental: { cursor_path: 'at', initial_value: 5 },
      },
      {
        ...BARE,
        params: { q: 'at>{incremental.startValue}' },
        incremental: { cursorPath: 'at', initialValue: 5 },
      },
    ],
  ])('of dlt’s may have %s', (_what, dlt, ours) => {
    expect(endpointOf(dlt)).toEqual(ours);
  });

  it.each<[string, unknown, object]>([
    [
      'a placeholder',
      { path: 'p/{resources.p.full_name}/x' },
      { ...BARE, path: 'p/{+resources.p.full_name}/x' },
    ],
    [
      'a placeholder at its end: one record',
      'p/{resources.p.id}/',
      { ...AFRESH, path: 'p/{+resources.p.id}/' },
    ],
    [
      'a resolve param',
      {
        path: 'p/{p_id}/x',
        params: { p_id: { type: 'resolve', resource: 'p', field: '$.ids.main' } },
      },
      { ...BARE, path: 'p/{+resources.p.ids.main}/x' },
    ],
    [
      'a placeholder in params, headers and body',
      {
        method: 'POST',
        params: { q: '{resources.p.id}' },
        headers: { h: 'a {resources.p.id}' },
        json: { ids: ['{resources.p.id}'] },
      },
      {
        ...BARE,
        method: 'POST',
        params: { q: '{resources.p.id}' },
        headers: { h: 'a {resources.p.id}' },
        json: { ids: ['{resources.p.id}'] },
      },
    ],
  ])('takes fields of a parent by %s', (_what, dlt, ours) => {
    expect(endpointOf(dlt, {}, ['p'])).toEqual(ours);
  });

  it.each<[unknown, object]>([
    ['single_page', { type: 'single' }],
    [{ type: 'json_link' }, { type: 'jsonLink' }],
    [
      { type: 'json_link', next_url_path: "$['@odata.nextLink']" },
      { type: 'jsonLink', nextUrlPath: "['@odata.nextLink']" },
    ],
    [
      { type: 'json_response', next_key: 'links.next' },
      { type: 'jsonLink', nextUrlPath: 'links.next' },
    ],
    [
      { type: 'header_link', links_next_key: 'further' },
      { type: 'headerLink', rel: 'further' },
    ],
    [
      { type: 'header_cursor', cursor_key: 'X-Next', cursor_param: 'from' },
      { type: 'headerCursor', cursorKey: 'X-Next', cursorParam: 'from' },
    ],
    [
      {
        type: 'cursor',
        cursor_path: 'meta.next',
        cursor_param: 'after',
        stop_after_empty_page: true,
        has_more_path: 'more',
      },
      {
        type: 'cursor',
        cursorPath: 'meta.next',
        cursorParam: 'after',
        stopAfterEmptyPage: true,
        hasMorePath: 'more',
      },
    ],
    [
      { type: 'offset', limit: 100 },
      { type: 'offset', limit: 100, totalPath: 'total' },
    ],
    [
      {
        type: 'offset',
        limit: 100,
        total_path: null,
        maximum_offset: 500,
        offset: 10,
        offset_param: 'o',
        limit_param: 'l',
      },
      {
        type: 'offset',
        limit: 100,
        maximumOffset: 500,
        offset: 10,
        offsetParam: 'o',
        limitParam: 'l',
      },
    ],
    [
      {
        type: 'page_number',
        base_page: 1,
        total_path: 'meta.pages',
        maximum_page: 9,
        page_param: 'p',
      },
      { type: 'pageNumber', basePage: 1, totalPath: 'meta.pages', maximumPage: 9, pageParam: 'p' },
    ],
    [
      { type: 'page_number', initial_page: 1, total_path: null },
      { type: 'pageNumber', basePage: 1 },
    ],
  ])('is paged by %j', (dlt, ours) => {
    expect(endpointOf({ paginator: dlt })).toEqual({ ...BARE, paginator: ours });
  });

  it.each(['auto', { type: 'auto' }])('has the paginator of the client with %j', (dlt) => {
    expect(endpointOf({ paginator: dlt })).toEqual(BARE);
    expect(endpointOf({ path: 'x/{id}', params: { id: 7 }, paginator: dlt })).toEqual({
      ...BARE,
      path: 'x/7',
      dataSelector: '@',
    });
  });

  it.each([
    ['json_link', 'stop_after_empty_page'],
    ['header_link', 'rel'],
    ['header_cursor', 'stop_after_empty_page'],
    ['page_number', 'size'],
    ['page_number', 'total_rows_path'],
    ['page_number', 'short_page_ends'],
  ])('refuses a key of a paginator that dlt has none of: %s.%s', (type, key) => {
    expect(() => endpointOf({ paginator: { type, [key]: 'x' } })).toThrow(
      new RegExp(`paginator\\.${key}\`: unknown key\\.`),
    );
  });

  it('takes the later of two words for one key of a paginator', () => {
    expect(
      endpointOf({
        paginator: { type: 'page_number', initial_page: 1, base_page: 0, total_path: null },
      }),
    ).toEqual({ ...BARE, paginator: { type: 'pageNumber', basePage: 1 } });
  });

  it('may page in its body', () => {
    expect(
      endpointOf({
        method: 'POST',
        paginator: { type: 'cursor', cursor_path: 'end', cursor_body_path: 'variables.after' },
      }),
    ).toEqual({
      ...BARE,
      method: 'POST',
      paginator: { type: 'cursor', cursorPath: 'end', cursorBodyPath: 'variables.after' },
    });
  });
});

describe('resource_defaults', () => {
  it('lie beneath: params and json key by key, columns hint by hint, all else replaced; null takes back', () => {
    const { config } = translated({
      resource_defaults: {
        primary_key: 'id',
        write_disposition: 'merge',
        columns: { a: { data_type: 'text', nullable: false } },
        endpoint: {
          path: 'never',
          method: 'POST',
          params: { a: 1, b: 2 },
          json: { x: 1, y: 2 },
          data_selector: 'data',
          paginator: 'single_page',
        },
      },
      resources: [
        {
          name: 'x',
          primary_key: ['k', 'l'],
          columns: [
            { name: 'a', data_type: 'bigint' },
            { name: 'b', data_type: 'complex' },
          ],
          endpoint: { params: { b: 3 }, json: { y: null }, data_selector: null },
        },
      ],
    });
    expect(config.resources).toEqual([
      {
        name: 'x',
        primaryKey: ['k', 'l'],
        writeDisposition: 'merge',
        columns: { a: { dataType: 'bigint', nullable: false }, b: { dataType: 'json' } },
        endpoint: {
          ...BARE,
          method: 'POST',
          params: { a: 1, b: 3 },
          json: { x: 1, y: null },
          paginator: { type: 'single' },
        },
      },
    ]);
  });

  it('leave the config as it was', () => {
    const config = {
      client,
      resource_defaults: { endpoint: { params: { a: 1 } } },
      resources: [{ name: 'x', endpoint: { path: 'x/{id}', params: { id: 1 } } }],
    };
    const before = structuredClone(config);
    translateDlt(config);
    expect(config).toEqual(before);
  });
});

describe('a table', () => {
  it.each<[object, object]>([
    [
      { table_name: 't', max_table_nesting: 2, selected: false },
      { tableName: 't', maxTableNesting: 2, selected: false },
    ],
    [{ write_disposition: 'replace' }, { writeDisposition: 'replace' }],
    [
      { write_disposition: { disposition: 'merge', strategy: 'delete-insert' }, primary_key: 'id' },
      {
        writeDisposition: { disposition: 'merge', strategy: 'delete-insert' },
        primaryKey: 'id',
      },
    ],
    [
      {
        write_disposition: {
          disposition: 'merge',
          strategy: 'scd2',
          validity_column_names: ['from', 'to'],
          active_record_timestamp: '9999-12-31',
          boundary_timestamp: null,
          row_version_column_name: 'version',
        },
      },
      {
        writeDisposition: {
          disposition: 'merge',
          strategy: 'scd2',
          validityColumnNames: ['from', 'to'],
          activeRecordTimestamp: '9999-12-31',
          rowVersionColumnName: 'version',
        },
      },
    ],
    [
      { write_disposition: { disposition: 'replace', strategy: 'insert-from-staging' } },
      { writeDisposition: 'replace' },
    ],
    [
      {
        columns: {
          id: { primary_key: true, data_type: 'bigint' },
          at: { dedup_sort: 'desc', merge_key: true },
          gone: { hard_delete: true },
        },
      },
      {
        columns: {
          id: { dataType: 'bigint', primaryKey: true },
          at: { mergeKey: true, dedupSort: 'desc' },
          gone: { hardDelete: true },
        },
      },
    ],
    [{ schema_contract: 'freeze' }, { schemaContract: 'freeze' }],
    [
      { schema_contract: { tables: 'evolve', data_type: 'discard_row' } },
      { schemaContract: { tables: 'evolve', dataType: 'discard_row' } },
    ],
    [
      { merge_key: ['day', 'shop'], primary_key: 'id', write_disposition: 'merge' },
      { primaryKey: 'id', mergeKey: ['day', 'shop'], writeDisposition: 'merge' },
    ],
  ])('of dlt’s with %j is %j', (dlt, ours) => {
    expect(translated({ resources: [{ name: 'x', ...dlt }] }).config.resources).toEqual([
      { name: 'x', ...ours, endpoint: BARE },
    ]);
  });

  it('takes fields of the parent, and steps in dlt’s order', () => {
    const steps = [
      { map: (row: object): object => row, filter: (): boolean => true },
      { yield_map: (row: object): object[] => [row] },
    ];
    const [, x] = translated({
      resources: [
        'p',
        {
          name: 'x',
          endpoint: 'p/{resources.p.id}/x',
          include_from_parent: ['id'],
          processing_steps: steps,
        },
      ],
    }).config.resources as RestResource[];
    expect(x?.includeFromParent).toEqual(['id']);
    expect(x?.processingSteps?.map((step) => Object.keys(step))).toEqual([
      ['filter'],
      ['map'],
      ['yieldMap'],
    ]);
  });
});

describe('auth', () => {
  it.each<[unknown, unknown]>([
    ['bearer', { type: 'bearer' }],
    ['http_basic', { type: 'httpBasic' }],
    [{ token: 't' }, { type: 'bearer', token: 't' }],
    [
      { type: 'api_key', name: 'X-Key', api_key: 'k' },
      { type: 'apiKey', name: 'X-Key', key: 'k' },
    ],
    [
      { type: 'api_key', name: 'key', api_key: 'k', location: 'param' },
      { type: 'apiKey', name: 'key', key: 'k', location: 'query' },
    ],
    [
      { type: 'api_key', api_key: 'k', location: 'cookie' },
      { type: 'apiKey', key: 'k', location: 'cookie' },
    ],
    [
      { type: 'http_basic', username: 'u', password: null },
      { type: 'httpBasic', username: 'u' },
    ],
    [
      { type: 'http_basic', api_key: 'k' },
      { type: 'httpBasic', username: 'k', password: '' },
    ],
    [
      {
        type: 'oauth2_client_credentials',
        access_token_url: 'https://x.org/token',
        client_id: 'i',
        client_secret: 's',
        access_token_request_data: { scope: 'a' },
        default_token_expiration: 60,
        access_token: 't',
      },
      {
        type: 'oauth2ClientCredentials',
        accessTokenUrl: 'https://x.org/token',
        clientId: 'i',
        clientSecret: 's',
        accessTokenRequestData: { scope: 'a' },
        defaultTokenExpiration: 60,
        accessToken: 't',
      },
    ],
  ])('%j is %j', (dlt, ours) => {
    expect(
      translated({ client: { ...client, auth: dlt }, resources: ['x'] }).config.client.auth,
    ).toEqual(ours);
  });
});

describe('a notice', () => {
  const one = (endpoint: object, more: object = {}): object => ({
    resources: [{ name: 'x', endpoint, ...more }],
  });
  it.each<[string, object, RegExp]>([
    [
      'a doubled prefix',
      one({ path: 'v1/x' }),
      /^`resources\[0\]\.endpoint\.path`: `\/v1` is in base_url too; it is requested once, where dlt would request `\/v1\/v1\/x`\.$/,
    ],
    [
      'a total that may be missing',
      one({ paginator: { type: 'offset', limit: 5 } }),
      /^`resources\[0\]\.endpoint\.paginator\.total_path`: `total` is read where a response has it; dlt fails/,
    ],
    [
      'an old word',
      one({ paginator: { type: 'json_response' } }),
      /json_response is dlt's old word for json_link/,
    ],
    [
      'more pages but no cursor',
      one({ paginator: { type: 'cursor', has_more_path: 'more' } }),
      /there is no cursor, the list ends with an error; dlt ends it there\.$/,
    ],
    [
      'a name that nothing fills',
      { resources: ['a', { name: 'x', endpoint: 'runs/{runID}/results' }] },
      /^`resources\[1\]\.endpoint\.path`: left out, because nothing fills \{runID\}/,
    ],
    [
      'an action that does nothing',
      one({ response_actions: [{ action: 'ignore' }] }),
      /^`resources\[0\]\.endpoint\.response_actions\[0\]`: does nothing, as in dlt/,
    ],
    [
      'a POST',
      one({ method: 'POST', json: {} }),
      /^`resources\[0\]\.endpoint\.method`: a POST is not repeated after a fault/,
    ],
    [
      'true in a query',
      one({ params: { all: true } }),
      /^`resources\[0\]\.endpoint\.params\.all`: sent as `true`; dlt sends it as Python writes it, `True`\.$/,
    ],
    [
      'another host',
      { resources: ['a', { name: 'x', endpoint: 'https://other.org/x' }] },
      /^`resources\[1\]\.endpoint\.path`: credentials are not sent to other\.org/,
    ],
    [
      'basic auth with an API key',
      { client: { ...client, auth: { type: 'http_basic', api_key: 'k' } }, resources: ['a'] },
      /^`client\.auth\.api_key`: http_basic has no api_key in dlt/,
    ],
    [
      'requests side by side',
      one({}, { parallelized: true }),
      /^`resources\[0\]\.parallelized`: requests of all resources run side by side anyway/,
    ],
    [
      'an index',
      one({}, { columns: { id: { unique: true } } }),
      /^`resources\[0\]\.columns\.id`: unique: no index/,
    ],
    [
      'a format of files',
      one({}, { file_format: 'parquet' }),
      /^`resources\[0\]\.file_format`: does nothing here/,
    ],
    [
      'the defaults',
      {
        resource_defaults: { endpoint: { paginator: { type: 'offset', limit: 5 } } },
        resources: ['a', 'b'],
      },
      /^`resource_defaults\.endpoint\.paginator\.total_path/,
    ],
  ])('reports %s', (_what, config, message) => {
    const { notices } = translated(config);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(message);
  });

  it('is none for another host whose endpoint has auth of its own, which is sent there', () => {
    const { config, notices } = translated({
      resources: [
        'a',
        { name: 'x', endpoint: { path: 'https://other.org/x', auth: { token: 't' } } },
      ],
    });
    expect(notices).toEqual([]);
    expect(config.client.authHosts).toEqual(['other.org']);
  });

  it('is none where nothing is other than in dlt', () => {
    expect(
      translated({
        resources: [
          'a',
          {
            name: 'b',
            endpoint: {
              path: 'a/{resources.a.id}/b',
              data_selector: 'data',
              paginator: 'header_link',
            },
            include_from_parent: ['id'],
          },
        ],
      }).notices,
    ).toEqual([]);
  });
});

describe('a wrong config', () => {
  const one = (endpoint: unknown, more: object = {}): object => ({
    resources: [{ name: 'x', endpoint, ...more }],
  });
  it('may say of a Python object that there is none', () => {
    const dlt = {
      client: { base_url: 'https://api.example.com', session: null },
      resources: ['x'],
    };
    expect(() => fromDlt(dlt)).not.toThrow();
  });

  it.each<[string, object, RegExp]>([
    [
      'a misspelt key',
      one({ data_selektor: 'x' }),
      /resources\[0\]\.endpoint\.data_selektor`: unknown key\. Did you mean `data_selector`\? An endpoint takes path, method/,
    ],
    [
      'a key in camelCase',
      one({ dataSelector: 'x' }),
      /resources\[0\]\.endpoint\.dataSelector`: unknown key\. Did you mean `data_selector`\?/,
    ],
    [
      'auth beside the endpoint',
      { resources: [{ name: 'x', auth: 'bearer' }] },
      /resources\[0\]\.auth`: belongs into `endpoint`/,
    ],
    ['a missing base_url', { client: {}, resources: ['x'] }, /client\.base_url`: is missing/],
    [
      'an object of Python',
      { client: { ...client, session: {} }, resources: ['x'] },
      /client\.session`: is a Python object/,
    ],
    [
      'an unknown paginator',
      one({ paginator: { type: 'pages' } }),
      /resources\[0\]\.endpoint\.paginator\.type`: found text "pages"\. A paginator has one of these types: single_page, auto/,
    ],
    [
      'a paginator that lacks something',
      one({ paginator: 'offset' }),
      /resources\[0\]\.endpoint\.paginator`: Paginator: `limit`: is missing; it must be a whole number of at least 1/,
    ],
    [
      'a paginator with two places',
      one({ paginator: { type: 'cursor', cursor_param: 'a', cursor_body_path: 'b' } }),
      /resources\[0\]\.endpoint\.paginator`: Paginator cursor has both cursor_param and cursor_body_path/,
    ],
    [
      'a list without an end',
      one({ paginator: { type: 'page_number', total_path: null, stop_after_empty_page: false } }),
      /would never end: give total_path, has_more_path/,
    ],
    [
      'an unknown auth',
      { client: { ...client, auth: { type: 'oauth' } }, resources: ['x'] },
      /client\.auth\.type`: found text \(not shown\)/,
    ],
    [
      'oauth2 without its address',
      { client: { ...client, auth: 'oauth2_client_credentials' }, resources: ['x'] },
      /client\.auth`: oauth2_client_credentials needs access_token_url/,
    ],
    [
      'a filter in a selector',
      one({ data_selector: '$.a[?(@.b)]' }),
      /resources\[0\]\.endpoint\.data_selector`: .* is a JSONPath that is not supported/,
    ],
    [
      'a strategy',
      one({}, { write_disposition: { disposition: 'merge', strategy: 'cdc' } }),
      /resources\[0\]\.write_disposition\.strategy`: `cdc` is not supported\. Strategies of merge: delete-insert, upsert/,
    ],
    [
      'an option of a strategy',
      one({}, { write_disposition: { disposition: 'merge', source_filter: 'a > 1' } }),
      /resources\[0\]\.write_disposition\.source_filter`: is not supported\. Options of merge: deduplicated/,
    ],
    [
      'another disposition',
      one({}, { write_disposition: 'skip' }),
      /resources\[0\]\.write_disposition`: found "skip"\./,
    ],
    [
      'a strategy without the key that it needs',
      one({}, { write_disposition: { disposition: 'merge', strategy: 'upsert' } }),
      /resources\[0\]`: Resource x: merge strategy upsert finds rows by their primary key, and there is none/,
    ],
    [
      'digits that a type does not have',
      one({}, { columns: { a: { data_type: 'decimal', precision: 39 } } }),
      /resources\[0\]\.columns\.a`: `precision` of decimal is from 1 to 38; found 39/,
    ],
    [
      'a column in a list without a name',
      one({}, { columns: [{ data_type: 'text' }] }),
      /resources\[0\]\.columns\[0\]`: a column in a list needs a name/,
    ],
    [
      'nested hints',
      one({}, { nested_hints: { items: { table_name: 'id' } } }),
      /resources\[0\]\.nested_hints\.items\.table_name`: not supported for child tables/,
    ],
    [
      'a param that is an object',
      one({ params: { a: { b: 1 } } }),
      /resources\[0\]\.endpoint\.params\.a\.type`: found nothing\. A param that is an object has one of these types: resolve, incremental/,
    ],
    [
      'a resolve param that the path does not take',
      {
        resources: [
          'p',
          {
            name: 'x',
            endpoint: { params: { a: { type: 'resolve', resource: 'p', field: 'id' } } },
          },
        ],
      },
      /resources\[1\]\.endpoint\.params\.a`: no `\{a\}` in the path takes it/,
    ],
    [
      'two incremental params',
      one({
        params: {
          a: { type: 'incremental', cursor_path: 'x' },
          b: { type: 'incremental', cursor_path: 'x' },
        },
      }),
      /resources\[0\]\.endpoint\.params`: only one param can be incremental; found a, b/,
    ],
    [
      'an end in a param',
      one({
        params: { a: { type: 'incremental', cursor_path: 'x', initial_value: 1, end_value: 5 } },
      }),
      /resources\[0\]\.endpoint\.params\.a\.end_value`: belongs into `incremental`/,
    ],
    [
      'an end without a beginning',
      one({ incremental: { cursor_path: 'x', end_value: 5 } }),
      /resources\[0\]\.endpoint\.incremental\.end_value`: a run with an end needs a beginning/,
    ],
    [
      'a placeholder of nothing',
      one({ params: { a: '{x}' } }),
      /resources\[0\]\.endpoint\.params`: `\{x\}` is filled by nothing/,
    ],
    [
      'a parent that does not exist',
      { resources: ['orders', { name: 'x', endpoint: '{resources.ordrs.id}/x' }] },
      /resources\[1\]\.endpoint\.path`: there is no resource `ordrs`\. Did you mean `orders`\?/,
    ],
    [
      'a parent whose name is written like a key',
      { resources: ['myOrders', { name: 'x', endpoint: '{resources.myOrder.id}/x' }] },
      /there is no resource `myOrder`\. Did you mean `myOrders`\?/,
    ],
    [
      'a name twice',
      { resources: ['x', 'x'] },
      /resources\[1\](\.name)?`: `x` is the name of resources\[0\] too/,
    ],
    [
      'a circle',
      {
        resources: [
          { name: 'a', endpoint: '{resources.b.id}/x' },
          { name: 'b', endpoint: '{resources.a.id}/x' },
        ],
      },
      /resources`: a, b take fields of each other in a circle/,
    ],
    [
      'fields of no parent',
      one({}, { include_from_parent: ['id'] }),
      /resources\[0\]\.include_from_parent`: there is no \{resources/,
    ],
    [
      'a parent that cannot be requested',
      {
        resources: [
          { name: 'p', endpoint: 'a/{lost}/b' },
          { name: 'x', endpoint: '{resources.p.id}/x' },
        ],
      },
      /resources\[0\]\.endpoint\.path`: nothing fills \{lost\}/,
    ],
    [
      'nothing that can be requested',
      one('a/{lost}/b'),
      /resources\[0\]\.endpoint\.path`: nothing fills \{lost\}/,
    ],
  ])('is refused with dlt’s path: %s', (_what, config, message) => {
    expect(() => translated(config)).toThrow(message);
    expect(() => translated(config)).toThrow(/^Source `rest_api`: (?!\d+ things)/);
  });

  it('is reported with all its problems at once', () => {
    expect(() =>
      translated({
        resource_defaults: { parent_table_name: 'x' },
        resources: [
          'a',
          {
            name: 'b',
            endpoint: { data_selector: '$..x', params: { a: '{x}' } },
            columns: [{ data_type: 'wei' }],
          },
          { name: 'c', endpoint: '{resources.zoo.id}/c' },
        ],
      }),
    ).toThrow(
      /^Source `rest_api`: 5 things are wrong:\n {2}- `resource_defaults\.parent_table_name`: .*\n {2}- `resources\[1\]\.endpoint\.params`: .*\n {2}- `resources\[1\]\.endpoint\.data_selector`: .*\n {2}- `resources\[1\]\.columns\[0\]`: .*\n {2}- `resources\[2\]\.endpoint\.path`: there is no resource `zoo`/,
    );
  });
});

describe('a config', () => {
  it.each<[unknown, boolean]>([
    [{ client: { base_url: 'x' }, resources: ['a'] }, true],
    [{ client: {}, resource_defaults: {}, resources: [] }, true],
    [{ client: { baseUrl: 'x' }, resources: [{ name: 'a', write_disposition: 'merge' }] }, false],
    [{ client: {}, resources: [{ name: 'a', endpoint: { data_selector: 'x' } }] }, true],
    [
      {
        client: { baseUrl: 'x' },
        resources: [{ name: 'a', endpoint: { params: { data_selector: 1 }, path: 'x' } }],
      },
      false,
    ],
    [{ client: { baseUrl: 'x' }, resources: ['a'] }, false],
    [null, false],
    ['x', false],
    [[], false],
  ])('%j is dlt’s: %j', (config, expected) => {
    expect(isDltConfig(config)).toBe(expected);
  });
});
