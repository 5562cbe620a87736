import { describe, expect, it } from 'vitest';
import { type Client, type ClientConfig, httpClient } from '#src/rest/http/http-client.js';
import type { SourceEvent } from '#src/run/source.js';
import { restSource } from 'sluice';
import { type ServedResponse, serve } from '../support/local-server.js';
import { type Play, serveRaw } from '../support/raw-server.js';
import { readSource } from '../support/read-pages.js';

interface Sender {
  client: Client;
  events: SourceEvent[];
  /** When each request came, in milliseconds since 1970. */
  times: number[];
  send: (path: string, resource?: string, depth?: number) => Promise<unknown>;
}

/** A client of a server that responds so. */
async function senderTo(
  respond: (count: number) => ServedResponse,
  config: Omit<ClientConfig, 'baseUrl'> = {},
): Promise<Sender> {
  const times: number[] = [];
  const events: SourceEvent[] = [];
  const server = await serve((_asked, count) => {
    times.push(Date.now());
    return respond(count);
  });
  const client = httpClient({ baseUrl: server.url, retry: { baseMs: 1 }, ...config });
  const send: Sender['send'] = (path, resource = 'r', depth = 0) =>
    client.send(
      { method: 'GET', url: new URL(path, server.url) },
      {
        resource,
        depth,
        signal: new AbortController().signal,
        observe: (event) => events.push(event),
      },
    );
  return { client, events, times, send };
}

const gap = ([first = 0, second = 0]: number[]): number => second - first;

describe('an API that limits how often it is requested', () => {
  it.each<[string, ServedResponse]>([
    ['in JSON', { status: 429, json: { error: { retry_after_ms: 400 } } }],
    ['in words', { status: 429, text: 'Too many requests. Try again in 0.4 seconds.' }],
    ['by a reset', { status: 429, headers: { 'x-ratelimit-reset': '0.4' } }],
  ])('is requested again when its refusal says so %s', async (_how, refusal) => {
    const { send, times } = await senderTo((count) => (count === 1 ? refusal : { json: {} }));
    await send('/');
    expect(gap(times)).toBeGreaterThanOrEqual(400);
  });

  it('ends the run where its refusal asks to wait beyond all patience', async () => {
    const { send } = await senderTo(() => ({ status: 429, json: { retry_after: 3_600 } }));
    await expect(send('/')).rejects.toThrow(
      'demands a wait of 3600 s, longer than `retry.maxRetryAfterMs` allows',
    );
  });

  it.each<[string, ServedResponse]>([
    ['403 with Retry-After', { status: 403, headers: { 'retry-after': '0.2' } }],
    ['420 with Retry-After', { status: 420, headers: { 'retry-after': '0.2' } }],
    [
      '403 with an exhausted quota',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0.2' } },
    ],
    [
      '403 with an exhausted quota in a structured field',
      { status: 403, headers: { ratelimit: '"default";r=0;t=0.2' } },
    ],
  ])('is requested again after %s, as after 429', async (_how, refusal) => {
    const { send, times, events } = await senderTo((count) =>
      count === 1 ? refusal : { json: {} },
    );
    await send('/');
    expect(gap(times)).toBeGreaterThanOrEqual(200);
    expect(events.filter(({ kind }) => kind === 'request').length).toBe(2);
  });

  it.each<[string, ServedResponse]>([
    ['403 without a sign of a limit', { status: 403, headers: { 'x-ratelimit-remaining': '7' } }],
    ['404 with an exhausted quota', { status: 404, headers: { 'x-ratelimit-remaining': '0' } }],
    ['401 with Retry-After', { status: 401, headers: { 'retry-after': '1' } }],
  ])('refuses for good with %s', async (_how, refusal) => {
    const { send, times } = await senderTo(() => refusal);
    await expect(send('/')).rejects.toMatchObject({ status: refusal.status });
    expect(times.length).toBe(1);
  });

  it('does not lose rows where what is forbidden is skipped, and it comes too soon', async () => {
    const server = await serve(({ path }, count) => {
      if (path === '/forbidden') return { status: 403 };
      return count === 1
        ? { status: 403, headers: { 'retry-after': '0.1' } }
        : { json: [{ id: 1 }] };
    });
    const { rows, error } = await readSource(
      restSource({
        client: { baseUrl: server.url, rateLimit: { requests: 10, per: 1, concurrency: 1 } },
        resources: ['a', 'forbidden'].map((name) => ({ name, endpoint: { skipStatus: [403] } })),
      }),
    );
    expect(error).toBeNull();
    expect(rows).toEqual({ a: [{ id: 1 }] });
  });

  it('is waited out by time where it refuses without saying how long', async () => {
    const { send, times } = await senderTo(
      (count) => (count <= 10 ? { status: 429 } : { json: {} }),
      {
        retry: { baseMs: 1, maxMs: 2 },
        rateLimit: '1000/1s',
      },
    );
    await send('/');
    expect(times.length).toBe(11);
  });

  it('ends the run when `retry.rateLimitMs` is over, and names it', async () => {
    const { send, times } = await senderTo(() => ({ status: 429 }), {
      retry: { baseMs: 1, maxMs: 50, rateLimitMs: 300 },
    });
    await expect(send('/')).rejects.toThrow(/refused \d+ times in 0\.3 s \(`retry\.rateLimitMs`\)/);
    expect((times.at(-1) as number) - (times[0] as number)).toBeGreaterThanOrEqual(295);
  });

  it('counts refusals where `retry.attempts` is given', async () => {
    const { send, times } = await senderTo(() => ({ status: 429 }), {
      retry: { baseMs: 1, attempts: 3 },
    });
    await expect(send('/')).rejects.toThrow('(3 attempts)');
    expect(times.length).toBe(3);
  });

  it('is requested again after the statuses of `retry.statuses`', async () => {
    const server = await serve((_asked, count) => (count === 1 ? { status: 409 } : { json: [] }));
    const { error } = await readSource(
      restSource({
        client: { baseUrl: server.url, retry: { baseMs: 1, statuses: [409] } },
        resources: ['a'],
      }),
    );
    expect(error).toBeNull();
    expect(server.requests.length).toBe(2);
  });

  it('keeps its attempts for other failures when a limit refused it before', async () => {
    const { send, times } = await senderTo(
      (count) => ({ status: count <= 8 ? 429 : count <= 10 ? 503 : 200, json: {} }),
      { retry: { baseMs: 1, maxMs: 2 }, rateLimit: '1000/1s' },
    );
    await send('/');
    expect(times.length).toBe(11);
  });

  it.each([
    ['wait', { statusCode: 200, content: 'rate limited', action: 'wait' }],
    ['retry', { content: 'rate limited', action: 'retry' }],
  ] as const)('is requested again after a 200 that a rule with `%s` names', async (_word, rule) => {
    const server = await serve((_asked, count) =>
      count === 1 ? { json: { error: 'rate limited' } } : { json: [{ id: 1 }] },
    );
    const { rows, error } = await readSource(
      restSource({
        client: { baseUrl: server.url, retry: { baseMs: 1 } },
        resources: [{ name: 'a', endpoint: { method: 'POST', json: {}, responseActions: [rule] } }],
      }),
    );
    expect(error).toBeNull();
    expect(rows).toEqual({ a: [{ id: 1 }] });
    expect(server.requests.length).toBe(2);
  });

  it('says how a refusal that only its text explains can be waited out', async () => {
    const { send } = await senderTo(() => ({
      status: 403,
      json: { message: 'Rate Limit Exceeded' },
    }));
    await expect(send('/')).rejects.toThrow("action: 'wait'");
  });

  it('does not read as an order to wait what another response says', async () => {
    const { send } = await senderTo((count) =>
      count === 1
        ? { status: 500, json: { retry_after: 3_600 } }
        : { json: { retry_after: 3_600 } },
    );
    await send('/');
  });

  it.each<[string, number, ServedResponse]>([
    ['RateLimit-Policy', 1_000, { json: {}, headers: { 'ratelimit-policy': '"default";q=2;w=1' } }],
    ['words of a refusal', 300, { status: 429, text: 'Limit: 2 requests per 300 ms' }],
  ])(
    'is requested no more often than its %s allows, where no rate is configured',
    async (_where, perMs, first) => {
      const { send, times } = await senderTo((count) => (count === 1 ? first : { json: {} }), {
        rateLimit: { requests: Number.POSITIVE_INFINITY, per: '1s', concurrency: 1 },
      });
      for (let i = 0; i < 4; i += 1) await send('/');
      const counted = times.slice(-4);
      expect((counted[2] as number) - (counted[0] as number)).toBeGreaterThanOrEqual(perMs - 1);
    },
  );

  it('leaves limits by the day to its refusals', async () => {
    const { send, times } = await senderTo(() => ({
      json: {},
      headers: { 'ratelimit-policy': '"daily";q=1;w=86400' },
    }));
    for (let i = 0; i < 3; i += 1) await send('/');
    expect(times.length).toBe(3);
  });

  it('takes roots and their children in turns', async () => {
    const order: string[] = [];
    const { send } = await senderTo(() => ({ json: {} }), {
      rateLimit: { requests: 1_000, per: '1s', concurrency: 1 },
    });
    const all = [
      // It starts at once, and all others wait for it.
      ['first', 0] as const,
      ...Array.from({ length: 4 }, () => ['children', 1] as const),
      ['parents', 0] as const,
      ['others', 0] as const,
    ].map(([resource, depth]) => send('/', resource, depth).then(() => order.push(resource)));
    await Promise.all(all);
    const waited = ['children', 'parents', 'children', 'others', 'children', 'children'];
    expect(order).toEqual(['first', ...waited]);
  });
});

describe('a POST', () => {
  const post = (
    url: string,
    endpoint: object = {},
    retry: object = {},
  ): ReturnType<typeof readSource> =>
    readSource(
      restSource({
        client: { baseUrl: url, retry: { baseMs: 1, ...retry } },
        resources: [{ name: 'a', endpoint: { method: 'POST', json: {}, ...endpoint } }],
      }),
    );

  it.each<[string, Play]>([
    ['a closed connection', (socket) => socket.destroy()],
    ['a cut body', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[{')],
    ['a cut document', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n[{"a":')],
    ['503', (socket) => socket.end('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n')],
  ])(
    'that fails by %s says which options let it be sent again, and obeys them',
    async (_how, fail) => {
      const { url, count } = await serveRaw((socket, number) =>
        number === 1 || number === 2 || number === 4
          ? fail(socket, number, '')
          : socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[{"a":1}]'),
      );
      const { error } = await post(url);
      expect(String(error)).toMatch(
        /A POST is not repeated.*`repeatable: true`.*`retry\.unsafeMethods`/,
      );
      expect(count()).toBe(1);
      expect((await post(url, { repeatable: true })).rows).toEqual({ a: [{ a: 1 }] });
      expect((await post(url, {}, { unsafeMethods: true })).rows).toEqual({ a: [{ a: 1 }] });
      expect(count()).toBe(5);
    },
  );

  it('that must be sent only once is not sent again after a limit refused it', async () => {
    const server = await serve(() => ({ status: 429 }));
    const { error } = await post(server.url, { repeatable: false });
    expect(String(error)).toContain('`repeatable: false`');
    expect(server.requests.length).toBe(1);
  });
});
