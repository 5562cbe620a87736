import { describe, expect, it, onTestFinished } from 'vitest';
import { processed } from '#operators/process-rows.js';
import { duckdb, fromDlt, type JsonObject, pipeline, restSource, type RunEvent } from 'sluice';
import { ASSEMBLED_START, type Sandbox, startSandbox } from 'sluice/sandbox';
import {
  type ServedResponse,
  type ReceivedRequest,
  type LocalServer,
  serve,
} from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';
import { tempFolder } from '../../support/temp-folder.js';

const ROWS = Array.from({ length: 25 }, (_, i) => ({
  id: i + 1,
  at: `2026-01-${String(i + 1).padStart(2, '0')}`,
  name: `n${i + 1}`,
}));

function part(from: number, size: number): typeof ROWS {
  return ROWS.slice(from, from + size);
}

const number = (query: URLSearchParams, name: string, standard: number): number =>
  Number(query.get(name) ?? standard);

/** One API with many ways: a path for each. */
async function respond({
  path,
  query,
  method,
  headers,
  body,
}: ReceivedRequest): Promise<ServedResponse> {
  const from = number(query, 'offset', 0);
  switch (path) {
    case '/v1/bare':
      return { json: part(0, 3) };
    case '/v1/offset':
      return { json: { data: part(from, 10), total: 25 } };
    case '/v1/no-total':
      return { json: { data: part(from, 10) } };
    case '/v1/clamped':
      return { json: { data: part(from, 7), total: 25 } };
    case '/v1/pages': {
      const page = number(query, 'page', 1);
      return { json: { items: part((page - 1) * 10, 10), meta: { pages: 3 } } };
    }
    case '/v1/cursor': {
      const after = number(query, 'after', 0);
      return {
        json: {
          result: { rows: part(after, 10) },
          meta: { next: after + 10 < 25 ? String(after + 10) : null },
        },
      };
    }
    case '/v1/body-cursor': {
      const { variables = {} } = JSON.parse(await body) as { variables?: { after?: string } };
      const after = Number(variables.after ?? 0);
      return { json: { rows: part(after, 10), end: after + 10 < 25 ? String(after + 10) : null } };
    }
    case '/v1/links': {
      const at = number(query, 'at', 0);
      return {
        json: {
          value: part(at, 10),
          '@odata.nextLink': at + 10 < 25 ? `/v1/links?at=${at + 10}` : null,
        },
      };
    }
    case '/v1/header-link': {
      const at = number(query, 'at', 0);
      return {
        headers: at + 10 < 25 ? { link: `</v1/header-link?at=${at + 10}>; rel="next"` } : {},
        json: part(at, 10),
      };
    }
    case '/v1/since':
      // The API gives more rows than were requested, as many do.
      return {
        json: {
          data: ROWS.filter(({ at }) => at >= (query.get('since') ?? '') || at < '2026-01-03'),
        },
      };
    case '/v1/repos':
      return {
        json: [
          { full_name: 'org/one', id: 1 },
          { full_name: 'org/two', id: 2 },
        ],
      };
    case '/v1/repos/org/one/issues':
      return { json: [{ number: 1 }, { number: 2 }] };
    case '/v1/repos/org/two/issues':
      return { status: 410, json: { message: 'Issues are disabled' } };
    case '/v1/maybe':
      return { json: { count: 0 } };
    case '/v1/login':
      return { json: { access_token: 'token-of-this-run', expires_in: 60 } };
    case '/v1/closed':
      return headers.authorization === 'Bearer token-of-this-run'
        ? { json: part(0, 2) }
        : { status: 401, json: {} };
    case '/v1/form':
      return method === 'POST' && (await body) === 'kind=a%7Bb%7D'
        ? { json: part(0, 2) }
        : { status: 400, json: { got: await body } };
    default:
      return { status: 404, json: { path } };
  }
}

/**
 * Ids of all rows (or numbers) of a config's resources, as it is in a JSON file; and what the run
 * told.
 */
async function load(config: (url: string) => object): Promise<{
  ids: Record<string, unknown[]>;
  rows: Record<string, JsonObject[]>;
  notices: string[];
  error: unknown;
  server: LocalServer;
}> {
  const server = await serve(respond);
  const source = fromDlt(JSON.parse(JSON.stringify(config(server.url))) as object);
  const { rows: read, events, error } = await readSource(source);
  const steps = new Map(
    source.resources.map(({ name, processingSteps = [] }) => [name, processingSteps]),
  );
  const rows = Object.fromEntries(
    Object.entries(read).map(([name, list]) => [
      name,
      list.flatMap((row, i) =>
        processed(row, steps.get(name) ?? [], { resource: name, index: 0 }, i),
      ),
    ]),
  );
  const ids = Object.fromEntries(
    Object.entries(rows).map(([name, list]) => [
      name,
      list.map((row) => row['id'] ?? row['number']),
    ]),
  );
  return {
    ids,
    rows,
    error,
    server,
    notices: events.flatMap((event) => (event.kind === 'notice' ? [event.message] : [])),
  };
}

const ALL = ROWS.map(({ id }) => id);
const one =
  (name: string, endpoint: object, more: object = {}) =>
  (url: string): object => ({
    client: { base_url: `${url}/v1` },
    resources: [{ name, endpoint, ...more }],
  });

describe('a config of dlt’s, as JSON', () => {
  it.each<[string, (url: string) => object, number[]]>([
    [
      'a name alone',
      (url) => ({ client: { base_url: `${url}/v1/` }, resources: ['bare'] }),
      [1, 2, 3],
    ],
    [
      'offsets',
      one('offset', { data_selector: 'data', paginator: { type: 'offset', limit: 10 } }),
      ALL,
    ],
    [
      'offsets without a total, where dlt fails',
      one('no-total', { data_selector: 'data', paginator: { type: 'offset', limit: 10 } }),
      ALL,
    ],
    [
      'offsets of a server that gives fewer rows, where dlt loses some',
      one('clamped', { data_selector: 'data', paginator: { type: 'offset', limit: 10 } }),
      ALL,
    ],
    [
      'a maximum that is exclusive',
      one('no-total', {
        data_selector: 'data',
        paginator: { type: 'offset', limit: 10, total_path: null, maximum_offset: 20 },
      }),
      ALL.slice(0, 20),
    ],
    [
      'pages from 1',
      one('pages', {
        data_selector: 'items',
        paginator: { type: 'page_number', base_page: 1, total_path: 'meta.pages' },
      }),
      ALL,
    ],
    [
      'a maximum of pages that is exclusive',
      one('pages', {
        data_selector: 'items',
        paginator: { type: 'page_number', base_page: 1, total_path: null, maximum_page: 3 },
      }),
      ALL.slice(0, 20),
    ],
    ['pages that are found, where dlt reads the first one twice', one('pages', {}), ALL],
    [
      'a cursor',
      one('cursor', {
        data_selector: '$.result.rows[*]',
        paginator: { type: 'cursor', cursor_path: 'meta.next', cursor_param: 'after' },
      }),
      ALL,
    ],
    [
      'a cursor in the body',
      one('body-cursor', {
        method: 'POST',
        json: { query: '{{ x }}' },
        data_selector: 'rows',
        paginator: { type: 'cursor', cursor_path: 'end', cursor_body_path: 'variables.after' },
      }),
      ALL,
    ],
    [
      'links with a dot in their key',
      one('links', {
        data_selector: 'value',
        paginator: { type: 'json_link', next_url_path: "$['@odata.nextLink']" },
      }),
      ALL,
    ],
    ['links in a header', one('header-link', { paginator: 'header_link' }), ALL],
    ['a form with braces', one('form', { method: 'POST', data: { kind: 'a{{b}}' } }), [1, 2]],
    ['nothing at the selector, which is no rows', one('maybe', { data_selector: 'items' }), []],
    [
      'a token that is requested first',
      (url) => ({
        client: {
          base_url: `${url}/v1`,
          auth: {
            type: 'oauth2_client_credentials',
            access_token_url: `${url}/v1/login`,
            client_id: 'i',
            client_secret: 's',
          },
        },
        resources: ['closed'],
      }),
      [1, 2],
    ],
  ])('loads %s', async (_what, config, expected) => {
    const { ids, error } = await load(config);
    expect(error).toBeNull();
    expect(Object.values(ids).flat()).toEqual(expected);
  });

  it('requests children with fields of parents whose slashes stay, and ends where a response is ignored', async () => {
    const { rows, error, server } = await load((url) => ({
      client: { base_url: `${url}/v1` },
      resource_defaults: { primary_key: 'id', endpoint: { params: { per_page: 100 } } },
      resources: [
        { name: 'repos', selected: false },
        {
          name: 'issues',
          primary_key: 'number',
          include_from_parent: ['id'],
          endpoint: {
            path: 'repos/{full_name}/issues',
            params: { full_name: { type: 'resolve', resource: 'repos', field: 'full_name' } },
            response_actions: [{ status_code: 410, action: 'ignore' }],
          },
        },
      ],
    }));
    expect(error).toBeNull();
    expect(rows['issues']).toEqual([
      { number: 1, _repos_id: 1 },
      { number: 2, _repos_id: 1 },
    ]);
    expect(server.requests.map(({ url }) => url).toSorted()).toEqual([
      '/v1/repos/org/one/issues?per_page=100',
      '/v1/repos/org/two/issues?per_page=100',
      '/v1/repos?per_page=100',
    ]);
  });

  it('takes a column that is null for one that is not given', () => {
    const [resource] = fromDlt({
      client: { base_url: 'http://127.0.0.1' },
      resources: [{ name: 'a', columns: { x: null, y: { data_type: 'text' } } }],
    }).resources;
    expect(resource?.columns).toEqual({ y: { dataType: 'text' } });
  });

  it('refuses what is no config', () => {
    for (const value of [null, undefined, 'x', []])
      expect(() => fromDlt(value as never), String(value)).toThrow(
        /^Source `rest_api`: found .*; it must be/,
      );
  });

  it('reports its notices once in each run, also of some of its resources', async () => {
    const { notices } = await load((url) => ({
      client: { base_url: `${url}/v1` },
      resources: [
        {
          name: 'no-total',
          endpoint: {
            path: 'v1/no-total',
            data_selector: 'data',
            paginator: { type: 'offset', limit: 10 },
          },
        },
      ],
    }));
    expect(notices).toEqual([
      '`resources[0].endpoint.path`: `/v1` is in base_url too; it is requested once, where dlt would request `/v1/v1/no-total`.',
      '`resources[0].endpoint.paginator.total_path`: `total` is read where a response has it; dlt fails where it has not.',
    ]);
    const server = await serve(respond);
    const some = fromDlt({
      client: { base_url: `${server.url}/v1` },
      resources: ['bare', { name: 'x', parallelized: true }],
    }).withResources(['bare']);
    const { events } = await readSource(some);
    expect(
      events
        .filter(({ kind }) => kind === 'notice')
        .map((event) => (event as { message: string }).message),
    ).toContain('`resources[1].parallelized`: requests of all resources run side by side anyway.');
  });

  it("reports with compat 'dlt' only what is other than in dlt there too", async () => {
    const server = await serve(({ query }) => ({
      json: { data: query.has('offset') ? [] : [{ id: 1 }], total: 1, more: false },
    }));
    const source = fromDlt({
      client: { base_url: `${server.url}/v1` },
      resources: [
        {
          name: 'one',
          parallelized: true,
          endpoint: {
            method: 'POST',
            params: { all: true },
            data_selector: 'data',
            paginator: { type: 'offset', limit: 10 },
          },
        },
        {
          name: 'two',
          endpoint: { data_selector: 'data', paginator: { type: 'cursor', has_more_path: 'more' } },
        },
      ],
    });
    const noticesOf = async (compat: 'sluice' | 'dlt'): Promise<string[]> => {
      const found: string[] = [];
      await using loading = pipeline({ name: 'notes', destination: duckdb(':memory:'), compat });
      await loading.run(source, {
        observe: (event) =>
          event.kind === 'notice' && found.push(event.message.split(':')[0] ?? ''),
      });
      return found.filter((path) => path.startsWith('`resources['));
    };
    expect(await noticesOf('sluice')).toEqual([
      '`resources[0].endpoint.method`',
      '`resources[0].endpoint.params.all`',
      '`resources[0].endpoint.paginator.total_path`',
      '`resources[0].parallelized`',
      '`resources[1].endpoint.paginator`',
    ]);
    expect(await noticesOf('dlt')).toEqual(['`resources[0].parallelized`']);
  });

  it('has dlt’s default name, or the one that is given', () => {
    const config = { client: { base_url: 'https://x.org' }, resources: ['a'] };
    expect(fromDlt(config).name).toBe('rest_api');
    expect(fromDlt(config, { name: 'shop' }).name).toBe('shop');
  });

  it('reads missing secrets from the settings, by dlt’s names', async () => {
    const server = await serve(({ headers }) => ({ json: [{ id: headers.authorization }] }));
    process.env['SOURCES__REST_API__DLT_TEST__CREDENTIALS__TOKEN'] = 'from-the-environment';
    onTestFinished(
      () => void delete process.env['SOURCES__REST_API__DLT_TEST__CREDENTIALS__TOKEN'],
    );
    const { rows } = await readSource(
      fromDlt(
        { client: { base_url: server.url, auth: 'bearer' }, resources: ['a'] },
        { name: 'dlt_test' },
      ),
    );
    expect(rows['a']).toEqual([{ id: 'Bearer from-the-environment' }]);
    expect(() =>
      fromDlt(
        { client: { base_url: server.url, auth: 'bearer' }, resources: ['a'] },
        { name: 'other_test' },
      ),
    ).toThrow(/Source `other_test` needs `token`/);
  });
});

describe('the sample of dlt’s page on', () => {
  const folder = tempFolder();

  async function sandbox(): Promise<Sandbox> {
    const started = await startSandbox({ rateScale: 1_000 });
    onTestFinished(() => started.close());
    return started;
  }

  async function run(config: object): Promise<{
    events: RunEvent[];
    count: (table: string) => Promise<unknown>;
    error: Error | null;
  }> {
    const events: RunEvent[] = [];
    await using loading = pipeline({
      name: 'sample',
      destination: duckdb(folder.path('t.duckdb')),
      dataset: 'data',
    });
    const error = await loading
      .run(fromDlt(config), { observe: (event) => void events.push(event) })
      .then(
        () => null,
        (reason: unknown) => reason as Error,
      );
    const count = async (table: string): Promise<unknown> =>
      (
        await duckdb(folder.path('t.duckdb')).query(`SELECT count(*) AS n FROM data."${table}"`)
      )[0]?.['n'];
    return { events, count, error };
  }

  const notices = (events: readonly RunEvent[]): string[] =>
    events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));

  it('Coalesce loads its environments from the path that was meant, and reports results that cannot be requested', async () => {
    const { coalesce } = await sandbox();
    const { events, count, error } = await run({
      client: {
        base_url: `${coalesce.url}/api/v1`,
        auth: { type: 'bearer', token: coalesce.credentials['accessToken'] },
      },
      resources: [
        { name: 'environments', endpoint: { path: 'api/v1/environments', data_selector: 'data' } },
        {
          name: 'run_results',
          endpoint: { path: 'api/v1/runs/{runID}/results', data_selector: 'data' },
        },
      ],
    });
    expect(error).toBeNull();
    expect(coalesce.requests.filter(({ doubled }) => doubled)).toEqual([]);
    expect(await count('environments')).toBe(coalesce.data['environments']?.length);
    expect(notices(events).slice(0, 2)).toEqual([
      expect.stringContaining('is in base_url too'),
      expect.stringContaining('left out, because nothing fills {runID}'),
    ]);
  });

  it('Assembled takes its key for the user name, and says what the API misses', async () => {
    const { assembled } = await sandbox();
    const sample = (params: object): object => ({
      client: {
        base_url: `${assembled.url}/v0`,
        auth: { type: 'http_basic', api_key: assembled.credentials['apiKey'] },
      },
      resources: [
        {
          name: 'people',
          max_table_nesting: 0,
          endpoint: { path: 'people', data_selector: 'people' },
        },
        {
          name: 'agent_states',
          endpoint: { path: 'agents/state', data_selector: 'agent_states', params },
        },
      ],
    });
    const printed = await run(sample({}));
    expect(printed.error?.message).toMatch(/agents\/state.*400/);
    const { count, error, events } = await run(
      sample({ start_time: ASSEMBLED_START, end_time: ASSEMBLED_START + 86_400 }),
    );
    expect(error).toBeNull();
    expect(Number(await count('agent_states'))).toBeGreaterThan(0);
    // The first run may have committed something, and that it is begun anew is a notice too.
    expect(notices(events)).toContainEqual(
      expect.stringMatching(/^`client\.auth\.api_key`: http_basic has no api_key/),
    );
    expect(assembled.requests.every(({ authorized }) => authorized)).toBe(true);
  });

  it('Coassemble refuses with 401, and says what to check', async () => {
    const { coassemble } = await sandbox();
    const { error } = await run({
      client: {
        base_url: coassemble.url,
        auth: { type: 'api_key', api_key: coassemble.credentials['apiKey'] },
      },
      resources: [
        { name: 'courses', endpoint: { path: 'api/v1/headless/courses' } },
        { name: 'course_url', endpoint: { path: 'api/v1/headless/course/url' } },
      ],
    });
    expect(error).toMatchObject({ code: 'ERR_SLUICE_HTTP', status: 401 });
    expect(error?.message).toMatch(/does not accept the credentials/);
    expect(error?.message).not.toContain(coassemble.credentials['apiKey']);
  });
});

describe('a config in the other spelling', () => {
  const resources = [{ name: 'a', endpoint: 'a' }];

  it('is sent on to restSource by fromDlt', () => {
    expect(() => fromDlt({ client: { baseUrl: 'https://api.example.com' }, resources })).toThrow(
      "Source `rest_api`: fromDlt() takes dlt's own config, whose keys are in snake_case (`base_url`), and this one is in camelCase (`baseUrl`). Give it to restSource().",
    );
  });

  it('is sent on to fromDlt by restSource', () => {
    const config = { client: { base_url: 'https://api.example.com' }, resources };
    expect(() => restSource(config as never)).toThrow('Give it to fromDlt().');
  });
});
