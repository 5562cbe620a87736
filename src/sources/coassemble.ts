import { ConfigError } from '../errors.js';
import { header } from '../rest/auth/header.js';
import { pageNumber } from '../rest/paginators/page-number.js';
import { restSource } from '../rest/rest-source.js';
import { type SourceFactory, sourceFactory } from '../source-options.js';

export interface CoassembleOptions {
  /** API key of the workspace (Settings → Add-ons → API). */
  apiKey?: string;
  /** Workspace id: the middle of today's `COASSEMBLE:<workspace>:<key>`. */
  workspaceId?: string;
  /** User id of the older scheme `COASSEMBLE-V1-SHA256`. */
  userId?: string;
  /** `workspace` (today's) or `v1-sha256` (retired for new keys). @default what is given: workspaceId, else userId */
  scheme?: 'workspace' | 'v1-sha256';
  /** Root of the server. @default https://api.coassemble.com */
  baseUrl?: string;
  /** @default 100/1m, the documented limit by IP address */
  rateLimit?: string;
}

/** The service counts 100 a page and takes no more. */
const PAGE = 100;
const KEPT_AS_JSON = { start: json(), finish: json(), theme: json(), screens: json(), translations: json(), metadata: json() };
/** Fields whose JSON type changes from row to row. */
const KEPT_AS_TEXT = { revision: text(), published: text(), deleted: text() };

/**
 * Coassemble's headless API: courses, clients, users, collections and who has learned what (trackings, asked course by course).
 *
 * Sources of the rules: developers.coassemble.com (paths, pages from 0, 100 requests a minute and IP address, `Retry-After`),
 * and connectors written against the service (trackings need a course's id; rows do not carry it, so it is stamped).
 */
export const coassemble: SourceFactory<CoassembleOptions> = sourceFactory<CoassembleOptions>(
  'coassemble',
  [
    { name: 'apiKey', kind: 'secret', required: true, description: 'API key' },
    { name: 'workspaceId', kind: 'text', description: 'workspace id (scheme workspace)' },
    { name: 'userId', kind: 'text', description: 'user id (scheme v1-sha256)' },
    { name: 'scheme', kind: ['workspace', 'v1-sha256'], description: 'workspace or v1-sha256' },
    { name: 'baseUrl', kind: 'text', description: "the server's root" },
    { name: 'rateLimit', kind: 'text', description: 'for example 100/1m' },
  ],
  (options) =>
    restSource({
      name: 'coassemble',
      client: {
        baseUrl: options.baseUrl ?? 'https://api.coassemble.com',
        auth: header('Authorization', authorization(options), [options.apiKey ?? '']),
        rateLimit: options.rateLimit ?? '100/1m',
        paginator: pageNumber({ basePage: 0, pageParam: 'page', size: PAGE, sizeParam: 'length', shortPageEnds: true }),
      },
      resourceDefaults: { endpoint: { dataSelector: '@' }, columns: { ...KEPT_AS_JSON, ...KEPT_AS_TEXT } },
      resources: [
        { name: 'courses', primaryKey: 'id', writeDisposition: 'merge', endpoint: { path: '/api/v1/headless/courses' } },
        { name: 'clients', primaryKey: 'clientIdentifier', writeDisposition: 'replace', endpoint: { path: '/api/v1/headless/clients' } },
        {
          name: 'users',
          primaryKey: ['clientIdentifier', 'identifier'],
          writeDisposition: 'replace',
          endpoint: { path: '/api/v1/headless/users' },
        },
        {
          name: 'trackings',
          primaryKey: ['course_id', 'id'],
          writeDisposition: 'merge',
          endpoint: { path: '/api/v1/headless/trackings', params: { id: '{resources.courses.id}' } },
          includeFromParent: { course_id: 'id' },
        },
        { name: 'collections', primaryKey: 'id', writeDisposition: 'replace', endpoint: { path: '/api/v1/headless/collections' } },
        {
          name: 'collection_trackings',
          primaryKey: ['collection_id', 'id'],
          writeDisposition: 'merge',
          endpoint: { path: '/api/v1/headless/collection/trackings', params: { id: '{resources.collections.id}' } },
          includeFromParent: { collection_id: 'id' },
        },
      ],
    }),
);

function authorization({ apiKey, workspaceId, userId, scheme }: CoassembleOptions): string {
  const chosen = scheme ?? (workspaceId === undefined && userId !== undefined ? 'v1-sha256' : 'workspace');
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
