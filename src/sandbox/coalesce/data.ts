import { count, type Row } from '../rows.js';

/** What the stand-in holds, by resource. */
export type CoalesceData = Record<
  | 'environments'
  | 'environment_nodes'
  | 'runs'
  | 'run_results'
  | 'projects'
  | 'users'
  | 'user_roles'
  | 'git_accounts',
  Row[]
>;

/** A run whose results the service no longer has. */
export const LOST_RUN = '1004';
/** A project that the token's user may not look into. */
export const FORBIDDEN_PROJECT = '2';

/**
 * 620 runs (2.5 pages of 250), the last of them running; environments with no nodes, 250 (a page
 * exactly) and 600. Rows are those of `detail=false`.
 */
export function coalesceData(): CoalesceData {
  const environments = count(3, (i) => ({
    id: String(i + 1),
    name: ['DEV', 'TEST', 'PROD'][i],
    description: null,
    project: '1',
    status: 'Waiting',
    oauthEnabled: false,
    createdAt: iso(i),
  }));
  const runs = count(620, (i) =>
    runAt(
      i,
      i === 619 ? 'running' : (['completed', 'failed', 'canceled', 'completed'][i % 4] as string),
    ),
  );
  return {
    environments,
    environment_nodes: environments.flatMap(({ id }, e) =>
      count([0, 250, 600][e] ?? 0, (i) => ({ environment_id: id, ...nodeAt(i) })),
    ),
    runs,
    run_results: runs
      .filter(({ id }, i) => id !== LOST_RUN && i % 10 !== 0)
      .flatMap((run) =>
        count(Number(run['runCounter']) % 3, (n) => ({
          run_id: run['id'],
          ...resultAt(n, run['runStatus'] === 'failed'),
        })),
      ),
    projects: count(2, (i) => ({
      id: String(i + 1),
      name: ['Finance', 'Sales'][i],
      description: null,
      workspaces: count(i + 1, (n) => ({ id: String(12 + i * 10 + n), name: `Workspace ${n}` })),
    })),
    users: count(5, (i) => ({
      id: `u_${i}`,
      email: `user${i}@example.test`,
      firstName: 'Dana',
      lastName: `Reyes ${i}`,
      orgRole: 'member',
    })),
    user_roles: count(8, (i) => ({
      userID: `u_${i % 5}`,
      projectID: '1',
      environmentID: i < 5 ? null : '3',
      role: ['viewer', 'architect', 'admin'][i % 3],
    })),
    git_accounts: count(2, (i) => ({
      id: String(90 + i),
      accountName: `git ${i}`,
      accountOwner: `u_${i}`,
      gitUsername: `dana${i}`,
    })),
  };
}

/**
 * Returns a run; without an end while it is not over. The environment is named at the top only in
 * every other one.
 */
export function runAt(i: number, runStatus: string): Row {
  return {
    id: String(1_001 + i),
    runCounter: 1_001 + i,
    runType: i % 5 === 0 ? 'deploy' : 'refresh',
    runStatus,
    ...(i % 2 === 1 && { environmentID: String(1 + (i % 3)) }),
    runStartTime: iso(i),
    ...(isFinal(runStatus) && { runEndTime: iso(i + 1) }),
    runDetails: {
      environmentID: String(1 + (i % 3)),
      jobID: String(i % 6),
      parallelism: 16,
      nodesInRun: 41,
      canceled: runStatus === 'canceled',
    },
    runTimeParameters: {},
    runHistory: i % 50 === 0 ? [i, i + 1] : [],
    userID: 'u_1',
  };
}

export function isFinal(runStatus: unknown): boolean {
  return ['completed', 'failed', 'canceled'].includes(String(runStatus));
}

/** Returns the fields that an environment has beyond its row in the list. */
export function environmentDetail(environment: Row): Row {
  const number = Number(environment['id']) - 1;
  return {
    ...environment,
    connectionAccount: 'xy12345.us-east-1',
    updatedAt: iso(number + 30),
    createdBy: { id: `u_${number}`, firstName: 'Dana', lastName: 'Reyes' },
    tagColors: { backgroundColor: '#0A0', textColor: '#FFF' },
    currentlyRunningJobs: number === 2 ? [7, 9] : [],
    deployedCommit: '9f31c2a',
    runTimeParameters: { region: 'us', [`flag_${number}`]: true },
    currentMappings: { STG: { database: 'PROD_DB', schema: 'STG' } },
  };
}

/** Returns the fields that a run has beyond its row in the list. */
export function runDetail(run: Row): Row {
  return { ...run, reRunID: null, version: '7.12.0' };
}

/** Returns the fields that a node has beyond its row in the list. */
export function nodeDetail(node: Row): Row {
  return {
    ...node,
    description: null,
    materializationType: 'table',
    config: { preSQL: null },
    metadata: { columns: [{ name: 'N_KEY', dataType: 'NUMBER' }], sourceMapping: [] },
    predecessorNodeIDs: [],
  };
}

export function jobsOf({ id }: Row): Row[] {
  return count(Number(id), (n) => ({ id: String(n + 1), name: `Job ${n + 1}` }));
}

/** When the run or row at a place of its list was made: ten minutes after the one before. */
export function iso(i: number): string {
  return new Date(Date.UTC(2025, 2, 4, 8, 0, 0, 123) + i * 600_000).toISOString();
}

/** The same ids in every environment. */
function nodeAt(i: number): Row {
  return {
    id: nodeId(i),
    name: `STG_${i}`,
    nodeType: i % 40 === 0 ? 'pkg:::372' : 'Stage',
    database: 'PROD_DB',
    schema: 'STG',
    locationName: 'STG',
  };
}

/** `hasTestFailures` is there only when it is true, `error` only when there was one. */
function resultAt(n: number, failed: boolean): Row {
  return {
    nodeID: nodeId(n),
    name: `STG_${n}`,
    isRunning: false,
    runState: 'complete',
    origin: 'API',
    ...(n === 1 && { hasTestFailures: true }),
    queryResults: [
      {
        name: `Insert STG_${n}`,
        status: failed ? 'Failure' : 'Success',
        success: !failed,
        isRunning: false,
        queryID: `01b2-${n}`,
        sql: 'INSERT …',
        startTime: iso(n),
        endTime: iso(n + 1),
        rowsInserted: failed ? 0 : 25,
        rowsUpdated: 0,
        rowsDeleted: 0,
        warehouse: 'COMPUTE_WH',
        ...(failed && {
          error: { errorString: 'SQL compilation error', errorDetail: 'Object does not exist.' },
        }),
      },
    ],
  };
}

function nodeId(i: number): string {
  return `9b0c6f52-1f7e-4a55-9d55-${String(i).padStart(12, '0')}`;
}
