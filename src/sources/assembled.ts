import { createHash } from 'node:crypto';
import { printJson } from '../../operators/json/print-json.js';
import type { Json } from '../../operators/types.js';
import { basic } from '../rest/auth/basic.js';
import { clientOptions } from '../rest/config/client-options.js';
import type { RestResource } from '../rest/config/rest-config.js';
import { offset } from '../rest/paginators/offset.js';
import { single } from '../rest/paginators/single.js';
import { restSource } from '../rest/rest-source.js';
import { type SourceFactory, sourceFactory } from '../settings/source-options.js';

/**
 * Options of `assembled`, all JSON-able. What is left out is read from the settings, by its name in
 * snake_case; `apiKey` is needed, and a ConfigError lists the places searched.
 */
export interface AssembledOptions {
  /** API key; goes as the user name of HTTP Basic with an empty password. */
  apiKey?: string;
  /**
   * Begin of the time that states, requirements, activities, changes and conversations are
   * requested for, in unix seconds. @default 30 days before `endTime`
   */
  startTime?: number;
  /** End of that time, in unix seconds. @default now */
  endTime?: number;
  /** Root of the server. @default https://api.assembledhq.com */
  baseUrl?: string;
  /** Dated version for the `API-Version` header. @default the account's own */
  apiVersion?: string;
  /** @default 300/1m burst 20, the documented limit */
  rateLimit?: string;
  /**
   * Reports that `reports_get` requests, separated by commas: adherence, agent_ticket_stats,
   * agent_state_handle_times. @default 'adherence'
   */
  reports?: string;
  /** Interval of the reports' metrics. @default '24h' */
  reportInterval?: '30m' | '24h';
  /** Channel that the reports are about. @default 'phone' */
  reportChannel?: string;
  /** Ids of reports that were made before, separated by commas: they are read, and none is made. */
  reportIds?: string;
  /** Milliseconds between two looks at a report that is being made. @default 10,000 */
  reportPollMs?: number;
}

const DAY = 86_400;
/** What to check, by the service's own documentation. */
const ADVICE = {
  400: 'The service rejects ids and parameters that it does not know; times are unix seconds.',
  401: 'Check that the API key is sent as the user name of HTTP Basic with an empty password, over HTTPS, that it begins with sk_live_, and that it was not revoked in Settings → API.',
  429: 'The usual limit is 300 requests a minute with bursts of 20, shared by all who use the account: lower rate_limit, or ask support@assembled.com for more.',
};

const OPTIONS = clientOptions("the server's root", '300/1m burst 20');

/**
 * Assembled: people and the lists they refer to, what agents did and were needed for, schedules and
 * their changes.
 *
 * People, roles, teams, sites, queues, skills and types come as maps of id → record: each record is
 * a row. What belongs to a time is requested day by day, and merged by key, since a row that
 * crosses midnight is in both days. Requested only where they are named: `person` (each person in
 * full) and `reports_get` (reports, which are made on demand: ordered, waited for, then read).
 *
 * Sources of the rules: docs.assembled.com (Basic auth, 300 requests a minute with bursts of 20,
 * unix seconds), and programs written against the service (`limit` and `offset`, which reference
 * lists and activities ignore).
 */
export const assembled: SourceFactory<AssembledOptions> = sourceFactory<AssembledOptions>(
  'assembled',
  [
    { name: 'apiKey', kind: 'secret', required: true, description: 'API key' },
    {
      name: 'startTime',
      kind: 'time',
      description: 'unix seconds or ISO; 30 days before end_time',
    },
    { name: 'endTime', kind: 'time', description: 'unix seconds or ISO; now' },
    OPTIONS.baseUrl,
    { name: 'apiVersion', kind: 'text', description: 'value of the API-Version header' },
    OPTIONS.rateLimit,
    {
      name: 'reports',
      kind: 'text',
      description: 'adherence, agent_ticket_stats, agent_state_handle_times, separated by commas',
    },
    { name: 'reportInterval', kind: ['30m', '24h'], description: '30m or 24h' },
    { name: 'reportChannel', kind: 'text', description: 'phone, email, …' },
    {
      name: 'reportIds',
      kind: 'text',
      description: 'ids of reports that exist already, separated by commas',
    },
    {
      name: 'reportPollMs',
      kind: 'number',
      description: 'milliseconds between two status requests of a report; 10000',
    },
  ],
  (options) => {
    const {
      apiKey = '',
      endTime = Math.floor(Date.now() / 1000),
      startTime = endTime - 30 * DAY,
      baseUrl,
      apiVersion,
      rateLimit,
    } = options;
    const windows = {
      startParam: 'start_time',
      endParam: 'end_time',
      start: startTime,
      end: endTime,
      size: DAY,
    };
    return restSource({
      name: 'assembled',
      client: {
        baseUrl: baseUrl ?? 'https://api.assembledhq.com',
        auth: basic(apiKey, ''),
        rateLimit: rateLimit ?? '300/1m burst 20',
        advice: ADVICE,
        paginator: single(),
        ...(apiVersion !== undefined && { headers: { 'API-Version': apiVersion } }),
      },
      resourceDefaults: {
        primaryKey: 'id',
        writeDisposition: 'replace',
        columns: { platforms: { dataType: 'json' } },
      },
      resources: [
        {
          name: 'people',
          writeDisposition: 'merge',
          endpoint: {
            path: '/v0/people',
            ...map('people'),
            paginator: offset({ limit: 100, totalPath: 'total' }),
          },
        },
        { name: 'roles', endpoint: { path: '/v0/roles', ...map('roles') } },
        { name: 'teams', endpoint: { path: '/v0/teams', ...map('teams') } },
        { name: 'sites', endpoint: { path: '/v0/sites', ...map('sites') } },
        { name: 'filters_queues', endpoint: { path: '/v0/queues', ...map('queues') } },
        { name: 'skills', endpoint: { path: '/v0/skills', ...map('skills') } },
        {
          name: 'activity_types',
          endpoint: { path: '/v0/activity_types', ...map('activity_types') },
        },
        {
          name: 'requirement_types',
          endpoint: { path: '/v0/requirement_types', ...map('requirement_types') },
        },
        {
          name: 'agent_states',
          primaryKey: ['agent_id', 'platform', 'start_time'],
          writeDisposition: 'merge',
          endpoint: {
            path: '/v0/agents/state',
            dataSelector: 'agent_states',
            windows,
            paginator: offset({ limit: 500, totalPath: 'total' }),
          },
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
          endpoint: {
            path: '/v0/activities',
            dataSelector: 'activities',
            rows: 'map',
            key: 'id_with_timestamps',
            windows,
          },
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
          endpoint: {
            path: '/v0/assist/conversations',
            dataSelector: ['conversations', '@'],
            windows,
            paginator: offset({ limit: 100, totalPath: 'total' }),
          },
        },
        {
          name: 'person',
          writeDisposition: 'merge',
          endpoint: '/v0/people/{resources.people.id}',
          selected: false,
        },
        ...reports(options, startTime, endTime),
      ],
    });
  },
);

/**
 * Reports: which to make, the orders for them (or the ids of those made before), and their metrics
 * once they are made.
 */
function reports(
  {
    reports: types = 'adherence',
    reportInterval = '24h',
    reportChannel = 'phone',
    reportIds,
    reportPollMs = 10_000,
  }: AssembledOptions,
  start: number,
  end: number,
): RestResource[] {
  const orders: RestResource[] =
    reportIds === undefined
      ? [
          { name: 'report_types', data: listed(types).map((type) => ({ type })), selected: false },
          {
            name: 'report_orders',
            endpoint: {
              path: '/v0/reports/{resources.report_types.type}',
              method: 'POST',
              json: {
                start_time: start,
                end_time: end,
                interval: reportInterval,
                channel: reportChannel,
              },
              dataSelector: '@',
            },
            selected: false,
          },
        ]
      : [
          {
            name: 'report_orders',
            data: listed(reportIds).map((report_id) => ({ report_id })),
            selected: false,
          },
        ];
  return [
    ...orders,
    {
      name: 'reports_get',
      primaryKey: ['report_id', 'name', '_attr_hash'],
      writeDisposition: 'merge',
      endpoint: {
        path: '/v0/reports/{resources.report_orders.report_id}',
        dataSelector: 'metrics',
        poll: {
          statusPath: 'status',
          done: ['complete'],
          failed: ['failed'],
          everyMs: reportPollMs,
        },
        paginator: offset({ limit: 500, totalPath: 'total_metric_count' }),
      },
      columns: { attributes: { dataType: 'json' } },
      processingSteps: [
        { map: (row) => ({ ...row, _attr_hash: hashOf(row['attributes'] ?? null) }) },
      ],
      includeFromParent: { report_id: 'report_id' },
      selected: false,
    },
  ];
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Metrics have no id; those of one name differ in their attributes. */
function hashOf(attributes: Json): string {
  return createHash('sha256').update(printJson(attributes)).digest('base64url').slice(0, 20);
}

/** Returns a map of id → record under `name`: one row a record, the id in field `id`. */
function map(name: string): { dataSelector: string; rows: 'map'; key: string } {
  return { dataSelector: name, rows: 'map', key: 'id' };
}
