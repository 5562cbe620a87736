import { describe, expect, it } from 'vitest';
import { restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { readSource } from '../../support/read-pages.js';
import { type Described, type ListRead, readList } from './list-of.js';

type Reply = Awaited<ReturnType<Parameters<typeof serve>[0]>>;

async function read(
  reply: (count: number) => Reply,
  config: Partial<Described> = {},
): Promise<ListRead> {
  const server = await serve((_request, count) => ({ status: 202, ...reply(count) }));
  return readList({ url: `${server.url}/x`, ...config });
}
const rowsOf = ({ pages }: ListRead): string[] => pages.map(({ rows }) => rows);

describe('a response with status 202', () => {
  it.each<[string, object]>([
    ['a state', { status: 'queued' }],
    ['an id', { id: 7, state: 'PENDING', links: { self: '/jobs/7' } }],
    ['a job', { job: { id: 7, status: 'running' } }],
    ['a message', { message: 'Report is being prepared' }],
    ['an empty list', { status: 'queued', items: [] }],
  ])('and one object has no rows, and the verdict names `poll`: %s', async (_what, json) => {
    const found = await read(() => ({ json }));
    expect(found).toMatchObject({ verdict: 'incomplete', error: null, end: { rows: 0 } });
    expect(found.end?.fault).toMatch(/status 202 \(accepted\) and no rows.* Set `poll`/);
    expect(found.notices).toEqual([
      expect.stringContaining("or `dataSelector: '@'` if the object is a row") as string,
    ]);
  });

  it('and a list has its rows', async () => {
    const found = await read(() => ({ json: { status: 'ok', items: [{ id: 1 }] } }));
    expect(found).toMatchObject({ verdict: 'complete', error: null, end: { rows: 1 } });
  });

  it('does not decide where the rows of other lists are', async () => {
    const server = await serve(({ path }) => {
      if (path === '/shops') return { json: [{ id: 1 }, { id: 2 }] };
      return path === '/shops/1/orders'
        ? { status: 202, json: { status: 'queued' } }
        : { json: { status: 'done', orders: [{ id: 'a' }] } };
    });
    const source = restSource({
      name: 'shop',
      client: {
        baseUrl: server.url,
        rateLimit: { requests: 1_000, per: '1s', concurrency: 1 },
      },
      resources: ['shops', { name: 'orders', endpoint: 'shops/{resources.shops.id}/orders' }],
    });
    const { rows, error } = await readSource(source);
    expect([error, rows['orders']]).toEqual([null, [{ id: 'a' }]]);
  });

  it.each<[string, Reply, RegExp]>([
    ['a selector that is not there', { json: { status: 'queued' } }, /Nothing is at `items`/],
    ['a body that is no JSON', { text: 'Accepted' }, /is not JSON/],
  ])('and %s are an error that names `poll`', async (_what, reply, what) => {
    const { error } = await read(() => reply, { dataSelector: 'items' });
    expect(error).toMatchObject({ message: expect.stringMatching(what) as string });
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /status 202 .* Set `poll` or request it later\. Request: GET /,
      ) as string,
    });
  });

  it.each<[string, Reply, Partial<Described>, string]>([
    ['an object', { json: { id: 7 } }, { dataSelector: '@' }, '{"id":7}'],
    ['text', { text: 'queued' }, { format: 'text' }, '{"value":"queued"}'],
  ])(
    'has %s for a row where the config says so, and is unproven',
    async (_w, reply, config, row) => {
      const found = await read(() => reply, config);
      expect([rowsOf(found), found.verdict, found.error]).toEqual([[row], 'unproven', null]);
    },
  );

  it('has a row where `poll` waited for it', async () => {
    const found = await read((count) => ({ json: { state: count < 3 ? 'queued' : 'ready' } }), {
      poll: { statusPath: 'state', done: ['ready'], everyMs: 1 },
    });
    expect([rowsOf(found), found.verdict, found.error]).toEqual([
      ['{"state":"ready"}'],
      'complete',
      null,
    ]);
  });
});
