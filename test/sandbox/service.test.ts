import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coassemble } from '#src/sandbox/coassemble.js';
import { type Sandbox, type SandboxRequest, startSandbox } from 'sluice/sandbox';
import { send, basic, SERVICES } from './send.js';

const CLIENTS = 'GET /api/v1/headless/clients';

describe('a stand-in', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ rateScale: 1_000 });
  });
  afterEach(() => sandbox.close());

  it('refuses credentials that are wrong or in another scheme, in the words of each service', async () => {
    const refused = (service: keyof Omit<Sandbox, 'close'>, path: string, authorization: string) =>
      send(sandbox[service], `GET ${path}`, { headers: { authorization } });
    expect(await refused('coassemble', '/api/v1/headless/courses', 'Bearer x')).toMatchObject({
      status: 401,
      body: { error: { code: 'UNAUTHORIZED', status: 401 } },
    });
    expect(await refused('assembled', '/v0/people', basic('wrong:'))).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
    expect(await refused('coalesce', '/api/v1/projects', 'Bearer wrong')).toMatchObject({
      status: 401,
      body: { error: { errorString: 'Unauthorized' } },
    });
  });

  it('holds the same data every time', async () => {
    const other = await startSandbox();
    for (const name of SERVICES) expect(other[name].data).toEqual(sandbox[name].data);
    await other.close();
  });

  it('responds with 404 to doubled prefixes, and flags them', async () => {
    const doubled = {
      coassemble: '/api/v1/headless/api/v1/headless/courses',
      assembled: '/v0/v0/people',
      coalesce: '/api/v1/api/v1/projects',
    };
    for (const name of SERVICES) {
      expect((await send(sandbox[name], `GET ${doubled[name]}`)).status).toBe(404);
      expect(sandbox[name].requests).toMatchObject([{ doubled: true, status: 404 }]);
    }
  });

  it('records requests: method, address, headers, body and response', async () => {
    await send(sandbox.assembled, 'POST /v0/reports/nothing?a=1', {
      json: { start_time: 1 },
      headers: { 'API-Version': '2019-06-20' },
    });
    expect(sandbox.assembled.requests).toMatchObject([
      {
        method: 'POST',
        url: '/v0/reports/nothing?a=1',
        headers: { 'api-version': '2019-06-20' },
        body: { start_time: 1 },
        scheme: 'Basic',
        authorized: true,
        status: 404,
        doubled: false,
      },
    ]);
    expect(sandbox.assembled.requests[0]?.at).toBeLessThanOrEqual(Date.now());
  });

  it('never records credentials of requests, wherever they are', async () => {
    const { apiKey = '' } = sandbox.coassemble.credentials;
    await send(sandbox.coassemble, `GET /api/v1/headless/clients?key=${apiKey}`, {
      headers: { 'x-api-key': apiKey, cookie: 'session=hidden-one' },
    });
    await send(sandbox.coassemble, 'POST /api/v1/headless/course/url', {
      json: {
        apiKey,
        userCredentials: { snowflakePassword: 'hidden-two' },
        nested: [{ token: 'hidden-three' }],
      },
    });
    const kept = JSON.stringify(sandbox.coassemble.requests);
    for (const secret of [apiKey, 'hidden-one', 'hidden-two', 'hidden-three'])
      expect(kept).not.toContain(secret);
    expect(sandbox.coassemble.requests[1]?.body).toEqual({
      apiKey: '***',
      userCredentials: '***',
      nested: [{ token: '***' }],
    });
  });

  it('fails as often as configured, in any words, without doing what was requested', async () => {
    sandbox.coassemble.control.failNext(
      1,
      502,
      { 'content-type': 'text/html' },
      '<h1>Bad gateway</h1>',
    );
    const failed = await send(sandbox.coassemble, 'DELETE /api/v1/headless/user/learner-1');
    expect([failed.status, failed.headers.get('content-type'), failed.body]).toEqual([
      502,
      'text/html',
      '<h1>Bad gateway</h1>',
    ]);
    expect(sandbox.coassemble.data['users']).toHaveLength(100);
    expect((await send(sandbox.coassemble, CLIENTS)).status).toBe(200);
  });

  it('cuts bodies short, whether they are sent whole, in chunks or compressed', async () => {
    const { control } = sandbox.coassemble;
    control.dropAfterBytes = 20;
    await expect(send(sandbox.coassemble, CLIENTS)).rejects.toThrow();
    control.chunked = true;
    await expect(send(sandbox.coassemble, CLIENTS)).rejects.toThrow();
    control.encoding = 'gzip';
    await expect(send(sandbox.coassemble, CLIENTS)).rejects.toThrow();
    control.dropAfterBytes = 0;
    await expect(send(sandbox.coassemble, CLIENTS)).rejects.toThrow();
    control.dropAfterBytes = null;
    expect((await send(sandbox.coassemble, CLIENTS)).body).toHaveLength(3);
  });

  it.each(['gzip', 'deflate', 'br'] as const)(
    'compresses bodies with %s for clients that accept it',
    async (encoding) => {
      sandbox.coassemble.control.encoding = encoding;
      const packed = await send(sandbox.coassemble, CLIENTS, {
        headers: { 'accept-encoding': 'gzip, deflate, br' },
      });
      expect(packed.headers.get('content-encoding')).toBe(encoding);
      expect(packed.body).toEqual(sandbox.coassemble.data['clients']);
      const plain = await send(sandbox.coassemble, CLIENTS, {
        headers: { 'accept-encoding': 'identity' },
      });
      expect(plain.headers.get('content-encoding')).toBeNull();
      expect(plain.body).toEqual(packed.body);
    },
  );

  it('sends no length when it sends chunks', async () => {
    expect((await send(sandbox.coassemble, CLIENTS)).headers.get('content-length')).not.toBeNull();
    sandbox.coassemble.control.chunked = true;
    const { headers, body } = await send(sandbox.coassemble, CLIENTS);
    expect([headers.get('content-length'), headers.get('transfer-encoding')]).toEqual([
      null,
      'chunked',
    ]);
    expect(body).toHaveLength(3);
  });

  it('waits before it responds, for some requests only if configured', async () => {
    const requests: string[] = [];
    sandbox.coalesce.control.latencyMs = ({ path, query }) => {
      requests.push(path);
      return path.endsWith('/nodes') && query.get('detail') === 'true' ? 60_000 : 0;
    };
    const slow = send(sandbox.coalesce, 'GET /api/v1/environments/3/nodes?detail=true').then(
      () => 'slow',
      () => 'cut',
    );
    await vi.waitFor(() => expect(requests).toEqual(['/api/v1/environments/3/nodes']));
    const fast = send(sandbox.coalesce, 'GET /api/v1/environments/3/nodes').then(() => 'fast');
    expect(await Promise.race([slow, fast])).toBe('fast');
    await sandbox.close();
    expect(await slow).toBe('cut');
  });

  it('responds to a path that is not valid percent-encoding', async () => {
    expect((await send(sandbox.coassemble, 'DELETE /api/v1/headless/user/100%')).status).toBe(404);
  });

  it('keeps running when a client disconnects in the middle of its body', async () => {
    const { port } = new URL(sandbox.coassemble.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () =>
        socket.write('POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf', () =>
          socket.destroy(),
        ),
      );
      socket.on('close', () => resolve());
    });
    expect((await send(sandbox.coassemble, CLIENTS)).status).toBe(200);
    expect(sandbox.coassemble.requests).toHaveLength(1);
  });
});

describe('limits by address', () => {
  it('are counted for each address at coassemble', () => {
    const definition = coassemble({ rateScale: 0.01, rateWindowMs: 60_000 });
    const from = (address: string): number | undefined =>
      definition.wait?.({ address } as SandboxRequest, 0);
    expect(['10.0.0.1', '10.0.0.2', '10.0.0.1'].map(from)).toEqual([0, 0, 60_000]);
  });
});

describe('limits', () => {
  let sandbox: Sandbox;
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: 1_741_046_400_000 }));
  afterEach(async () => {
    vi.useRealTimers();
    await sandbox.close();
  });
  const statuses = async (
    name: 'coassemble' | 'assembled',
    path: string,
    times: number,
  ): Promise<number[]> => {
    const all: number[] = [];
    for (let i = 0; i < times; i += 1) all.push((await send(sandbox[name], `GET ${path}`)).status);
    return all;
  };

  it('coassemble: so many requests in any minute, 429 with the seconds to wait, then it goes on', async () => {
    sandbox = await startSandbox({ rateScale: 0.03 });
    expect(await statuses('coassemble', '/api/v1/headless/clients', 4)).toEqual([
      200, 200, 200, 429,
    ]);
    vi.setSystemTime(Date.now() + 15_500);
    const refused = await send(sandbox.coassemble, CLIENTS);
    expect(refused).toMatchObject({ status: 429, body: { error: { code: 'TOO_MANY_REQUESTS' } } });
    expect(refused.headers.get('retry-after')).toBe('45');
    expect([...refused.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    vi.setSystemTime(Date.now() + 44_500);
    expect((await send(sandbox.coassemble, CLIENTS)).status).toBe(200);
  });

  it('assembled: a burst, then one by one', async () => {
    sandbox = await startSandbox({ rateScale: 0.1 });
    expect(await statuses('assembled', '/v0/roles', 3)).toEqual([200, 200, 429]);
    vi.setSystemTime(Date.now() + 2_000);
    expect(await statuses('assembled', '/v0/roles', 2)).toEqual([200, 429]);
  });

  it('counts in minutes of the configured length', async () => {
    sandbox = await startSandbox({ rateScale: 0.1, rateWindowMs: 600 });
    expect(await statuses('assembled', '/v0/roles', 3)).toEqual([200, 200, 429]);
    expect(await statuses('coassemble', '/api/v1/headless/clients', 11)).toEqual([
      ...Array.from({ length: 10 }, () => 200),
      429,
    ]);
    vi.setSystemTime(Date.now() + 601);
    expect([
      ...(await statuses('assembled', '/v0/roles', 1)),
      ...(await statuses('coassemble', '/api/v1/headless/clients', 1)),
    ]).toEqual([200, 200]);
  });

  it.each([
    { quirks: [], retryAfter: null, body: { message: 'Too many requests', code: 'rate_limited' } },
    { quirks: ['retryAfter'], retryAfter: '2', body: { code: 'rate_limited' } },
    {
      quirks: ['retryAfterDate'],
      retryAfter: 'Tue, 04 Mar 2025 00:00:02 GMT',
      body: { code: 'rate_limited' },
    },
    { quirks: ['limitedText', 'retryAfter'], retryAfter: '2', body: 'Too many requests' },
  ])('assembled: a 429 with the quirks $quirks', async ({ quirks, retryAfter, body }) => {
    sandbox = await startSandbox({ rateScale: 0.1 });
    for (const quirk of quirks) sandbox.assembled.control.quirks.add(quirk);
    await statuses('assembled', '/v0/roles', 2);
    const refused = await send(sandbox.assembled, 'GET /v0/roles');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe(retryAfter);
    if (typeof body === 'string') expect(refused.body).toBe(body);
    else expect(refused.body).toMatchObject(body);
  });
});
