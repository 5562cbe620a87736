import { describe, expect, it } from 'vitest';
import { type Client, type ClientConfig, httpClient } from '#src/rest/http/http-client.js';
import type { SourceEvent } from '#src/run/source.js';
import { type Answered, serve } from '../support/local-server.js';

interface Asking {
  client: Client;
  events: SourceEvent[];
  /** When each request came, in milliseconds since 1970. */
  times: number[];
  ask: (path: string, resource?: string, depth?: number) => Promise<unknown>;
}

/** A client of a server that answers so. */
async function asking(
  answer: (count: number) => Answered,
  config: Omit<ClientConfig, 'baseUrl'> = {},
): Promise<Asking> {
  const times: number[] = [];
  const events: SourceEvent[] = [];
  const server = await serve((_asked, count) => {
    times.push(Date.now());
    return answer(count);
  });
  const client = httpClient({ baseUrl: server.url, retry: { baseMs: 1 }, ...config });
  const ask: Asking['ask'] = (path, resource = 'r', depth = 0) =>
    client.send(
      { method: 'GET', url: new URL(path, server.url) },
      {
        resource,
        depth,
        signal: new AbortController().signal,
        observe: (event) => events.push(event),
      },
    );
  return { client, events, times, ask };
}

const gap = ([first = 0, second = 0]: number[]): number => second - first;

describe('an API that limits how often it is asked', () => {
  it.each<[string, Answered]>([
    ['in JSON', { status: 429, json: { error: { retry_after_ms: 400 } } }],
    ['in words', { status: 429, text: 'Too many requests. Try again in 0.4 seconds.' }],
    ['by a reset', { status: 429, headers: { 'x-ratelimit-reset': '0.4' } }],
  ])('is asked again when its refusal says so %s', async (_how, refusal) => {
    const { ask, times } = await asking((count) => (count === 1 ? refusal : { json: {} }));
    await ask('/');
    expect(gap(times)).toBeGreaterThanOrEqual(400);
  });

  it('ends the run where its refusal asks to wait beyond all patience', async () => {
    const { ask } = await asking(() => ({ status: 429, json: { retry_after: 3_600 } }));
    await expect(ask('/')).rejects.toThrow(
      'asks to wait 3600 s, longer than retry.maxRetryAfterMs allows',
    );
  });

  it('does not read as an order to wait what another answer says', async () => {
    const { ask } = await asking((count) =>
      count === 1
        ? { status: 500, json: { retry_after: 3_600 } }
        : { json: { retry_after: 3_600 } },
    );
    await ask('/');
  });

  it.each<[string, number, Answered]>([
    ['RateLimit-Policy', 1_000, { json: {}, headers: { 'ratelimit-policy': '"default";q=2;w=1' } }],
    ['words of a refusal', 300, { status: 429, text: 'Limit: 2 requests per 300 ms' }],
  ])(
    'is asked no more often than its %s allows, where no rate is configured',
    async (_where, perMs, first) => {
      const { ask, times } = await asking((count) => (count === 1 ? first : { json: {} }), {
        rateLimit: { requests: Number.POSITIVE_INFINITY, per: '1s', concurrency: 1 },
      });
      for (let i = 0; i < 4; i += 1) await ask('/');
      const counted = times.slice(-4);
      expect((counted[2] as number) - (counted[0] as number)).toBeGreaterThanOrEqual(perMs - 1);
    },
  );

  it('leaves limits by the day to its refusals', async () => {
    const { ask, times } = await asking(() => ({
      json: {},
      headers: { 'ratelimit-policy': '"daily";q=1;w=86400' },
    }));
    for (let i = 0; i < 3; i += 1) await ask('/');
    expect(times.length).toBe(3);
  });

  it('answers roots and their children in turns', async () => {
    const order: string[] = [];
    const { ask } = await asking(() => ({ json: {} }), {
      rateLimit: { requests: 1_000, per: '1s', concurrency: 1 },
    });
    const all = [
      ...Array.from({ length: 4 }, () => ['children', 1] as const),
      ['parents', 0] as const,
      ['others', 0] as const,
    ].map(([resource, depth]) => ask('/', resource, depth).then(() => order.push(resource)));
    await Promise.all(all);
    expect(order).toEqual(['children', 'parents', 'children', 'others', 'children', 'children']);
  });
});
