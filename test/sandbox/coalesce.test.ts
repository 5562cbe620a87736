import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paged } from '#src/sandbox/coalesce/replies.js';
import { type Sandbox, type SandboxRequest, type Service, startSandbox } from 'sluice/sandbox';
import { send, type SandboxResponse } from './send.js';

type Row = Record<string, unknown>;
interface Page {
  data: Row[];
  next?: string | number | null;
}

describe('coalesce', () => {
  let sandbox: Sandbox;
  let service: Service;
  beforeEach(async () => {
    sandbox = await startSandbox();
    service = sandbox.coalesce;
  });
  afterEach(() => sandbox.close());

  const get = (path: string): Promise<SandboxResponse> => send(service, `GET ${path}`);
  const bodyOf = async (path: string): Promise<Row> => (await get(path)).body as Row;
  const pageOf = async (path: string): Promise<Page> => (await get(path)).body as Page;
  const held = (resource: string): readonly Row[] => service.data[resource] ?? [];
  const refusal = (status: number, errorString: string) => ({
    status,
    body: { error: { errorString, errorDetail: expect.any(String) } },
  });

  /** Pages until `next` is null or missing. */
  const pagesOf = async (path: string): Promise<Page[]> => {
    const pages: Page[] = [];
    for (
      let next: Page['next'] = '';
      next !== null && next !== undefined;
      next = pages.at(-1)?.next
    )
      pages.push(
        await pageOf(
          `${path}${path.includes('?') ? '&' : '?'}orderBy=id${pages.length === 0 ? '' : `&startingFrom=${next}`}`,
        ),
      );
    return pages;
  };
  const rowsOf = async (path: string): Promise<Row[]> =>
    (await pagesOf(path)).flatMap(({ data }) => data);

  describe('lists', () => {
    it.each(['runs', 'environments', 'users'])('give all %s', async (name) => {
      expect((await rowsOf(`/api/v1/${name}?limit=250`)).map(({ id }) => id)).toEqual(
        held(name).map(({ id }) => id),
      );
    });

    it.each([
      ['1', 0],
      ['2', 1],
      ['3', 3],
    ])('give all nodes of environment %s', async (id, pages) => {
      const all = await pagesOf(`/api/v1/environments/${id}/nodes?limit=250`);
      expect(all.filter(({ data }) => data.length > 0)).toHaveLength(pages);
      expect(
        all.flatMap(({ data }) => data).map((row) => ({ environment_id: id, ...row })),
      ).toEqual(held('environment_nodes').filter((row) => row['environment_id'] === id));
    });

    it('end with null or with nothing; cursors are numbers or texts', async () => {
      const runs = await pagesOf('/api/v1/runs?limit=500');
      expect(runs.map(({ data, next }) => [data.length, next])).toEqual([
        [500, 1_501],
        [120, null],
      ]);
      expect(runs[0]).toMatchObject({ total: null });
      const nodes = await pagesOf('/api/v1/environments/3/nodes?limit=500');
      expect(nodes[0]?.next).toBe('9b0c6f52-1f7e-4a55-9d55-000000000500');
      expect(nodes[1]).not.toHaveProperty('next');
      expect(await pageOf('/api/v1/users')).not.toHaveProperty('next');
      expect(await pageOf('/api/v1/environments')).toHaveProperty('next', null);
    });

    it('refuse a cursor without its order, and pages that are too large', async () => {
      expect(await get('/api/v1/runs?startingFrom=1500')).toMatchObject(
        refusal(400, 'startingFrom needs orderBy'),
      );
      for (const limit of ['501', '0', 'x', '1.5'])
        expect((await get(`/api/v1/runs?limit=${limit}`)).status).toBe(400);
      expect((await get('/api/v1/runs?orderBy=colour')).status).toBe(400);
      expect((await pageOf('/api/v1/runs')).data).toHaveLength(100);
    });

    it('go down as well as up, by any field', async () => {
      const down = '/api/v1/runs?limit=500&orderBy=id&orderByDirection=desc';
      const first = await pageOf(down);
      expect([first.data[0]?.['id'], first.next]).toEqual(['1620', 1_120]);
      expect((await pageOf(`${down}&startingFrom=${String(first.next)}`)).data.at(-1)?.['id']).toBe(
        '1001',
      );
      const from = encodeURIComponent('2025-03-08T11:00:00.123Z');
      expect(
        (await pageOf(`/api/v1/runs?orderBy=runStartTime&startingFrom=${from}`)).data[0],
      ).toMatchObject({ runStartTime: '2025-03-08T11:00:00.123Z' });
    });

    it('filter runs', async () => {
      expect(
        (await rowsOf('/api/v1/runs?runStatus=failed&runType=deploy&limit=500')).every(
          (run) => run['runStatus'] === 'failed' && run['runType'] === 'deploy',
        ),
      ).toBe(true);
      const inSecond = held('runs').filter(
        (run) => (run['runDetails'] as Row)['environmentID'] === '2',
      );
      expect((await rowsOf('/api/v1/runs?environmentID=2')).map(({ id }) => id)).toEqual(
        inSecond.map(({ id }) => id),
      );
    });
  });

  describe('quirks of lists', () => {
    it('repeatedCursor: pages point to themselves', async () => {
      service.control.quirks.add('repeatedCursor');
      const { next } = await pageOf('/api/v1/runs?orderBy=id');
      expect((await pageOf(`/api/v1/runs?orderBy=id&startingFrom=${String(next)}`)).next).toBe(
        next,
      );
    });

    it('zeroCursor: the first is 0', async () => {
      service.control.quirks.add('zeroCursor');
      expect((await pagesOf('/api/v1/runs?limit=250')).map(({ next }) => next)).toEqual([
        0,
        1,
        null,
      ]);
      expect((await rowsOf('/api/v1/runs?limit=250')).map(({ id }) => id)).toEqual(
        held('runs').map(({ id }) => id),
      );
    });

    it('exclusiveCursor: the last row that was sent', async () => {
      service.control.quirks.add('exclusiveCursor');
      expect((await pageOf('/api/v1/runs?limit=250')).next).toBe(1_250);
      expect((await rowsOf('/api/v1/runs?limit=250')).map(({ id }) => id)).toEqual(
        held('runs').map(({ id }) => id),
      );
    });

    it('smallPages: fewer rows than requested', async () => {
      service.control.quirks.add('smallPages');
      expect((await pagesOf('/api/v1/runs?limit=500')).map(({ data }) => data.length)).toEqual([
        100, 100, 100, 100, 100, 100, 20,
      ]);
    });

    it('fullLists: detail=false leaves nothing out', async () => {
      service.control.quirks.add('fullLists');
      expect((await pageOf('/api/v1/environments?detail=false')).data).toEqual(held('environment'));
    });

    it('seedPaths: users at their older path only', async () => {
      expect(await rowsOf('/api/v1/organization/users')).toEqual(held('users'));
      service.control.quirks.add('seedPaths');
      expect(await get('/api/v1/users')).toMatchObject(refusal(404, 'Not Found'));
      expect(await rowsOf('/api/v1/organization/users')).toEqual(held('users'));
    });
  });

  describe('details', () => {
    it('of lists come with detail=true', async () => {
      const columns = async (path: string): Promise<string[]> =>
        Object.keys((await pageOf(path)).data[0] ?? {});
      for (const path of ['/api/v1/environments', '/api/v1/runs', '/api/v1/environments/2/nodes']) {
        const [short, usual, long] = [
          await columns(`${path}?detail=false`),
          await columns(path),
          await columns(`${path}?detail=true`),
        ];
        expect(usual).toEqual(short);
        expect(long.length).toBeGreaterThan(short.length);
        expect(long).toEqual(expect.arrayContaining(short));
      }
      expect(await columns('/api/v1/environments')).toEqual(
        expect.arrayContaining(['id', 'name', 'project', 'status']),
      );
      expect(await columns('/api/v1/environments/2/nodes?detail=true')).toEqual(
        expect.arrayContaining(['config', 'metadata', 'predecessorNodeIDs']),
      );
    });

    it('of environments and runs stand at the top level; wrapDetail: inside data', async () => {
      expect(await bodyOf('/api/v1/environments/3')).toEqual(held('environment')[2]);
      expect(await bodyOf('/api/v1/runs/1001')).toMatchObject({
        id: '1001',
        runCounter: 1_001,
        version: '7.12.0',
        userCredentials: { snowflakeAuthType: 'Basic' },
      });
      service.control.quirks.add('wrapDetail');
      expect(await bodyOf('/api/v1/environments/3')).toEqual({ data: held('environment')[2] });
      expect(await bodyOf('/api/v1/runs/1001')).toMatchObject({ data: { id: '1001' } });
    });

    it.each([
      '/api/v1/environments/9',
      '/api/v1/environments/9/nodes',
      '/api/v1/runs/9',
      '/api/v1/runs/9/results',
      '/api/v1/projects/9',
      '/api/v1/scheduler/runStatus?runCounter=1001',
      '/api/v1/api/v1/runs',
      '/v1/runs',
    ])('%s is not found', async (path) => {
      expect((await get(path)).status).toBe(404);
    });

    it('of runs are by number', async () => {
      expect(await get('/api/v1/runs/9b0c6f52-1f7e-4a55-9d55-000000000000')).toMatchObject({
        status: 400,
      });
    });
  });

  describe('runs', () => {
    it('carry credentials, always', async () => {
      expect(
        (await rowsOf('/api/v1/runs?limit=500')).filter((run) => !('userCredentials' in run)),
      ).toEqual([]);
      expect(JSON.stringify(held('runs'))).not.toContain('userCredentials');
    });

    it('have no end while they run, and name their environment at the top in every other row', () => {
      expect(held('runs').filter((run) => !('runEndTime' in run))).toMatchObject([
        { id: '1620', runStatus: 'running' },
      ]);
      expect(
        held('runs')
          .map((run) => 'environmentID' in run)
          .slice(0, 4),
      ).toEqual([false, true, false, true]);
      expect(new Set(held('runs').map((run) => run['runStatus']))).toEqual(
        new Set(['completed', 'failed', 'canceled', 'running']),
      );
    });
  });

  describe('results of runs', () => {
    it.each([
      [[], (rows: unknown) => ({ data: rows })],
      [['resultsKey'], (rows: unknown) => ({ results: rows })],
      [['resultsArray'], (rows: unknown) => rows],
    ] as const)('with the quirks %j do not say which run they are of', async (quirks, wrap) => {
      for (const quirk of quirks) service.control.quirks.add(quirk);
      const rows = held('run_results')
        .filter((row) => row['run_id'] === '1003')
        .map(({ run_id: _, ...row }) => row);
      expect(await bodyOf('/api/v1/runs/1003/results')).toEqual(wrap(rows));
    });

    it('may be none, or gone', async () => {
      expect(await bodyOf('/api/v1/runs/1002/results')).toEqual({ data: [] });
      expect(await get('/api/v1/runs/1004/results')).toMatchObject(
        refusal(404, 'Run results not found'),
      );
    });

    it('have failures only where there were some', () => {
      const failures = new Set(held('run_results').map((row) => row['hasTestFailures']));
      expect(failures).toEqual(new Set([undefined, true]));
      const queries = held('run_results').flatMap((row) => row['queryResults'] as Row[]);
      expect(queries.filter((query) => 'error' in query).length).toBeGreaterThan(0);
      expect(queries.filter((query) => 'error' in query === query['success'])).toEqual([]);
    });
  });

  describe('the scheduler', () => {
    const status = async (counter: unknown): Promise<unknown> =>
      (await bodyOf(`/scheduler/runStatus?runCounter=${String(counter)}`))['runStatus'];
    const start = (
      runDetails: Row = { environmentID: '3', jobID: '5' },
    ): Promise<SandboxResponse> =>
      send(service, 'POST /scheduler/startRun', {
        json: { runDetails, userCredentials: { snowflakePassword: 'hidden' } },
      });

    it('needs the number of a run', async () => {
      expect(await get('/scheduler/runStatus')).toMatchObject(
        refusal(400, 'runCounter is required, and a number'),
      );
      expect((await get('/scheduler/runStatus?runCounter=9b0c6f52-1f7e')).status).toBe(400);
      expect(await get('/scheduler/runStatus?runCounter=7')).toMatchObject(
        refusal(404, 'Run not found'),
      );
    });

    it('reports the status of a run, without its number', async () => {
      expect(await bodyOf('/scheduler/runStatus?runCounter=1001')).toEqual({
        runStatus: 'completed',
        runType: 'deploy',
        runLink: expect.stringMatching(/runs\/1001$/),
      });
      expect(await bodyOf('/scheduler/runStatus?runCounter=1002')).toMatchObject({
        runStatus: 'failed',
        hasTestFailures: true,
      });
    });

    it('advances runs with each request of their status', async () => {
      expect(held('run_status')).toMatchObject([{ run_counter: '1620', runStatus: 'running' }]);
      expect([await status(1_620), await status(1_620), await status(1_620)]).toEqual([
        'running',
        'completed',
        'completed',
      ]);
      expect(held('run_status')).toMatchObject([{ run_counter: '1620', runStatus: 'completed' }]);
      expect(await bodyOf('/api/v1/runs/1620')).toMatchObject({
        runStatus: 'completed',
        runEndTime: expect.any(String),
      });
    });

    it('starts runs, which wait first', async () => {
      expect((await start()).body).toEqual({ runCounter: 1_621 });
      expect(await bodyOf('/api/v1/runs/1621')).toMatchObject({
        runStatus: 'waitingToRun',
        runDetails: { environmentID: '3', jobID: '5' },
      });
      expect(held('run_status').map((row) => row['run_counter'])).toEqual(['1620', '1621']);
      expect([await status(1_621), await status(1_621), await status(1_621)]).toEqual([
        'waitingToRun',
        'running',
        'completed',
      ]);
    });

    it('starts a run for every call, also those that lostStart gives a 503', async () => {
      service.control.quirks.add('lostStart');
      expect(await start()).toMatchObject(refusal(503, 'Service Unavailable'));
      expect((await start()).status).toBe(503);
      expect(held('runs')).toHaveLength(622);
      expect(service.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
    });

    it('starts nothing without an environment', async () => {
      expect((await start({})).status).toBe(400);
      expect((await start({ environmentID: '9' })).status).toBe(400);
      expect((await send(service, 'POST /scheduler/startRun')).status).toBe(400);
      expect(held('runs')).toHaveLength(620);
    });

    it('keeps the body of a start, but no credentials', async () => {
      await start();
      expect(service.requests[0]?.body).toEqual({
        runDetails: { environmentID: '3', jobID: '5' },
        userCredentials: '***',
      });
    });
  });

  describe('projects', () => {
    it('have workspaces and jobs on request', async () => {
      const keys = async (query: string): Promise<string[]> =>
        Object.keys((await pageOf(`/api/v1/projects${query}`)).data[1] ?? {});
      expect(await keys('')).toEqual(['id', 'name', 'description']);
      expect(await keys('?includeWorkspaces=true')).toEqual([
        'id',
        'name',
        'description',
        'workspaces',
      ]);
      expect(await keys('?includeWorkspaces=true&includeJobs=true')).toEqual([
        'id',
        'name',
        'description',
        'workspaces',
        'jobs',
      ]);
      expect((await pageOf('/api/v1/projects?includeWorkspaces=true')).data).toEqual(
        held('projects'),
      );
      expect(held('workspaces')).toEqual([
        { project_id: '1', id: '12', name: 'Workspace 0' },
        { project_id: '2', id: '22', name: 'Workspace 0' },
        { project_id: '2', id: '23', name: 'Workspace 1' },
      ]);
    });

    it('are closed, one of them', async () => {
      expect(await bodyOf('/api/v1/projects/1')).toMatchObject({ name: 'Finance' });
      expect(await get('/api/v1/projects/2')).toMatchObject(refusal(403, 'Forbidden'));
      expect(await get('/api/v2/userRoles?projectID=2')).toMatchObject(refusal(403, 'Forbidden'));
    });
  });

  it('roles and git accounts come unpaged, for a project, an environment or an owner', async () => {
    expect((await pageOf('/api/v2/userRoles')).data).toEqual(held('user_roles'));
    expect((await pageOf('/api/v2/userRoles?projectID=1&environmentID=3')).data).toEqual(
      held('user_roles').filter((row) => row['environmentID'] === '3'),
    );
    expect((await pageOf('/api/v1/gitAccounts')).data).toEqual(held('git_accounts'));
    expect((await pageOf('/api/v1/gitAccounts?accountOwner=u_1')).data).toMatchObject([
      { id: '91' },
    ]);
  });

  it('wrongRegion: a page of HTML, whatever is requested', async () => {
    service.control.quirks.add('wrongRegion');
    const { status, headers, body } = await get('/api/v1/runs');
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(body).toContain('<title>Not Found</title>');
  });
});

describe('cursors', () => {
  it('lead to every row once, whatever the size, the direction and the way they count', () => {
    const quirkSets = fc.constantFrom<string[]>(
      [],
      ['exclusiveCursor'],
      ['zeroCursor'],
      ['smallPages'],
    );
    const ids = fc.uniqueArray(fc.nat({ max: 5_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(
        ids,
        fc.integer({ min: 1, max: 500 }),
        fc.constantFrom('asc', 'desc'),
        quirkSets,
        (numbers, limit, direction, quirks) => {
          const rows = numbers.map((id) => ({ id: String(id) }));
          const seen: unknown[] = [];
          let next: Page['next'];
          do {
            const query = new URLSearchParams({
              limit: String(limit),
              orderBy: 'id',
              orderByDirection: direction,
              ...(next !== undefined && { startingFrom: String(next) }),
            });
            const { data, next: following } = paged(
              rows,
              { query, quirks: new Set(quirks) } as unknown as SandboxRequest,
              'null',
            ).json as Page;
            seen.push(...data.map(({ id }) => Number(id)));
            next = following;
          } while (next !== null && next !== undefined);
          expect(seen).toEqual(numbers.toSorted((a, b) => (direction === 'asc' ? a - b : b - a)));
        },
      ),
    );
  });
});
