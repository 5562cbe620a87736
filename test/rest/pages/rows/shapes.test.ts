import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { endpoint, type EndpointConfig, type SourceEvent } from 'sluice';
import { serve } from '../../../support/local-server.js';
import { readAll, rowsOf } from '../../../support/read-pages.js';

const quick = { retry: { baseMs: 1 } };

describe('a response', () => {
  it.each<[string, unknown, string | undefined, unknown[]]>([
    ['a list', [{ id: 1 }], undefined, [{ id: 1 }]],
    ['a list behind a name', { data: [{ id: 1 }], meta: {} }, undefined, [{ id: 1 }]],
    [
      'a list behind several names',
      { response: { result: { entries: [{ id: 1 }] } } },
      undefined,
      [{ id: 1 }],
    ],
    [
      'HAL',
      {
        _embedded: { orders: [{ id: 1, _links: { self: { href: '/orders/1' } } }] },
        _links: { self: { href: '/orders' } },
      },
      undefined,
      [{ id: 1, _links: { self: { href: '/orders/1' } } }],
    ],
    [
      'lists in a list',
      { groups: [{ people: [{ id: 1 }] }, { people: [{ id: 2 }, { id: 3 }] }] },
      'groups[*].people',
      [{ id: 1 }, { id: 2 }, { id: 3 }],
    ],
    ['one object', { id: 1, name: 'x' }, undefined, [{ id: 1, name: 'x' }]],
    ['one object behind a name', { data: { id: 1 } }, 'data', [{ id: 1 }]],
  ])('may be %s', async (_what, json, dataSelector, rows) => {
    const server = await serve(() => ({ json }));
    const { pages, error } = await readAll(
      endpoint({ url: server.url, ...(dataSelector !== undefined && { dataSelector }) }),
    );
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, rows]);
  });

  it('may be lines of JSON', async () => {
    const server = await serve(() => ({
      text: '{"id":1,"note":"a\\nb"}\n{"id":9007199254740993}\n',
      headers: { 'content-type': 'application/x-ndjson' },
    }));
    const { pages, error } = await readAll(endpoint({ url: server.url, format: 'ndjson' }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([
      null,
      [{ id: 1, note: 'a\nb' }, { id: 9_007_199_254_740_993n }],
    ]);
  });

  it('in lines that is cut in the middle of one is requested again', async () => {
    const server = await serve((_asked, count) => ({
      text: count === 1 ? '{"id":1}\n{"id":' : '{"id":1}\n{"id":2}\n',
    }));
    const { pages, error } = await readAll(
      endpoint({ url: server.url, format: 'ndjson', client: quick }),
    );
    expect([error, server.requests.length, pages.flatMap(rowsOf)]).toEqual([
      null,
      2,
      [{ id: 1 }, { id: 2 }],
    ]);
  });

  it('may be text', async () => {
    const server = await serve(() => ({
      text: 'https://x.test/view/1\n',
      headers: { 'content-type': 'application/octet-stream' },
    }));
    const { pages } = await readAll(endpoint({ url: server.url, format: 'text', method: 'POST' }));
    expect(pages.flatMap(rowsOf)).toEqual([{ value: 'https://x.test/view/1' }]);
  });

  it('may be text in another charset', async () => {
    const server = await serve(() => ({
      text: Buffer.from('  caf\xe9 \n', 'latin1'),
      headers: { 'content-type': 'text/plain; charset=iso-8859-1' },
    }));
    const { pages } = await readAll(endpoint({ url: server.url, format: 'text' }));
    expect(pages.flatMap(rowsOf)).toEqual([{ value: '  café ' }]);
  });

  it('in lines says which of them is wrong, and on which page', async () => {
    const server = await serve(() => ({ text: '{"id":1}\n{"id":2},{"id":3}\n' }));
    const { error } = await readAll(
      endpoint({ url: server.url, format: 'ndjson', resource: 'lines' }),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_JSON',
      message: expect.stringMatching(
        /^Resource lines, page 1: The body is not JSON: .* Line 2 is not one JSON value\. Request: GET /,
      ) as string,
    });
  });

  it.each<[string, string, Partial<EndpointConfig>, string]>([
    ['lines read as JSON', '{"id":1}\n{"id":2}\n', {}, 'ndjson'],
    ['lines whose last one is cut', '{"id":1}\n{"id":2}\n{"i', {}, 'ndjson'],
    ['lines between blank ones', '\n[1,2]\r\n\r\n[3,4]\r\n', {}, 'ndjson'],
    ['lines with a selector', '{"id":1}\n{"id":2}', { dataSelector: 'items' }, 'ndjson'],
    ['a document read as lines', '{\n  "id": 1\n}\n', { format: 'ndjson' }, 'json'],
  ])('of another format is an error that names it: %s', async (_w, text, config, format) => {
    const server = await serve(() => ({ text }));
    const { error } = await readAll(endpoint({ url: server.url, client: quick, ...config }));
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_JSON',
      message: expect.stringContaining(`: set \`format: '${format}'\` on the endpoint.`) as string,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['{"id":1} {"id":2}', '{"id":1}\nnot json', '{"id":1,\n"a" 2}', '{"id":1}}'])(
    'that is broken names no format: %j',
    async (text) => {
      const server = await serve(() => ({ text }));
      const { error } = await readAll(endpoint({ url: server.url, client: quick }));
      expect(String(error)).toMatch(/not JSON/i);
      expect(String(error)).not.toContain('format');
    },
  );

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('may come compressed: %s', async (encoding, compress) => {
    const server = await serve(() => ({
      text: compress(Buffer.from('[{"id":1}]')),
      headers: { 'content-encoding': encoding },
    }));
    const { pages, error } = await readAll(endpoint({ url: server.url }));
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }]]);
  });
});

describe('a list', () => {
  it('whose rows are gathered from several places is paged by its whole response', async () => {
    const server = await serve(({ query }) => ({
      json: {
        groups: [{ people: [{ id: Number(query.get('after') ?? 0) }] }, { people: [] }],
        next: query.has('after') ? null : 7,
      },
    }));
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        dataSelector: 'groups[*].people',
        paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
      }),
    );
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 0 }, { id: 7 }]]);
  });

  it('may be paged in the body of a POST, as GraphQL is', async () => {
    const cursors: unknown[] = [];
    const server = await serve(async ({ body }) => {
      const { variables } = JSON.parse(await body) as { variables: { after?: string } };
      cursors.push(variables.after);
      const at = Number(variables.after ?? 0);
      return {
        json: {
          data: {
            issues: {
              nodes: [{ id: at }, { id: at + 1 }],
              pageInfo: { hasNextPage: at < 4, endCursor: String(at + 2) },
            },
          },
        },
      };
    });
    const { pages, error } = await readAll(
      endpoint({
        url: server.url,
        method: 'POST',
        json: {
          query: 'query($after: String) { issues(after: $after) { nodes { id } } }',
          variables: { first: 2 },
        },
        dataSelector: 'data.issues.nodes',
        paginator: {
          type: 'cursor',
          cursorPath: 'data.issues.pageInfo.endCursor',
          cursorBodyPath: 'variables.after',
          hasMorePath: 'data.issues.pageInfo.hasNextPage',
        },
      }),
    );
    expect([error, cursors]).toEqual([null, [undefined, '2', '4']]);
    expect(pages.flatMap(rowsOf).map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('whose paging nobody described is read to its end, and what was found is reported', async () => {
    const server = await serve(({ query }) => {
      const page = Number(query.get('page') ?? 1);
      return { json: { items: [{ id: page }], page, total_pages: 3 } };
    });
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({ url: `${server.url}/orders`, observe: (event) => events.push(event) }),
    );
    expect([error, pages.flatMap(rowsOf)]).toEqual([null, [{ id: 1 }, { id: 2 }, { id: 3 }]]);
    expect(pages.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(events).toContainEqual({
      kind: 'notice',
      resource: 'orders',
      message: expect.stringContaining('paging: ') as string,
    });
    expect(pages.at(-1)?.state).toMatchObject({
      resource: { paging: { paginator: { type: 'pageNumber' } } },
    });
  });
});

describe('a response in the making', () => {
  const responses = (words: string[]) => async (): Promise<{ json: unknown }> => {
    const status = words.length > 1 ? words.shift() : words[0];
    return {
      json: status === 'complete' ? { status, metrics: [{ name: 'adherence' }] } : { status },
    };
  };
  const poll = {
    statusPath: 'status',
    done: ['complete'],
    failed: ['failed'],
    everyMs: 5,
    timeoutMs: 60_000,
  };

  it('is requested until it is made, and why it waits is reported', async () => {
    const server = await serve(responses(['queued', 'in_progress', 'complete']));
    const events: SourceEvent[] = [];
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/r`,
        dataSelector: 'metrics',
        paginator: 'single',
        poll,
        observe: (event) => events.push(event),
      }),
    );
    expect([error, server.requests.length, pages.flatMap(rowsOf)]).toEqual([
      null,
      3,
      [{ name: 'adherence' }],
    ]);
    expect(events.filter(({ kind }) => kind === 'wait')).toHaveLength(2);
    expect(events.find(({ kind }) => kind === 'wait')).toMatchObject({
      resource: 'r',
      reason: expect.stringContaining('the response is not ready') as string,
    });
  });

  it('is waited for on each of its pages that names its state', async () => {
    const states = ['complete', 'in_progress', 'complete', undefined];
    const server = await serve(({ query }, count) => {
      const status = states[count - 1];
      const metrics = status === 'in_progress' ? undefined : [{ n: Number(query.get('after')) }];
      return { json: { status, metrics, next: count < 4 ? count : null } };
    });
    const { pages, error } = await readAll(
      endpoint({
        url: `${server.url}/r`,
        dataSelector: 'metrics',
        paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' },
        poll,
      }),
    );
    expect(error).toBe(null);
    expect(pages.flatMap(rowsOf)).toEqual([{ n: 0 }, { n: 1 }, { n: 3 }]);
  });

  it('that the API gives up is an error that says so', async () => {
    const server = await serve(responses(['in_progress', 'failed']));
    const { error } = await readAll(
      endpoint({ url: `${server.url}/r`, dataSelector: 'metrics', poll }),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_HTTP',
      message: expect.stringMatching(
        /^Resource r, page 1: the API failed to make the response: `status` is `failed`/,
      ) as string,
    });
  });

  it('is given up after its time', async () => {
    const server = await serve(responses(['in_progress']));
    const { error } = await readAll(
      endpoint({
        url: `${server.url}/r`,
        dataSelector: 'metrics',
        poll: { ...poll, timeoutMs: 1, everyMs: 10 },
      }),
    );
    expect(error).toMatchObject({
      code: 'ERR_SLUICE_HTTP',
      message: expect.stringMatching(
        /not ready after 0.001 s \(`status` never was complete\)/,
      ) as string,
    });
    expect(server.requests.length).toBe(1);
  });

  it('is not waited for once the run is stopped', async () => {
    const stop = new AbortController();
    const server = await serve(async () => {
      stop.abort(new Error('enough'));
      return { json: { status: 'in_progress' } };
    });
    const { error } = await readAll(
      endpoint({
        url: server.url,
        poll: { ...poll, everyMs: 60_000, timeoutMs: 600_000 },
        signal: stop.signal,
      }),
    );
    expect(error).toMatchObject({ message: 'enough' });
  });
});
