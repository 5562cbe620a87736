import { basic } from '../rest/auth/basic.js';
import { offset } from '../rest/paginators/offset.js';
import { single } from '../rest/paginators/single.js';
import { restSource } from '../rest/rest-source.js';
import { type SourceFactory, sourceFactory } from '../source-options.js';

export interface AssembledOptions {
  /** API key; goes as the user name of HTTP Basic with an empty password. */
  apiKey?: string;
  /** Begin of the time that states, requirements, activities, changes and conversations are asked for, in unix seconds. @default 30 days before `endTime` */
  startTime?: number;
  /** End of that time, in unix seconds. @default now */
  endTime?: number;
  /** Root of the server. @default https://api.assembledhq.com */
  baseUrl?: string;
  /** Dated version for the `API-Version` header. @default the account's own */
  apiVersion?: string;
  /** @default 300/1m burst 20, the documented limit */
  rateLimit?: string;
}

const DAY = 86_400;

/**
 * Assembled: people and the lists they refer to, what agents did and were needed for, schedules and their changes.
 *
 * People, roles, teams, sites, queues, skills and types come as maps of id → record: each record is a row. What belongs to a
 * time is asked day by day, and merged by key, since a row that crosses midnight is in both days.
 *
 * Sources of the rules: docs.assembled.com (Basic auth, 300 requests a minute with bursts of 20, unix seconds), and programs
 * written against the service (`limit` and `offset`, which reference lists and activities ignore).
 */
export const assembled: SourceFactory<AssembledOptions> = sourceFactory<AssembledOptions>(
  'assembled',
  [
    { name: 'apiKey', kind: 'secret', required: true, description: 'API key' },
    { name: 'startTime', kind: 'time', description: 'unix seconds or ISO; 30 days before end_time' },
    { name: 'endTime', kind: 'time', description: 'unix seconds or ISO; now' },
    { name: 'baseUrl', kind: 'text', description: "the server's root" },
    { name: 'apiVersion', kind: 'text', description: 'value of the API-Version header' },
    { name: 'rateLimit', kind: 'text', description: 'for example 300/1m burst 20' },
  ],
  ({ apiKey = '', endTime = Math.floor(Date.now() / 1000), startTime = endTime - 30 * DAY, baseUrl, apiVersion, rateLimit }) => {
    const windows = { startParam: 'start_time', endParam: 'end_time', start: startTime, end: endTime, size: DAY };
    return restSource({
      name: 'assembled',
      client: {
        baseUrl: baseUrl ?? 'https://api.assembledhq.com',
        auth: basic(apiKey, ''),
        rateLimit: rateLimit ?? '300/1m burst 20',
        paginator: single(),
        ...(apiVersion !== undefined && { headers: { 'API-Version': apiVersion } }),
      },
      resourceDefaults: { primaryKey: 'id', writeDisposition: 'replace', columns: { platforms: { dataType: 'json' } } },
      resources: [
        {
          name: 'people',
          writeDisposition: 'merge',
          endpoint: { path: '/v0/people', ...map('people'), paginator: offset({ limit: 100, totalPath: 'total' }) },
        },
        { name: 'roles', endpoint: { path: '/v0/roles', ...map('roles') } },
        { name: 'teams', endpoint: { path: '/v0/teams', ...map('teams') } },
        { name: 'sites', endpoint: { path: '/v0/sites', ...map('sites') } },
        { name: 'filters_queues', endpoint: { path: '/v0/queues', ...map('queues') } },
        { name: 'skills', endpoint: { path: '/v0/skills', ...map('skills') } },
        { name: 'activity_types', endpoint: { path: '/v0/activity_types', ...map('activity_types') } },
        { name: 'requirement_types', endpoint: { path: '/v0/requirement_types', ...map('requirement_types') } },
        {
          name: 'agent_states',
          primaryKey: ['agent_id', 'platform', 'start_time'],
          writeDisposition: 'merge',
          endpoint: { path: '/v0/agents/state', dataSelector: 'agent_states', windows, paginator: offset({ limit: 500, totalPath: 'total' }) },
        },
        {
          name: 'requirements',
          primaryKey: ['requirement_type_id', 'start_time', 'end_time'],
          writeDisposition: 'merge',
          endpoint: { path: '/v0/requirements', dataSelector: 'requirements', windows },
        },
        {
          name: 'activities',
          primaryKey: 'id_with_timestamps',
          writeDisposition: 'merge',
          endpoint: { path: '/v0/activities', dataSelector: 'activities', rows: 'map', key: 'id_with_timestamps', windows },
        },
        {
          name: 'event_changes',
          writeDisposition: 'merge',
          endpoint: {
            path: '/v0/event_changes',
            dataSelector: 'event_changes',
            rows: 'array-or-map',
            key: 'id',
            windows,
            paginator: offset({ limit: 500, totalPath: 'total' }),
          },
        },
        {
          name: 'assist_conversations',
          writeDisposition: 'merge',
          endpoint: { path: '/v0/assist/conversations', dataSelector: ['conversations', '@'], windows, paginator: offset({ limit: 100, totalPath: 'total' }) },
        },
      ],
    });
  },
);

/** A map of id → record under `name`: one row a record, the id in field `id`. */
function map(name: string): { dataSelector: string; rows: 'map'; key: string } {
  return { dataSelector: name, rows: 'map', key: 'id' };
}
