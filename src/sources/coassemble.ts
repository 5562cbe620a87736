import { ConfigError } from '../errors.js';
import { header } from '../rest/auth/header.js';
import { clientOptions } from '../rest/config/client-options.js';
import type { RestEndpoint, RestResource } from '../rest/config/rest-config.js';
import { pageNumber } from '../rest/paginators/page-number.js';
import { restSource } from '../rest/rest-source.js';
import { type SourceFactory, sourceFactory } from '../settings/source-options.js';

/**
 * Options of `coassemble`, all JSON-able. What is left out is read from the settings, by its name
 * in snake_case; `apiKey`, and `workspaceId` or `userId`, are needed, and a ConfigError lists the
 * places searched.
 */
export interface CoassembleOptions {
  /** API key of the workspace (Settings → Add-ons → API). */
  apiKey?: string;
  /** Workspace id: the middle of today's `COASSEMBLE:<workspace>:<key>`. */
  workspaceId?: string;
  /** User id of the older scheme `COASSEMBLE-V1-SHA256`. */
  userId?: string;
  /**
   * `workspace` (today's) or `v1-sha256` (retired for new keys). @default what is given:
   * workspaceId, else userId
   */
  scheme?: 'workspace' | 'v1-sha256';
  /** Root of the server. @default https://api.coassemble.com */
  baseUrl?: string;
  /** @default 100/1m, the documented limit by IP address */
  rateLimit?: string;
  /**
   * `flat`: all trackings as one list, as older workspaces allow; else course by course, which
   * today's service demands. @default 'course'
   */
  trackings?: 'course' | 'flat';
  /** Folder that SCORM packages are saved to (`course_scorm`). @default coassemble_scorm */
  scormFolder?: string;
  /** Kind of SCORM package. @default 'dynamic' */
  scormType?: 'dynamic' | 'static';
  /** Version of SCORM. @default '1.2' */
  scormVersion?: '1.2' | '2004';
  /**
   * Begin of the time that `usage_clients` is requested for, in unix seconds; at most 366 days
   * before the end. @default 365 days before `endTime`
   */
  startTime?: number;
  /** End of that time, in unix seconds. @default now */
  endTime?: number;
}

/** The service counts 100 a page and takes no more. */
const PAGE = 100;
const USAGE_PAGE = 50;
/** Seconds; the service refuses spans over 366 days. */
const YEAR = 365 * 86_400;
const COURSE = '{resources.courses.id}';
/** Lists come as they are, or in an object. */
const BARE_OR_WRAPPED = ['data', '@'];
/** What to check, by the service's own documentation. */
const ADVICE = {
  401: 'Check that the Authorization header is in the form that your workspace expects (scheme `workspace` for COASSEMBLE:<workspace>:<key>, `v1-sha256` for older keys), that the API is enabled in Settings → Add-ons, and that the key has not been regenerated.',
  403: 'The plan of the workspace does not include this (API, authoring, analytics and SCORM are entitlements of their own): leave the resource out, or ask Coassemble for it.',
  404: 'Check the base URL and the path; the service responds with 404 for ids that it does not know and for endpoints that it has removed.',
  429: 'The service counts 100 requests a minute for an IP address, whoever sends them: lower rate_limit if others share yours.',
};
const KEPT_AS_JSON = {
  start: json(),
  finish: json(),
  theme: json(),
  screens: json(),
  translations: json(),
  metadata: json(),
};
/** Fields whose JSON type changes from row to row. */
const KEPT_AS_TEXT = { revision: text(), published: text(), deleted: text() };

const OPTIONS = clientOptions("the server's root", '100/1m');

/**
 * Coassemble's headless API: courses, clients, users, collections and who has learned what
 * (trackings, requested course by course). Requested only where they are named: `course` (each
 * course in full), `course_url` (a signed link to view each course, by a POST that is never
 * repeated), `course_scorm` (each course's package, saved to a folder; a row has path, size and
 * sha256), `screen_trackings`, `user_trackings`, `usage_clients` and `translations`. Deleting
 * identities is no load: `deleteIdentities`.
 *
 * Sources of the rules: developers.coassemble.com (paths, pages from 0, 100 requests a minute and
 * IP address, `Retry-After`), and connectors written against the service (trackings need a course's
 * id; rows do not carry it, so it is stamped).
 */
export const coassemble: SourceFactory<CoassembleOptions> = sourceFactory<CoassembleOptions>(
  'coassemble',
  [
    { name: 'apiKey', kind: 'secret', required: true, description: 'API key' },
    { name: 'workspaceId', kind: 'text', description: 'workspace id (scheme workspace)' },
    { name: 'userId', kind: 'text', description: 'user id (scheme v1-sha256)' },
    { name: 'scheme', kind: ['workspace', 'v1-sha256'], description: 'workspace or v1-sha256' },
    OPTIONS.baseUrl,
    OPTIONS.rateLimit,
    {
      name: 'trackings',
      kind: ['course', 'flat'],
      description: 'course by course, or as one flat list',
    },
    { name: 'scormFolder', kind: 'text', description: 'folder for course_scorm' },
    { name: 'scormType', kind: ['dynamic', 'static'], description: 'dynamic or static' },
    { name: 'scormVersion', kind: ['1.2', '2004'], description: '1.2 or 2004' },
    {
      name: 'startTime',
      kind: 'time',
      description: 'usage_clients: unix seconds or ISO; 365 days before end_time',
    },
    { name: 'endTime', kind: 'time', description: 'usage_clients: unix seconds or ISO; now' },
  ],
  (options) =>
    restSource({
      name: 'coassemble',
      client: {
        baseUrl: options.baseUrl ?? 'https://api.coassemble.com',
        auth: header('Authorization', coassembleAuthorization(options), [options.apiKey ?? '']),
        rateLimit: options.rateLimit ?? '100/1m',
        advice: ADVICE,
        paginator: pageNumber({
          basePage: 0,
          pageParam: 'page',
          size: PAGE,
          sizeParam: 'length',
          shortPageEnds: true,
        }),
      },
      resourceDefaults: {
        endpoint: { dataSelector: BARE_OR_WRAPPED },
        columns: { ...KEPT_AS_JSON, ...KEPT_AS_TEXT },
      },
      resources: [
        {
          name: 'courses',
          primaryKey: 'id',
          writeDisposition: 'merge',
          endpoint: { path: '/api/v1/headless/courses' },
        },
        {
          name: 'clients',
          primaryKey: 'clientIdentifier',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/headless/clients' },
        },
        {
          name: 'users',
          primaryKey: ['clientIdentifier', 'identifier'],
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/headless/users' },
        },
        options.trackings === 'flat'
          ? {
              name: 'trackings',
              primaryKey: 'id',
              writeDisposition: 'merge',
              endpoint: { path: '/api/v1/headless/trackings' },
            }
          : ofCourse('trackings', { path: '/api/v1/headless/trackings', params: { id: COURSE } }),
        {
          name: 'collections',
          primaryKey: 'id',
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/headless/collections' },
        },
        {
          name: 'collection_trackings',
          primaryKey: ['collection_id', 'id'],
          writeDisposition: 'merge',
          endpoint: {
            path: '/api/v1/headless/collection/trackings',
            params: { id: '{resources.collections.id}' },
          },
          includeFromParent: { collection_id: 'id' },
        },
        {
          ...ofCourse('course', { path: `/api/v1/headless/courses/${COURSE}`, dataSelector: '@' }),
          primaryKey: 'id',
          includeFromParent: [],
          selected: false,
        },
        {
          ...ofCourse('course_url', {
            path: '/api/v1/headless/course/url',
            method: 'POST',
            json: { action: 'view', id: COURSE, options: {} },
            dataSelector: '@',
            format: 'text',
            paginator: 'single',
            repeatable: false,
          }),
          primaryKey: 'course_id',
          writeDisposition: 'append',
          processingSteps: [{ map: ({ value = null }) => ({ url: value }) }],
          selected: false,
        },
        {
          ...ofCourse('course_scorm', {
            path: `/api/v1/headless/course/scorm/${COURSE}`,
            params: {
              type: options.scormType ?? 'dynamic',
              version: options.scormVersion ?? '1.2',
            },
            dataSelector: '@',
            format: 'file',
            saveAs: `${options.scormFolder ?? 'coassemble_scorm'}/course-${COURSE}.zip`,
            skipStatus: [403, 404],
          }),
          primaryKey: 'course_id',
          selected: false,
        },
        {
          ...ofCourse('screen_trackings', {
            path: '/api/v1/headless/screen/trackings',
            params: { id: COURSE },
            skipStatus: [403],
          }),
          selected: false,
        },
        {
          name: 'user_trackings',
          primaryKey: ['identifier', 'id'],
          writeDisposition: 'merge',
          endpoint: {
            path: '/api/v1/headless/user/trackings',
            params: { identifier: '{resources.users.identifier}' },
            dataSelector: ['trackings', 'data.trackings', ...BARE_OR_WRAPPED],
            skipStatus: [403, 404],
          },
          includeFromParent: { identifier: 'identifier' },
          selected: false,
        },
        {
          name: 'usage_clients',
          primaryKey: ['clientIdentifier', 'metric', 'periodStart'],
          writeDisposition: 'merge',
          endpoint: {
            path: '/api/v1/headless/usage/clients',
            windows: {
              startParam: 'start',
              endParam: 'end',
              format: 'iso',
              size: YEAR,
              start: options.startTime ?? (options.endTime ?? now()) - YEAR,
              end: options.endTime ?? now(),
            },
            paginator: pageNumber({
              basePage: 0,
              pageParam: 'page',
              size: USAGE_PAGE,
              sizeParam: 'length',
              shortPageEnds: true,
            }),
            skipStatus: [403],
          },
          selected: false,
        },
        {
          ...ofCourse('translations', {
            path: `/api/v1/headless/translations/${COURSE}`,
            paginator: 'single',
          }),
          primaryKey: ['course_id', 'language'],
          writeDisposition: 'replace',
          selected: false,
        },
      ],
    }),
);

/** Returns a resource that is requested course by course, its rows keyed to the course. */
function ofCourse(name: string, endpoint: RestEndpoint): RestResource {
  return {
    name,
    primaryKey: ['course_id', 'id'],
    writeDisposition: 'merge',
    endpoint,
    includeFromParent: { course_id: 'id' },
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** Returns the value of the Authorization header. ConfigError where the scheme lacks its id. */
export function coassembleAuthorization({
  apiKey,
  workspaceId,
  userId,
  scheme,
}: CoassembleOptions): string {
  const chosen =
    scheme ?? (workspaceId === undefined && userId !== undefined ? 'v1-sha256' : 'workspace');
  if (chosen === 'workspace') {
    if (workspaceId === undefined)
      throw new ConfigError(
        'Source `coassemble` needs `workspace_id` (environment variable SOURCES__COASSEMBLE__WORKSPACE_ID, or [sources.coassemble] workspace_id in .dlt/secrets.toml); with an older key give `user_id` instead.',
      );
    return `COASSEMBLE:${workspaceId}:${apiKey}`;
  }
  if (userId === undefined)
    throw new ConfigError(
      'Source `coassemble` with scheme v1-sha256 needs `user_id` (environment variable SOURCES__COASSEMBLE__USER_ID, or [sources.coassemble] user_id in .dlt/secrets.toml).',
    );
  return `COASSEMBLE-V1-SHA256 UserId=${userId}, UserToken=${apiKey}`;
}

function json(): { dataType: 'json' } {
  return { dataType: 'json' };
}

function text(): { dataType: 'text' } {
  return { dataType: 'text' };
}
