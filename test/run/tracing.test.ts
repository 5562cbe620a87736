import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runTracing } from '#src/run/tracing.js';
import {
  bearer,
  type CommitMessage,
  duckdb,
  type PageMessage,
  pipeline,
  type RequestMessage,
  restSource,
  type RunMessage,
  traceOf,
} from 'sluice';
import { serve } from '../support/local-server.js';

interface Messages {
  run: RunMessage;
  page: PageMessage;
  request: RequestMessage;
  commit: CommitMessage;
}

/** What is published: the name of the event, with its message as it is then. */
function published<Kind extends keyof Messages>(kind: Kind): [string, Messages[Kind]][] {
  const seen: [string, Messages[Kind]][] = [];
  for (const event of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) {
    const name = `tracing:sluice:${kind}:${event}`;
    const note = (message: unknown): void =>
      void seen.push([event, { ...(message as Messages[Kind]) }]);
    channel(name).subscribe(note);
    onTestFinished(() => {
      channel(name).unsubscribe(note);
    });
  }
  return seen;
}

async function run(url: string): Promise<unknown> {
  await using loading = pipeline({ name: 'shop', destination: duckdb(':memory:') });
  const source = restSource({
    client: { baseUrl: url, retry: { attempts: 1 }, auth: bearer('token-12345678') },
    resources: [{ name: 'orders', endpoint: { dataSelector: 'data', paginator: 'jsonLink' } }],
  });
  return await loading.run(source).catch((error: unknown) => error);
}

describe('the tracing channels', () => {
  it('publish a run, its pages, requests and commits', async () => {
    const [runs, pages, requests, commits] = [
      published('run'),
      published('page'),
      published('request'),
      published('commit'),
    ];
    const server = await serve(({ query }) => ({
      json: { data: [{ id: 1 }, { id: 2 }], next: query.has('p') ? null : '/orders?p=2' },
    }));
    await run(server.url);
    const ended = <M>(all: readonly [string, M][]): M[] =>
      all.filter(([event]) => event === 'asyncEnd').map(([, message]) => message);
    expect(runs.map(([event]) => event)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    expect(ended(runs)[0]?.trace?.outcome).toBe('complete');
    expect(ended(pages).map(({ resource, page, rows }) => [resource, page, rows])).toEqual([
      ['orders', 1, 2],
      ['orders', 2, 2],
    ]);
    expect(ended(requests).map(({ url, status, page: { page } }) => [url, status, page])).toEqual([
      [`${server.url}/orders`, 200, 1],
      [`${server.url}/orders?p=2`, 200, 2],
    ]);
    expect(ended(commits).at(-1)).toMatchObject({ kind: 'complete', tables: { orders: 4 } });
    expect(
      new Set([...ended(pages), ...ended(commits)].map((message) => message.run.runId)),
    ).toEqual(new Set([ended(runs)[0]?.runId]));
  });

  it('publish the error of a failed run once on each level, without secrets', async () => {
    const [runs, pages, requests] = [published('run'), published('page'), published('request')];
    const server = await serve(({ headers }) => ({
      status: 400,
      text: `${headers.authorization}`,
    }));
    const error = await run(server.url);
    const failures = (all: readonly [string, { error?: unknown }][]): unknown[] =>
      all.filter(([event]) => event === 'error').map(([, message]) => message.error);
    expect(failures(runs)).toEqual([error]);
    expect(runs.at(-1)?.[1].trace).toBe(traceOf(error));
    expect(failures(pages)).toHaveLength(1);
    expect(requests.at(-1)).toMatchObject(['asyncEnd', { status: 400 }]);
    const shown = JSON.stringify([runs, pages, requests], (_, value: unknown) =>
      value instanceof Error ? [value.message, value.stack, value.cause] : value,
    );
    expect(shown).not.toContain('token-12345678');
  });

  it('refuse a header that would fail the request', async () => {
    const refused: unknown[] = [];
    const set = (message: unknown): void => {
      const { setHeader } = message as RequestMessage;
      for (const [name, value] of [
        ['bad name', 'x'],
        ['x-id', 'a\nb'],
      ] as const)
        try {
          setHeader(name, value);
        } catch (error) {
          refused.push(error);
        }
    };
    channel('tracing:sluice:request:start').subscribe(set);
    onTestFinished(() => {
      channel('tracing:sluice:request:start').unsubscribe(set);
    });
    const server = await serve(() => ({ json: { data: [{ id: 1 }], next: null } }));
    expect(await run(server.url)).toMatchObject({ tables: { orders: 1 } });
    expect(refused).toEqual([expect.any(TypeError), expect.any(TypeError)]);
  });

  it('add no header that the request or its client has, in whatever case', async () => {
    const set = (message: unknown): void => {
      const { setHeader } = message as RequestMessage;
      for (const name of ['x-client', 'x-request', 'x-added']) setHeader(name, 'added');
    };
    channel('tracing:sluice:request:start').subscribe(set);
    onTestFinished(() => {
      channel('tracing:sluice:request:start').unsubscribe(set);
    });
    const { url, requests } = await serve(() => ({ json: [{ id: 1 }] }));
    await using loading = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    await loading.run(
      restSource({
        client: { baseUrl: url, headers: { 'X-Client': 'own' } },
        resources: [
          { name: 'orders', endpoint: { headers: { 'X-Request': 'own' }, paginator: 'single' } },
        ],
      }),
    );
    expect(requests[0]?.headers).toMatchObject({
      'x-client': 'own',
      'x-request': 'own',
      'x-added': 'added',
    });
  });

  it('trace no page where nobody subscribes', () => {
    const tracing = runTracing({ runId: 'r', pipeline: 'p', dataset: 'd', source: 's' });
    expect(tracing.pages).toBeNull();
    published('request');
    expect(tracing.pages).not.toBeNull();
  });
});
