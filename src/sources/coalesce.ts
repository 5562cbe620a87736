import { bearer } from '../rest/auth/bearer.js';
import { clientOptions } from '../rest/config/client-options.js';
import { cursor } from '../rest/paginators/cursor.js';
import { single } from '../rest/paginators/single.js';
import { restSource } from '../rest/rest-source.js';
import { type SourceFactory, sourceFactory } from '../settings/source-options.js';

/**
 * Options of `coalesce`, all JSON-able. What is left out is read from the settings, by its name in
 * snake_case; `accessToken` is needed, and a ConfigError lists the places searched.
 */
export interface CoalesceOptions {
  /** Access token of the Deploy tab. Does not expire; dies with its user. */
  accessToken?: string;
  /** Root of the server: your region's host. @default https://app.coalescesoftware.io */
  baseUrl?: string;
  /**
   * Path of the users: published programs use the default, older texts
   * `/api/v1/organization/users`. @default /api/v1/users
   */
  usersPath?: string;
  /** @default none: the service publishes no limit; 429 and Retry-After are obeyed */
  rateLimit?: string;
}

/** Largest page that published clients of the service request. */
const PAGE = 250;

const OPTIONS = clientOptions("the server's root (your region's host)", '300/1m');

/**
 * Coalesce: environments and their nodes, runs and what each run did, projects and users.
 *
 * Sources of the rules: docs.coalesce.io (paths, bearer token, `limit`, `startingFrom` and
 * `orderBy`, which must go together) and the vendor's own client (`next` goes back as
 * `startingFrom`, projects come unpaged). `runs` leaves out `userCredentials`; run results of runs
 * that the service no longer has (404) are skipped and counted. Requested only where they are
 * named: `environment` (each in full), `run_status` (of runs that are not at their end),
 * `user_roles`, `git_accounts`.
 */
export const coalesce: SourceFactory<CoalesceOptions> = sourceFactory<CoalesceOptions>(
  'coalesce',
  [
    { name: 'accessToken', kind: 'secret', required: true, description: 'access token' },
    OPTIONS.baseUrl,
    { name: 'usersPath', kind: 'text', description: 'path of the users' },
    OPTIONS.rateLimit,
  ],
  ({
    accessToken = '',
    baseUrl = 'https://app.coalescesoftware.io',
    usersPath = '/api/v1/users',
    rateLimit,
  }) =>
    restSource({
      name: 'coalesce',
      client: {
        baseUrl,
        headers: { accept: 'application/json' },
        auth: bearer(accessToken),
        ...(rateLimit !== undefined && { rateLimit }),
        advice: ADVICE,
        paginator: cursor({ cursorPath: 'next', cursorParam: 'startingFrom' }),
      },
      resourceDefaults: {
        endpoint: { dataSelector: 'data' },
        columns: {
          currentMappings: { dataType: 'json' },
          runTimeParameters: { dataType: 'json' },
          config: { dataType: 'json' },
          metadata: { dataType: 'json' },
        },
      },
      resources: [
        {
          name: 'environments',
          primaryKey: 'id',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/environments?detail=false', params: paged },
        },
        {
          name: 'environment_nodes',
          primaryKey: ['environment_id', 'id'],
          writeDisposition: 'replace',
          endpoint: {
            path: '/api/v1/environments/{resources.environments.id}/nodes',
            params: paged,
          },
          includeFromParent: { environment_id: 'id' },
        },
        {
          name: 'runs',
          primaryKey: 'id',
          writeDisposition: 'merge',
          endpoint: { path: '/api/v1/runs?detail=false', params: paged },
          columns: { userCredentials: { exclude: true } },
        },
        {
          name: 'run_results',
          primaryKey: ['run_id', 'nodeID'],
          writeDisposition: 'merge',
          endpoint: {
            path: '/api/v1/runs/{resources.runs.id}/results',
            dataSelector: ['data', 'results', '@'],
            paginator: single(),
            skipStatus: [404],
          },
          includeFromParent: { run_id: 'id' },
        },
        {
          name: 'projects',
          primaryKey: 'id',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/projects?includeWorkspaces=true', paginator: single() },
        },
        {
          name: 'users',
          primaryKey: 'id',
          writeDisposition: 'replace',
          endpoint: { path: usersPath, params: paged },
        },
        {
          name: 'environment',
          primaryKey: 'id',
          writeDisposition: 'merge',
          endpoint: {
            path: '/api/v1/environments/{resources.environments.id}',
            dataSelector: ['data', '@'],
          },
          selected: false,
        },
        {
          name: 'unfinished_runs',
          endpoint: { responseOf: 'runs' },
          processingSteps: [
            { filter: ({ runStatus }) => typeof runStatus !== 'string' || !FINAL.has(runStatus) },
          ],
          selected: false,
        },
        {
          name: 'run_status',
          primaryKey: 'run_counter',
          writeDisposition: 'merge',
          endpoint: {
            path: '/scheduler/runStatus',
            params: { runCounter: '{resources.unfinished_runs.id}' },
            dataSelector: '@',
            paginator: 'single',
            skipStatus: [404],
          },
          includeFromParent: { run_counter: 'id' },
          selected: false,
        },
        {
          name: 'user_roles',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v2/userRoles', paginator: 'single' },
          selected: false,
        },
        {
          name: 'git_accounts',
          primaryKey: 'id',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/gitAccounts', paginator: 'single' },
          selected: false,
        },
      ],
    }),
);

/** Statuses of runs that have ended. */
const FINAL = new Set(['completed', 'failed', 'canceled']);

/** What to check, by the service's own documentation. */
const ADVICE = {
  401: 'Check that the token was generated in the Deploy tab, and that its owner is active and has not changed their password or mail address since, which revokes tokens.',
  403: 'The token’s owner may not see this: check their roles, or leave the resource out.',
  404: 'Check the base URL: each region has its own host (https://app.eu.coalescesoftware.io, …), single-sign-on customers put their subdomain in front; a wrong one responds with 404.',
};

/** `startingFrom` is refused without `orderBy`, and the order must be the same on every page. */
const paged = { limit: PAGE, orderBy: 'id' };
