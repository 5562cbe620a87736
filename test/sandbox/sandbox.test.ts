import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ASSEMBLED_END, ASSEMBLED_START, type Sandbox, startSandbox } from 'sluice/sandbox';
import { rollingWindow, tokenBucket } from '#src/sandbox/limiter.js';

interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

describe('sandbox', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ rateScale: 1_000 });
  });
  afterAll(() => sandbox.close());

  const get = async (url: string, authorization = ''): Promise<Answer> => {
    const answer = await fetch(url, { headers: { authorization } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as unknown) : text };
  };
  const coassemble = (path: string, authorization?: string): Promise<Answer> =>
    get(sandbox.coassemble.url + path, authorization ?? `COASSEMBLE:${sandbox.coassemble.credentials['workspaceId']}:${sandbox.coassemble.credentials['apiKey']}`);
  const assembled = (path: string, key = sandbox.assembled.credentials['apiKey'] ?? ''): Promise<Answer> =>
    get(sandbox.assembled.url + path, `Basic ${Buffer.from(`${key}:`).toString('base64')}`);
  const coalesce = (path: string, token = sandbox.coalesce.credentials['accessToken'] ?? ''): Promise<Answer> => get(sandbox.coalesce.url + path, `Bearer ${token}`);

  it('refuses credentials that are wrong or in another scheme, in the words of each service', async () => {
    expect(await coassemble('/api/v1/headless/courses', 'Bearer x')).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED', status: 401 } } });
    expect(await assembled('/v0/people', 'wrong')).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect((await get(`${sandbox.assembled.url}/v0/people`, `Basic ${Buffer.from(sandbox.assembled.credentials['apiKey'] ?? '').toString('base64')}`)).status).toBe(401);
    expect(await coalesce('/api/v1/projects', 'wrong')).toMatchObject({ status: 401, body: { error: { errorString: 'Unauthorized' } } });
  });

  it('coassemble: pages from 0, a hundred rows at most, bare arrays', async () => {
    const sizes = await Promise.all([0, 1, 2, 3].map(async (page) => ((await coassemble(`/api/v1/headless/courses?page=${page}&length=500`)).body as unknown[]).length));
    expect(sizes).toEqual([100, 100, 50, 0]);
    expect((await coassemble('/api/v1/headless/users?page=1')).body).toEqual([]);
    expect((await coassemble('/api/v1/headless/courses?page=-1')).status).toBe(400);
  });

  it('coassemble: trackings need a course, and do not name it', async () => {
    expect(await coassemble('/api/v1/headless/trackings')).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    const [row] = (await coassemble('/api/v1/headless/trackings?id=48004')).body as Record<string, unknown>[];
    expect(row).not.toHaveProperty('course_id');
  });

  it('assembled: people in a map with total, limit and offset; lists that ignore them', async () => {
    const { body } = await assembled('/v0/people?limit=100&offset=200');
    expect(body).toMatchObject({ total: 230, limit: 100, offset: 200 });
    expect(Object.keys((body as { people: object }).people)).toHaveLength(30);
    expect(Object.keys(((await assembled('/v0/teams?limit=1&offset=3')).body as { teams: object }).teams)).toHaveLength(5);
  });

  it('assembled: windows are required, in unix seconds', async () => {
    expect(await assembled('/v0/agents/state')).toMatchObject({ status: 400, body: { message: 'Missing required field start_time' } });
    expect((await assembled('/v0/requirements?start_time=2025-03-04&end_time=2025-03-05')).status).toBe(400);
    const { body } = await assembled(`/v0/agents/state?start_time=${ASSEMBLED_START}&end_time=${ASSEMBLED_END}&limit=500`);
    expect(body).toMatchObject({ total: 1_100, limit: 500 });
  });

  it('assembled: a shift over midnight is in both days', async () => {
    const day = async (number: number): Promise<string[]> =>
      Object.keys(((await assembled(`/v0/activities?start_time=${ASSEMBLED_START + number * 86_400}&end_time=${ASSEMBLED_START + (number + 1) * 86_400}`)).body as { activities: object }).activities);
    const [first, second] = [await day(0), await day(1)];
    expect(first.filter((key) => second.includes(key)).length).toBeGreaterThan(0);
  });

  it('coalesce: cursors by value, which need an order; null or missing at the end', async () => {
    const first = (await coalesce('/api/v1/runs?limit=500&orderBy=id')).body as { data: unknown[]; next: number; total: null };
    expect([first.data.length, first.next, first.total]).toEqual([500, 1_501, null]);
    const last = (await coalesce(`/api/v1/runs?limit=500&orderBy=id&startingFrom=${first.next}`)).body as { data: unknown[]; next: unknown };
    expect([last.data.length, last.next]).toEqual([120, null]);
    expect((await coalesce('/api/v1/runs?startingFrom=1500')).status).toBe(400);
    expect((await coalesce('/api/v1/users?limit=250')).body).not.toHaveProperty('next');
    expect((await coalesce('/api/v1/runs/1004/results')).status).toBe(404);
  });

  it('flags doubled prefixes and answers them 404', async () => {
    expect((await coalesce('/api/v1/api/v1/projects')).status).toBe(404);
    expect(sandbox.coalesce.requests.filter(({ doubled }) => doubled)).toHaveLength(1);
  });

  it('never keeps credentials of requests', async () => {
    await coassemble('/api/v1/headless/clients');
    expect(JSON.stringify(sandbox.coassemble.requests)).not.toContain(sandbox.coassemble.credentials['apiKey']);
  });

  it('limits as the service does: 429 with the seconds to wait, then goes on', async () => {
    const strict = await startSandbox({ rateScale: 0.03 });
    const key = `COASSEMBLE:${strict.coassemble.credentials['workspaceId']}:${strict.coassemble.credentials['apiKey']}`;
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await get(`${strict.coassemble.url}/api/v1/headless/clients`, key)).status);
    const refused = await get(`${strict.coassemble.url}/api/v1/headless/clients`, key);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
    await strict.close();
  });

  it('counts windows and buckets by the clock it is given', () => {
    const window = rollingWindow(2, 1_000);
    expect([0, 10, 20, 999, 1_001, 1_002].map((now) => window.take(now))).toEqual([0, 0, 980, 1, 0, 8]);
    const bucket = tokenBucket(2, 1);
    expect([1_000, 1_000, 1_000, 2_000, 2_500].map((now) => bucket.take(now))).toEqual([0, 0, 1_000, 0, 500]);
  });
});
