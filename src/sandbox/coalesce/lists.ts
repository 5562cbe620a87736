import type { Handler, Reply, Routes, SandboxRequest } from '../definition.js';
import { fieldsOf, matching, type Row, without } from '../rows.js';
import {
  type CoalesceData,
  environmentDetail,
  FORBIDDEN_PROJECT,
  jobsOf,
  LOST_RUN,
  nodeDetail,
  runDetail,
} from './data.js';
import { detail, failure, paged } from './replies.js';

/** Returns what is read. */
export function listRoutes(data: CoalesceData): Routes {
  const users: Handler = (request) => paged(data.users, request, 'missing');
  return {
    'GET /api/v1/environments': (request) =>
      paged(abridged(data.environments, request, environmentDetail), request, 'null'),
    'GET /api/v1/environments/{id}': (request) =>
      one(data.environments, request, 'Environment', environmentDetail),
    'GET /api/v1/environments/{id}/nodes': (request) => {
      const { id } = request.params;
      if (!data.environments.some((row) => row['id'] === id))
        return failure(404, 'Environment not found');
      return paged(
        abridged(owned(data.environment_nodes, 'environment_id', id), request, nodeDetail),
        request,
        'missing',
      );
    },
    'GET /api/v1/runs': (request) => {
      const environment = request.query.get('environmentID');
      const rows = matching(data.runs, request.query, ['runType', 'runStatus']).filter(
        (run) => environment === null || environmentOf(run) === environment,
      );
      return paged(abridged(rows, request, runDetail).map(withCredentials), request, 'null');
    },
    'GET /api/v1/runs/{id}': (request) => {
      if (!/^\d+$/.test(request.params['id'] ?? ''))
        return failure(400, 'The run must be a number');
      return one(data.runs, request, 'Run', (run) => withCredentials(runDetail(run)));
    },
    'GET /api/v1/runs/{id}/results': ({ params, quirks }) => {
      const { id } = params;
      if (id === LOST_RUN || !data.runs.some((row) => row['id'] === id))
        return failure(404, 'Run results not found');
      const rows = owned(data.run_results, 'run_id', id);
      return {
        status: 200,
        json: quirks.has('resultsArray')
          ? rows
          : { [quirks.has('resultsKey') ? 'results' : 'data']: rows },
      };
    },
    'GET /api/v1/projects': ({ query }) => {
      const wanted = (project: Row): Row => ({
        ...(query.get('includeWorkspaces') === 'true' ? project : without(project, 'workspaces')),
        ...(query.get('includeJobs') === 'true' && { jobs: jobsOf(project) }),
      });
      return { status: 200, json: { data: data.projects.map(wanted) } };
    },
    'GET /api/v1/projects/{id}': (request) =>
      request.params['id'] === FORBIDDEN_PROJECT
        ? failure(403, 'Forbidden')
        : one(data.projects, request, 'Project', (row) => row),
    'GET /api/v1/users': (request) =>
      request.quirks.has('seedPaths') ? failure(404, 'Not Found') : users(request),
    'GET /api/v1/organization/users': users,
    'GET /api/v2/userRoles': ({ query }) => {
      if (query.get('projectID') === FORBIDDEN_PROJECT) return failure(403, 'Forbidden');
      return {
        status: 200,
        json: { data: matching(data.user_roles, query, ['projectID', 'environmentID']) },
      };
    },
    'GET /api/v1/gitAccounts': ({ query }) => ({
      status: 200,
      json: { data: matching(data.git_accounts, query, ['accountOwner']) },
    }),
  };
}

function one(
  rows: readonly Row[],
  request: SandboxRequest,
  name: string,
  whole: (row: Row) => Row,
): Reply {
  const row = rows.find(({ id }) => id === request.params['id']);
  return row === undefined ? failure(404, `${name} not found`) : detail(whole(row), request);
}

/** `detail=false` is usual; with the quirk `fullLists` it leaves nothing out. */
function abridged(
  rows: readonly Row[],
  { query, quirks }: SandboxRequest,
  whole: (row: Row) => Row,
): readonly Row[] {
  return query.get('detail') === 'true' || quirks.has('fullLists') ? rows.map(whole) : rows;
}

function owned(rows: readonly Row[], field: string, owner: string | undefined): Row[] {
  return rows.filter((row) => row[field] === owner).map((row) => without(row, field));
}

function environmentOf(run: Row): unknown {
  return fieldsOf(run['runDetails'])['environmentID'];
}

function withCredentials(run: Row): Row {
  return {
    ...run,
    userCredentials: {
      snowflakeAuthType: 'Basic',
      snowflakeUsername: 'SVC',
      snowflakeRole: 'SYSADMIN',
      snowflakeWarehouse: 'COMPUTE_WH',
    },
  };
}
