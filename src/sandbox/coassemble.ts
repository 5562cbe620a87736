import { rollingWindow } from './limiter.js';
import type { Reply, SandboxRequest, Service, ServiceDefinition } from './service.js';

type Row = Record<string, unknown>;

const WORKSPACE = '4821';
const USER = 'u-4821';
const KEY = 'c0a55e3b1e'.padEnd(64, '0');
const PREFIX = '/api/v1/headless';
const LARGEST_PAGE = 100;

/**
 * Coassemble's headless API as documented: page/length from 0 (100 at most, silently), bare arrays, 100 requests a minute
 * (times `rateScale`), its error envelope. Quirks: `legacyAuth` (COASSEMBLE-V1-SHA256 instead of COASSEMBLE:),
 * `legacyTrackings` (no course id needed), `lengthHonoured` (no clamp).
 */
export function coassemble(rateScale: number): ServiceDefinition {
  const data = coassembleData();
  return {
    credentials: { workspaceId: WORKSPACE, userId: USER, apiKey: KEY },
    data,
    prefix: PREFIX,
    limiter: rollingWindow(Math.round(100 * rateScale), 60_000),
    limited: (seconds) => ({ ...failure(429, 'TOO_MANY_REQUESTS', 'Too many requests.'), headers: { 'retry-after': String(seconds) } }),
    unauthorized: failure(401, 'UNAUTHORIZED', 'Invalid Authorization header.'),
    isAuthorized: ({ headers }, quirks) =>
      headers.authorization === (quirks.has('legacyAuth') ? `COASSEMBLE-V1-SHA256 UserId=${USER}, UserToken=${KEY}` : `COASSEMBLE:${WORKSPACE}:${KEY}`),
    answer: (request, quirks) => answer(data, request, quirks),
  };
}

function answer(data: Service['data'], { method, path, query }: SandboxRequest, quirks: ReadonlySet<string>): Reply {
  if (method !== 'GET') return failure(404, 'NOT_FOUND', 'Not found.');
  const paged = (rows: readonly Row[]): Reply => page(rows, query, quirks);
  switch (path) {
    case `${PREFIX}/courses`:
      return paged(
        (data['courses'] ?? []).filter(
          (row) =>
            (query.get('title') === null || String(row['title']).includes(query.get('title') as string)) &&
            (query.get('clientIdentifier') === null || row['clientIdentifier'] === query.get('clientIdentifier')),
        ),
      );
    case `${PREFIX}/clients`:
      return paged(data['clients'] ?? []);
    case `${PREFIX}/users`:
      return paged(data['users'] ?? []);
    case `${PREFIX}/collections`:
      return paged(data['collections'] ?? []);
    case `${PREFIX}/trackings`:
      return trackings(data['trackings'] ?? [], 'course_id', query, quirks);
    case `${PREFIX}/collection/trackings`:
      return trackings(data['collection_trackings'] ?? [], 'collection_id', query, quirks);
    default:
      return failure(404, 'NOT_FOUND', 'Not found.');
  }
}

/** Rows do not carry the id that they were asked for with. */
function trackings(rows: readonly Row[], field: string, query: URLSearchParams, quirks: ReadonlySet<string>): Reply {
  const id = query.get('id');
  if (id === null && !quirks.has('legacyTrackings')) return failure(400, 'BAD_REQUEST', 'The id parameter is required.');
  const own = rows.filter((row) => id === null || String(row[field]) === id).map(({ [field]: _, ...row }) => row);
  return page(own, query, quirks);
}

function page(rows: readonly Row[], query: URLSearchParams, quirks: ReadonlySet<string>): Reply {
  const number = Number(query.get('page') ?? 0);
  const asked = Number(query.get('length') ?? LARGEST_PAGE);
  if (!(Number.isInteger(number) && number >= 0 && Number.isInteger(asked) && asked >= 1)) return failure(400, 'BAD_REQUEST', 'Invalid page or length.');
  const length = quirks.has('lengthHonoured') ? asked : Math.min(asked, LARGEST_PAGE);
  return { status: 200, json: rows.slice(number * length, (number + 1) * length) };
}

function failure(status: number, code: string, message: string): Reply {
  return { status, json: { message, error: { code, status } } };
}

/** 250 courses (2.5 pages), 100 users (a page exactly), trackings 0, 1 or 130 a course. */
function coassembleData(): Service['data'] {
  const clients = ['acme-warehouse', 'borealis', 'cobalt'];
  const courses = count(250, (i): Row => ({
    id: 48_000 + i,
    title: `Course ${i}: forklift safety`,
    description: i % 7 === 0 ? null : `Refresher number ${i}`,
    identifier: `author-${i % 12}`,
    clientIdentifier: clients[i % 3],
    key: `Zk${(i * 7919).toString(36)}`,
    type: 'course',
    timeEstimateMinutes: i % 5 === 0 ? null : 5 + (i % 40),
    active: i % 9 !== 0,
    private: i % 4 === 0,
    price: i % 10 === 0 ? 19.5 : i % 3 === 0 ? 20 : null,
    start: { layout: 'left', mode: 'light', overlay: 40, button_label: 'Begin', display_button: true },
    finish: i % 2 === 0 ? [] : { layout: 'right' },
    theme: i % 3 === 0 ? [] : { font: 'Inter', logo: [], colours: { cover: { primary: '#F0B429' } } },
    revision: i % 2 === 0 ? '7' : 7,
    language: 'en',
    published: i % 4 === 0 ? null : iso(i),
    deleted: i % 25 === 0 ? iso(i + 1) : i % 2 === 0 ? false : null,
    emails: i % 6 === 0 ? [`learner${i}@example.test`, `team${i}@example.test`] : [],
    created: iso(i),
    updated: iso(i + 3),
  }));
  const tracking = (i: number, n: number): Row => ({
    id: 990_000 + i * 200 + n,
    identifier: `learner-${n % 100}`,
    clientIdentifier: clients[n % 3],
    email: null,
    commenced: iso(n),
    completed: n % 3 === 0 ? iso(n + 1) : null,
    progress_percent: (n * 13) % 101,
    score: n % 4 === 0 ? (n * 0.5) % 100 : null,
    total_time: 431 + n,
    language: 'en',
    scorm: false,
    attempt_count: 1 + (n % 3),
  });
  return {
    courses,
    clients: clients.map((clientIdentifier, i) => ({ clientIdentifier, userCount: 42 + i, metadata: i === 0 ? { tier: 'gold' } : {}, created: iso(i), updated: iso(i + 9) })),
    users: count(100, (i): Row => ({
      identifier: `learner-${i}`,
      clientIdentifier: clients[i % 3],
      name: i % 8 === 0 ? null : `Learner ${i}`,
      avatar: null,
      metadata: i % 2 === 0 ? { department: 'inbound' } : [],
      testMode: i === 99,
      created: iso(i),
      updated: iso(i + 2),
    })),
    trackings: courses.flatMap((course, i) => count([0, 1, 0, 1, 130][i % 50] ?? (i % 2), (n) => ({ course_id: course['id'], ...tracking(i, n) }))),
    collections: count(2, (i): Row => ({ id: 700 + i, title: `Collection ${i}`, active: true, identifier: `author-${i}`, created: iso(i), updated: iso(i + 1), deleted: null })),
    collection_trackings: count(2, (i) => i).flatMap((i) =>
      count(i === 0 ? 3 : 0, (n): Row => ({ collection_id: 700 + i, id: 5_000 + n, identifier: `learner-${n}`, progressPercent: n * 30, commenced: iso(n), courses: [{ id: 48_000 + n, title: `Course ${n}` }] })),
    ),
  };
}

function count<T>(length: number, make: (i: number) => T): T[] {
  return Array.from({ length }, (_, i) => make(i));
}

/** Days and hours from 4 March 2025, with milliseconds and Z as the service writes them. */
function iso(i: number): string {
  return new Date(Date.UTC(2025, 2, 4, 8, 15, 30) + i * 5_400_000).toISOString();
}
