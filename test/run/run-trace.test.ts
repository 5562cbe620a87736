import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Json, Position } from '#operators/types.js';
import { nextRun, type RunState } from '#src/run/next-run.js';
import { runRecorder } from '#src/run/run-recorder.js';
import { runTrace } from '#src/run/run-trace.js';
import {
  type Destination,
  duckdb,
  type Pipeline,
  pipeline,
  type RestResource,
  restSource,
  type RunOptions,
  type RunTrace,
  type Source,
  traceOf,
} from 'sluice';
import { deferred } from '../support/deferred.js';
import { type LocalServer, type ServedResponse, serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const endpoint = {
  path: 'orders',
  dataSelector: 'data',
  paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
} as const;

/** Four pages of two rows; the third request is responded to when two pages are committed. */
async function pages(
  third: ServedResponse | null,
): Promise<{ server: LocalServer; committed: () => void }> {
  const committed = deferred();
  const server = await serve(async ({ query }, count) => {
    const page = Number(query.get('after') ?? 0);
    if (count === 3 && third !== null) {
      await committed.promise;
      return third;
    }
    const data = [{ id: page * 2 }, { id: page * 2 + 1 }];
    return { json: { data, next: page < 3 ? page + 1 : null } };
  });
  return { server, committed: () => committed.resolve() };
}

function shop({ url }: LocalServer, about: Partial<RestResource> = {}): Source {
  return restSource({
    name: 'shop',
    client: { baseUrl: url, retry: { attempts: 1 } },
    resources: [{ name: 'orders', endpoint, ...about }],
  });
}

const open = (destination: Destination): Pipeline =>
  pipeline({ name: 'shop', destination, batch: { rows: 1 }, commit: { rows: 2 } });

/** Runs a source that fails, and lets it fail when `rows` rows are committed. */
async function failed(
  loading: Pipeline,
  source: Source,
  committed: () => void,
  options: RunOptions = {},
): Promise<RunTrace | null> {
  let rows = 0;
  const error: unknown = await loading
    .run(source, {
      ...options,
      observe(event) {
        if (event.kind === 'commit') rows += event.tables['orders'] ?? 0;
        if (rows >= 4) committed();
      },
    })
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(Error);
  return traceOf(error);
}

describe('the trace of a run', () => {
  const folder = tempFolder();

  it('says which request and page failed, what is durable, and where the next run goes on', async () => {
    const { server, committed } = await pages({ status: 500, text: 'no' });
    const loading = open(duckdb(folder.path('t.duckdb')));
    const trace = await failed(loading, shop(server), committed);
    expect(trace).toMatchObject({
      pipeline: 'shop',
      dataset: 'shop_dataset',
      source: 'shop',
      outcome: 'failed',
      failure: {
        name: 'HttpError',
        code: 'ERR_SLUICE_HTTP',
        resource: 'orders',
        parent: null,
        page: 3,
        row: null,
        request: { method: 'GET', url: `${server.url}/orders?after=2`, status: 500, attempt: 1 },
      },
      resources: [
        {
          name: 'orders',
          requests: 3,
          pages: 2,
          rows: 4,
          received: { parent: null, page: 2, rows: 2 },
          committed: { parent: null, page: 2, pages: 2 },
        },
      ],
      committed: { tables: { orders: 4 } },
      rolledBack: {},
      next: { does: 'resume' },
    });
    expect(Date.parse(String(trace?.next.until)) - Date.parse(String(trace?.committed.at))).toBe(
      86_400_000,
    );
    expect(trace?.requests.map(({ url, status }) => [url, status])).toEqual([
      [`${server.url}/orders`, 200],
      [`${server.url}/orders?after=1`, 200],
      [`${server.url}/orders?after=2`, 500],
    ]);
    expect(String(trace).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^Error: .*status 500/),
      `At resource orders, page 3. Request: GET ${server.url}/orders?after=2, status 500, attempt 1.`,
      'Resource orders: 3 requests, 2 pages with 4 rows, the last one page 2; 2 pages committed, the last one page 2.',
      expect.stringMatching(/^Committed: 4 rows of orders in 2 commits, the latest at .*Z\.$/),
      expect.stringMatching(/^Next run: it resumes this load behind its last commit, if it begins/),
    ]);
    const aborted: unknown = await loading
      .run(shop(server), { signal: AbortSignal.abort() })
      .catch((error: unknown) => error);
    expect(traceOf(aborted)).toMatchObject({ outcome: 'aborted', next: { does: 'unknown' } });
    // What it says of the next run comes true.
    const { resumed, trace: complete } = await loading.run(shop(server));
    expect(resumed?.tables).toEqual({ orders: 4 });
    expect(server.requests.slice(3).map(({ url }) => url)).toEqual([
      '/orders?after=2',
      '/orders?after=3',
    ]);
    expect(complete).toMatchObject({
      outcome: 'complete',
      failure: null,
      committed: { tables: { orders: 8 } },
      next: { does: 'new-load' },
    });
    expect(complete.runId).not.toBe(trace?.runId);
    await loading.close();
  });

  it('counts as committed only what a commit names, and goes by its positions alone', () => {
    const recorder = runRecorder();
    const page = (resource: string, next: Json): Position => ({
      resource,
      parent: null,
      page: 0,
      next,
      state: null,
    });
    const step = { loadId: '1', changes: [] };
    const pages = [page('orders', null), page('merged', { blocked: 'it is not known' })];
    recorder.resume(null);
    recorder.add({ ...step, kind: 'append', tables: { orders: 2, merged: 3 }, positions: pages });
    // The rows of `merged` wait in memory for the end of the load.
    recorder.add({ ...step, kind: 'commit', tables: { orders: 2 }, positions: pages.slice(0, 1) });
    const counted = { requests: 1, pages: 1, rows: 2, verdict: 'unproven' } as const;
    const facts = recorder.result('failed', new Error('no'), [
      { ...counted, name: 'orders' },
      { ...counted, name: 'merged' },
    ]);
    expect(facts.resources.map(({ committed }) => committed)).toEqual([
      { parent: null, page: 1, pages: 1 },
      null,
    ]);
    expect(facts).toMatchObject({
      committed: { tables: { orders: 2 } },
      rolledBack: { merged: 3 },
    });
    expect(facts.next.does).toBe('resume');
  });

  it('says which row made a step throw', async () => {
    const { server, committed } = await pages(null);
    const loading = open(duckdb(':memory:'));
    const steps = [
      {
        map(row: { id?: unknown }) {
          if (row.id === 3) throw new Error('no');
          return row;
        },
      },
    ];
    const trace = await failed(loading, shop(server, { processingSteps: steps }), committed);
    expect(trace?.failure).toMatchObject({
      code: 'ERR_SLUICE_FUNCTION',
      resource: 'orders',
      page: 2,
      row: 2,
      request: { method: 'GET', url: `${server.url}/orders?after=1` },
    });
  });

  it('says which page has a body that is not JSON, or rows that a contract refuses', async () => {
    const broken = await pages({ text: '{"data": [' });
    const ofBody = await failed(open(duckdb(':memory:')), shop(broken.server), broken.committed);
    expect(ofBody?.failure).toMatchObject({
      resource: 'orders',
      page: 3,
      request: { method: 'GET', url: `${broken.server.url}/orders?after=2` },
    });
    const other = await pages({ json: { data: [{ id: 4, name: 'new' }], next: null } });
    const contract = { schemaContract: { columns: 'freeze' } } as const;
    const loading = open(duckdb(':memory:'));
    await loading.run([{ id: 0 }], { table: 'orders' });
    const ofRows = await failed(loading, shop(other.server), other.committed, contract);
    expect(ofRows?.failure).toMatchObject({
      code: 'ERR_SLUICE_SCHEMA',
      resource: 'orders',
      page: 3,
    });
  });

  it('is that of an abort, and of an error of an observer', async () => {
    const { server } = await pages(null);
    const stop = new AbortController();
    const aborted: unknown = await open(duckdb(':memory:'))
      .run(shop(server), {
        signal: stop.signal,
        observe: ({ kind }) => kind === 'page' && stop.abort(),
      })
      .catch((error: unknown) => error);
    expect(traceOf(aborted)).toMatchObject({ outcome: 'aborted', next: { does: 'begin-anew' } });
    const observe = (): void => {
      throw new Error('mine');
    };
    const thrown: unknown = await open(duckdb(':memory:'))
      .run(shop(server), { observe })
      .catch((error: unknown) => error);
    expect(traceOf(thrown)?.failure?.message).toContain('mine');
    expect(traceOf(new Error('of no run'))).toBeNull();
  });

  it('does not grow with the number of requests', async () => {
    const { server } = await pages(null);
    const rest = shop(server);
    const many: Source = {
      ...rest,
      pages: (context) => {
        for (let attempt = 1; attempt <= 1_000; attempt += 1) {
          const about = { resource: 'orders', method: 'GET', url: 'http://a/', status: 200, ms: 1 };
          context.observe({ kind: 'request', attempt, ...about });
          context.observe({ kind: 'notice', resource: 'orders', message: 'again' });
        }
        return rest.pages(context).pipe(map((page) => page));
      },
    };
    const { trace } = await open(duckdb(':memory:')).run(many);
    expect(trace.requests).toHaveLength(32);
    expect(trace.requests.map(({ attempt }) => attempt).slice(0, 3)).toEqual([973, 974, 975]);
    expect(trace.notices).toHaveLength(32);
  });
});

describe('the text of a trace', () => {
  it('names 32 resources and tables, the one that failed first, and counts all others', () => {
    const resources = Array.from({ length: 1_000 }, (_, i) => ({
      name: `r${i}`,
      requests: 2,
      pages: 1,
      rows: 3,
      verdict: 'complete' as const,
      received: null,
      committed: null,
    }));
    const tables = Object.fromEntries(resources.map(({ name, rows }) => [name, rows]));
    const lines = String(
      runTrace({
        runId: 'x',
        pipeline: 'shop',
        dataset: 'd',
        source: 's',
        loadId: null,
        startedAt: '2026-01-01T00:00:00.000Z',
        finishedAt: '2026-01-01T00:00:01.000Z',
        outcome: 'failed',
        failure: {
          name: 'Error',
          code: null,
          message: 'no',
          resource: 'r500',
          parent: null,
          page: null,
          row: null,
          request: null,
        },
        resources,
        committed: { commits: 1, at: null, tables },
        rolledBack: {},
        next: { does: 'begin-anew', why: 'it starts.', until: null },
        requests: [],
        notices: [],
      }),
    ).split('\n');
    expect(lines.filter((line) => line.startsWith('Resource '))).toHaveLength(32);
    expect(lines[3]).toMatch(/^Resource r500: 2 requests/);
    expect(lines).toContain(
      '968 more resources: 1,936 requests, 968 pages with 2,904 rows; 0 pages committed.',
    );
    expect(lines.at(-2)).toMatch(
      /^Committed: 3 rows of r0, .*3 rows of r31, 2,904 rows of 968 more tables in 1 commit\.$/,
    );
  });
});

describe('the next run', () => {
  const state: RunState = {
    isComplete: false,
    isKnown: true,
    resume: { maxAgeMs: 1_000, needsAllRows: false },
    canCommit: true,
    committedAt: 0,
    isIncomplete: false,
    blocked: null,
    isConfig: false,
  };

  it.each<[string, Partial<RunState>, ReturnType<typeof nextRun>['does'], RegExp]>([
    ['resumes what was committed', {}, 'resume', /if it begins before 1970-01-01T00:00:01/],
    ['begins a load behind a complete one', { isComplete: true }, 'new-load', /of its own/],
    ['begins anew without a commit', { committedAt: null }, 'begin-anew', /nothing is committed/],
    [
      'is not known where the destination was not read',
      { committedAt: null, isKnown: false },
      'unknown',
      /resumes an unfinished load where there is one/,
    ],
    [
      'begins anew where no load is resumed, whatever the destination has',
      { committedAt: null, isKnown: false, resume: null },
      'begin-anew',
      /nothing is committed/,
    ],
    ['begins anew where no position is known', { resume: null }, 'begin-anew', /cannot be resumed/],
    [
      'begins anew where nothing can be kept',
      { resume: null, canCommit: false },
      'begin-anew',
      /keeps no unfinished/,
    ],
    [
      'begins anew with `resume: false`',
      { resume: { maxAgeMs: null, needsAllRows: false } },
      'begin-anew',
      /`resume` is false/,
    ],
    [
      'begins anew where rows are missing that must not be',
      { resume: { maxAgeMs: 1, needsAllRows: true }, isIncomplete: true },
      'begin-anew',
      /rows are known to be missing/,
    ],
    ['resumes where rows may be missing', { isIncomplete: true }, 'resume', /resumes/],
    [
      'begins anew where a list cannot be read on',
      { blocked: { resource: 'orders', why: 'its link holds a secret' } },
      'begin-anew',
      /a list of orders cannot be read on: its link/,
    ],
    [
      'may begin anew where the configuration is corrected',
      { isConfig: true },
      'resume',
      /corrected configuration/,
    ],
    [
      'resumes at any time without an age',
      { resume: { maxAgeMs: Number.MAX_SAFE_INTEGER, needsAllRows: false } },
      'resume',
      /last commit\.$/,
    ],
  ])('%s', (_, change, does, why) => {
    const next = nextRun({ ...state, ...change });
    expect(next.does).toBe(does);
    expect(next.why).toMatch(why);
  });
});
