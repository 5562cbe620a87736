import { tokenBucket } from './limiter.js';
import type { Reply, SandboxRequest, Service, ServiceDefinition } from './service.js';

type Row = Record<string, unknown>;

const KEY = 'sk_live_sandbox_0f3c';
const DAY = 86_400;
/** First second of the days that the stand-in has data for: 4 March 2025, UTC. */
export const ASSEMBLED_START = 1_741_046_400;
/** First second after them: three days later. */
export const ASSEMBLED_END: number = ASSEMBLED_START + 3 * DAY;

/**
 * Assembled's API as observed: Basic with the key as user name and nothing behind the colon, maps of id → record, bundles,
 * limit/offset with totals, windows in unix seconds, 300 requests a minute with bursts of 20 (times `rateScale`).
 * Quirks: `retryAfter`, `retryAfterDate` (on 429), `conversationsArray` (no wrapper), `nullStates` (null for no states).
 */
export function assembled(rateScale: number): ServiceDefinition {
  const data = assembledData();
  return {
    credentials: { apiKey: KEY },
    data,
    prefix: '/v0',
    limiter: tokenBucket(Math.round(20 * rateScale), 5 * rateScale),
    limited: (seconds, quirks) => ({
      status: 429,
      json: { message: 'Too many requests', code: 'rate_limited' },
      headers: {
        'request-id': 'req_limited',
        ...(quirks.has('retryAfter') && { 'retry-after': String(seconds) }),
        ...(quirks.has('retryAfterDate') && { 'retry-after': new Date(Date.now() + seconds * 1000).toUTCString() }),
      },
    }),
    unauthorized: { status: 401, json: { message: 'Unauthorized', code: 'unauthorized' }, headers: { 'request-id': 'req_401' } },
    isAuthorized: ({ headers }) => headers.authorization === `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`,
    answer: (request, quirks) => {
      const reply = answer(data, request, quirks);
      return { ...reply, headers: { 'request-id': `req_${request.path.length}`, ...reply.headers } };
    },
  };
}

function answer(data: Service['data'], { method, path, query }: SandboxRequest, quirks: ReadonlySet<string>): Reply {
  if (method !== 'GET') return { status: 404, json: { message: 'Not found', code: 'not_found' } };
  const rows = (name: string): readonly Row[] => data[name] ?? [];
  switch (path) {
    case '/v0/people':
      return paged(rows('people'), query, 100, (page) => ({
        people: mapOf(page),
        ...Object.fromEntries(['teams', 'sites', 'skills'].map((name) => [name, mapOf(rows(name))])),
        queues: mapOf(rows('filters_queues')),
      }));
    case '/v0/queues':
      return { status: 200, json: { queues: mapOf(rows('filters_queues')) } };
    case '/v0/roles':
    case '/v0/teams':
    case '/v0/sites':
    case '/v0/skills':
    case '/v0/activity_types':
    case '/v0/requirement_types': {
      const name = path.slice(4);
      return { status: 200, json: { [name]: mapOf(rows(name)) } };
    }
    case '/v0/agents/state':
      return windowed(query, (from, to) => {
        const own = rows('agent_states').filter((row) => within(row, 'start_time', from, to));
        if (own.length === 0 && quirks.has('nullStates')) return { status: 200, json: { agent_states: null, total: 0 } };
        return paged(own, query, 500, (page) => ({ agent_states: page }));
      });
    case '/v0/requirements':
      return windowed(query, (from, to) => ({ status: 200, json: { requirements: rows('requirements').filter((row) => within(row, 'start_time', from, to)) } }));
    case '/v0/activities':
      // A shift over midnight is in both days' answers.
      return windowed(query, (from, to) => {
        const own = rows('activities').filter((row) => Number(row['start_time']) < to && Number(row['end_time']) > from);
        return { status: 200, json: { activities: Object.fromEntries(own.map(({ id_with_timestamps: key, ...row }) => [key, row])) } };
      });
    case '/v0/event_changes':
      return windowed(query, (from, to) => paged(rows('event_changes').filter((row) => within(row, 'modified_at', from, to)), query, 500, (page) => ({ event_changes: mapOf(page) })));
    case '/v0/assist/conversations':
      return windowed(query, (from, to) => {
        const own = rows('assist_conversations').filter((row) => within(row, 'created_at', from, to));
        const offset = Number(query.get('offset') ?? 0);
        if (quirks.has('conversationsArray')) return { status: 200, json: own.slice(offset, offset + Number(query.get('limit') ?? 100)) };
        return paged(own, query, 100, (page) => ({ conversations: page }));
      });
    default:
      return { status: 404, json: { message: 'Not found', code: 'not_found' } };
  }
}

function windowed(query: URLSearchParams, work: (from: number, to: number) => Reply): Reply {
  for (const name of ['start_time', 'end_time']) {
    const value = query.get(name);
    if (value === null) return { status: 400, json: { message: `Missing required field ${name}`, code: 'bad_request' } };
    if (!/^\d+$/.test(value)) return { status: 400, json: { message: `${name} must be unix seconds`, code: 'bad_request' } };
  }
  return work(Number(query.get('start_time')), Number(query.get('end_time')));
}

function paged(rows: readonly Row[], query: URLSearchParams, usual: number, wrap: (page: readonly Row[]) => Row): Reply {
  const limit = Math.min(Number(query.get('limit') ?? usual), 500);
  const offset = Number(query.get('offset') ?? 0);
  if (!(limit > 0 && offset >= 0)) return { status: 400, json: { message: 'Invalid limit or offset', code: 'bad_request' } };
  return { status: 200, json: { ...wrap(rows.slice(offset, offset + limit)), total: rows.length, limit, offset } };
}

function within(row: Row, field: string, from: number, to: number): boolean {
  return Number(row[field]) >= from && Number(row[field]) < to;
}

function mapOf(rows: readonly Row[]): Row {
  return Object.fromEntries(rows.map((row) => [row['id'], row]));
}

function assembledData(): Service['data'] {
  const named = (kind: string, length: number): Row[] =>
    count(length, (i) => ({ id: `${kind}-${i}`, name: `${kind} ${i}`, parent_id: i === 0 ? null : `${kind}-0`, created_at: 1_700_000_000 + i, updated_at: 1_700_000_500 + i }));
  const people = count(230, (i): Row => ({
    id: `p-${((i * 7919) % 230).toString().padStart(4, '0')}`,
    ...(i % 11 !== 0 && { agent_id: `a-${i}` }),
    first_name: `First ${i}`,
    last_name: `Last ${i}`,
    ...(i % 13 !== 0 && { email: `person${i}@example.test` }),
    timezone: 'America/Chicago',
    role: 'agent',
    roles: [`r-${i % 3}`],
    channels: ['phone', 'email'].slice(0, 1 + (i % 2)),
    site: `s-${i % 3}`,
    teams: [`t-${i % 5}`],
    queues: count(i % 3, (n) => `q-${n}`),
    skills: [],
    platforms: i % 2 === 0 ? { zendesk: String(3_900_000 + i) } : { intercom: `ic_${i}`, salesforce: `sf_${i}` },
    start_date: 1_704_067_200,
    end_date: i % 46 === 0 ? 1_740_000_000 : null,
    created_at: 1_704_100_000 + i,
    deleted: i % 46 === 0,
    staffable: i % 10 !== 0,
    productivity: i % 4 === 0 ? 1 : 0.85,
  }));
  const spread = (i: number, of: number): number => ASSEMBLED_START + Math.floor((i * 3 * DAY) / of);
  return {
    people,
    roles: named('r', 3).map(({ id, name }) => ({ id, name })),
    teams: named('t', 5),
    sites: named('s', 3),
    filters_queues: named('q', 4),
    skills: named('k', 2),
    activity_types: count(6, (i): Row => ({ id: `at-${i}`, name: `Type ${i}`, short_name: `T${i}`, value: i, channels: ['phone'], productive: i % 2 === 0, timeoff: i === 5 })),
    requirement_types: count(3, (i): Row => ({ id: `rt-${i}`, name: `Requirement ${i}`, activity_type_ids: [`at-${i}`], queue: `q-${i}`, channel: 'phone' })),
    agent_states: count(1_100, (i): Row => ({
      agent_id: `a-${i % 40}`,
      agent_platform_id: String(3_900_000 + (i % 40)),
      platform: 'zendesk',
      state: i % 17 === 0 ? null : ['online', 'away', 'offline'][i % 3],
      start_time: spread(i, 1_100),
      end_time: i >= 1_090 ? null : spread(i, 1_100) + 900,
      modified_at: spread(i, 1_100) + 901,
      external_id: null,
      ticket_id: i % 5 === 0 ? `t${i}` : null,
      ticket_status: null,
    })),
    requirements: count(144, (i): Row => ({
      requirement_type_id: `rt-${i % 3}`,
      start_time: ASSEMBLED_START + Math.floor(i / 3) * 5_400,
      end_time: ASSEMBLED_START + Math.floor(i / 3) * 5_400 + 5_400,
      required: i % 2 === 0 ? 6.5 : 6,
      scheduled: 6,
    })),
    activities: count(120, (i): Row => {
      const start = ASSEMBLED_START + i * 2_100;
      return { id_with_timestamps: `ac-${i % 60}_${start}`, id: `ac-${i % 60}`, agent_id: `a-${i % 40}`, type_id: `at-${i % 6}`, start_time: start, end_time: start + 4_200, description: null };
    }),
    event_changes: count(60, (i): Row => ({ id: `ec-${i}`, event_id: `ac-${i}`, change: 'update', modified_at: spread(i, 60), modified_by: `p-${i}` })),
    assist_conversations: count(30, (i): Row => ({
      id: `conv_${i}`,
      user_id: `u-${i}`,
      platform: 'zendesk',
      status: i % 2 === 0 ? 'resolved' : 'open',
      requires_escalation: i % 7 === 0,
      created_at: spread(i, 30),
      updated_at: spread(i, 30) + 700,
      messages: count(1 + (i % 3), (n) => ({ id: `m${i}-${n}`, role: n % 2 === 0 ? 'user' : 'assistant', content: { type: 'text', text: `Where is order ${i}?`, url: null }, created_at: spread(i, 30) + n, sources_used: [] })),
    })),
  };
}

function count<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}
