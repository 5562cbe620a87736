import { unlimited } from './limiter.js';
import type { Reply, SandboxRequest, Service, ServiceDefinition } from './service.js';

type Row = Record<string, unknown>;

const TOKEN = 'sandbox-token-9f31c2a';
/** A run whose results the service no longer has. */
const LOST_RUN = '1004';
const LARGEST_PAGE = 500;

/**
 * Coalesce's API as documented: bearer token, `{data, next, total}` with `limit`, `startingFrom` and `orderBy`, ids as text.
 * Quirks: `seedPaths` (users at /api/v1/organization/users only), `wrapDetail` (environments/{id} inside `data`),
 * `resultsKey` (run results under `results`), `repeatedCursor` (runs point to themselves).
 */
export function coalesce(): ServiceDefinition {
  const data = coalesceData();
  return {
    credentials: { accessToken: TOKEN },
    data,
    prefix: '/api/v1',
    limiter: unlimited(),
    limited: () => failure(429, 'Too Many Requests'),
    unauthorized: failure(401, 'Unauthorized'),
    isAuthorized: ({ headers }) => headers.authorization === `Bearer ${TOKEN}`,
    answer: (request, quirks) => answer(data, request, quirks),
  };
}

function answer(data: Service['data'], { method, path, query }: SandboxRequest, quirks: ReadonlySet<string>): Reply {
  if (method !== 'GET') return failure(404, 'Not Found');
  const rows = (name: string): readonly Row[] => data[name] ?? [];
  const nodes = /^\/api\/v1\/environments\/([^/]+)\/nodes$/.exec(path)?.[1];
  if (nodes !== undefined) return paged(strip(rows('environment_nodes').filter((row) => row['environment_id'] === nodes), 'environment_id'), query, 'null');
  const environment = /^\/api\/v1\/environments\/([^/]+)$/.exec(path)?.[1];
  if (environment !== undefined) {
    const found = rows('environments').find(({ id }) => id === environment);
    if (found === undefined) return failure(404, 'Environment not found');
    return { status: 200, json: quirks.has('wrapDetail') ? { data: found } : found };
  }
  const results = /^\/api\/v1\/runs\/([^/]+)\/results$/.exec(path)?.[1];
  if (results !== undefined) {
    if (results === LOST_RUN) return failure(404, 'Run results not found');
    return { status: 200, json: { [quirks.has('resultsKey') ? 'results' : 'data']: strip(rows('run_results').filter((row) => row['run_id'] === results), 'run_id') } };
  }
  const users = quirks.has('seedPaths') ? ['/api/v1/organization/users'] : ['/api/v1/users', '/api/v1/organization/users'];
  if (users.includes(path)) return paged(rows('users'), query, 'missing');
  switch (path) {
    case '/api/v1/environments':
      return paged(rows('environments'), query, 'null');
    case '/api/v1/runs':
      return paged(rows('runs').map((row) => ({ ...row, userCredentials: { snowflakeAuthType: 'Basic', snowflakeUsername: 'SVC' } })), query, 'null', quirks.has('repeatedCursor'));
    case '/api/v1/projects':
      return { status: 200, json: { data: query.get('includeWorkspaces') === 'true' ? rows('projects') : strip(rows('projects'), 'workspaces') } };
    default:
      return failure(404, 'Not Found');
  }
}

/** `next` is the order value of the first row that was not sent: a number for numeric ids, text for others. */
function paged(rows: readonly Row[], query: URLSearchParams, end: 'null' | 'missing', repeated = false): Reply {
  const limit = Number(query.get('limit') ?? 100);
  const from = query.get('startingFrom');
  if (!(limit > 0 && limit <= LARGEST_PAGE)) return failure(400, `limit must be from 1 to ${LARGEST_PAGE}`);
  if (from !== null && query.get('orderBy') === null) return failure(400, 'startingFrom needs orderBy');
  const start = from === null ? 0 : rows.findIndex(({ id }) => String(id) === from);
  if (start < 0) return failure(400, 'unknown startingFrom');
  const following = rows[repeated ? start : start + limit];
  const data = rows.slice(start, start + limit);
  const next = following === undefined ? null : /^\d+$/.test(String(following['id'])) ? Number(following['id']) : following['id'];
  return { status: 200, json: { data, ...(next !== null || end === 'null' ? { next } : {}), total: null, limit, orderBy: 'id' } };
}

function strip(rows: readonly Row[], field: string): Row[] {
  return rows.map(({ [field]: _, ...row }) => row);
}

function failure(status: number, errorString: string): Reply {
  return { status, json: { error: { errorString, errorDetail: `${errorString}.` } } };
}

function coalesceData(): Service['data'] {
  const environments = count(3, (i): Row => ({
    id: String(i + 1),
    name: ['DEV', 'TEST', 'PROD'][i],
    project: '1',
    status: 'Waiting',
    oauthEnabled: false,
    createdAt: iso(i),
    createdBy: { id: `u_${i}`, firstName: 'Dana', lastName: 'Reyes' },
    tagColors: { backgroundColor: '#0A0', textColor: '#FFF' },
    currentlyRunningJobs: i === 2 ? [7, 9] : [],
    runTimeParameters: { region: 'us', [`flag_${i}`]: true },
    currentMappings: { STG: { database: 'PROD_DB', schema: 'STG' } },
  }));
  const runs = count(620, (i): Row => {
    const running = i === 619;
    return {
      id: String(1_001 + i),
      runCounter: 1_001 + i,
      runType: i % 5 === 0 ? 'deploy' : 'refresh',
      runStatus: running ? 'running' : ['completed', 'failed', 'canceled', 'completed'][i % 4],
      ...(i % 2 === 1 && { environmentID: String(1 + (i % 3)) }),
      runStartTime: iso(i),
      ...(!running && { runEndTime: iso(i + 1) }),
      runDetails: { environmentID: String(1 + (i % 3)), jobID: String(i % 6), parallelism: 16, nodesInRun: 41, canceled: i % 4 === 2 },
      runTimeParameters: {},
      runHistory: i % 50 === 0 ? [i, i + 1] : [],
      userID: 'u_1',
    };
  });
  return {
    environments,
    environment_nodes: environments.flatMap((environment, e) =>
      count([0, 12, 600][e] ?? 0, (i): Row => ({ environment_id: environment['id'], id: `9b0c6f52-1f7e-4a55-9d55-${String(i).padStart(12, '0')}`, name: `STG_${i}`, nodeType: i % 40 === 0 ? 'pkg:::372' : 'Stage', database: 'PROD_DB', schema: 'STG', locationName: 'STG' })),
    ),
    runs,
    run_results: runs
      .filter(({ id }, i) => id !== LOST_RUN && i % 10 !== 0)
      .flatMap((run) => count(Number(run['runCounter']) % 3, (n): Row => ({
        run_id: run['id'],
        nodeID: `9b0c6f52-1f7e-4a55-9d55-${String(n).padStart(12, '0')}`,
        name: `STG_${n}`,
        isRunning: false,
        runState: 'complete',
        origin: 'API',
        ...(n === 1 && { hasTestFailures: true }),
        queryResults: [{ name: `Insert STG_${n}`, status: 'Success', success: true, isRunning: false, queryID: `01b2-${n}`, sql: 'INSERT …', startTime: iso(n), endTime: iso(n + 1), rowsInserted: 25, rowsUpdated: 0, rowsDeleted: 0, warehouse: 'COMPUTE_WH' }],
      }))),
    projects: count(2, (i): Row => ({ id: String(i + 1), name: ['Finance', 'Sales'][i], description: null, workspaces: count(i + 1, (n) => ({ id: String(12 + i * 10 + n), name: `Workspace ${n}` })) })),
    users: count(5, (i): Row => ({ id: `u_${i}`, email: `user${i}@example.test`, firstName: 'Dana', lastName: `Reyes ${i}`, orgRole: 'member' })),
  };
}

function count<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

function iso(i: number): string {
  return new Date(Date.UTC(2025, 2, 4, 8, 0, 0, 123) + i * 600_000).toISOString();
}
