import { count, type Row } from '../rows.js';

/** What the stand-in holds, by resource. */
export type CoassembleData = Record<
  | 'courses'
  | 'clients'
  | 'users'
  | 'trackings'
  | 'collections'
  | 'collection_trackings'
  | 'screen_trackings'
  | 'usage_clients'
  | 'translations',
  Row[]
>;

const CLIENTS = ['acme-warehouse', 'borealis', 'cobalt'];
/** Identifiers are free text: some cannot stand in a path as they are. */
const ODD_LEARNERS: Readonly<Record<number, string>> = {
  5: 'moodle:9f3c:1',
  6: 'noor+test@example.test',
  7: 'team a/ann & bob',
};
/** Months that usage is known for: more than one request may span. */
const MONTHS = 14;

/**
 * 250 courses (2.5 pages), 100 users (a page exactly), trackings 0, 1 or 130 a course, 126 rows of
 * usage (2.5 pages of 50).
 */
export function coassembleData(): CoassembleData {
  const courses = count(250, courseAt);
  return {
    courses,
    clients: CLIENTS.map((clientIdentifier, i) => ({
      clientIdentifier,
      userCount: 42 + i,
      metadata: i === 0 ? { tier: 'gold' } : {},
      created: iso(i),
      updated: iso(i + 9),
    })),
    users: count(100, (i) => ({
      identifier: learner(i),
      clientIdentifier: CLIENTS[i % 3],
      name: i % 8 === 0 ? null : `Learner ${i}`,
      avatar: null,
      metadata: i % 2 === 0 ? { department: 'inbound' } : [],
      testMode: i === 99,
      created: iso(i),
      updated: iso(i + 2),
    })),
    trackings: courses.flatMap((course, i) =>
      count([0, 1, 0, 1, 130][i % 50] ?? i % 2, (n) => ({
        course_id: course['id'],
        ...trackingAt(i, n),
      })),
    ),
    collections: count(2, (i) => ({
      id: 700 + i,
      title: `Collection ${i}`,
      active: true,
      identifier: `author-${i}`,
      created: iso(i),
      updated: iso(i + 1),
      deleted: null,
    })),
    collection_trackings: count(3, (n) => ({
      collection_id: 700,
      id: 5_000 + n,
      identifier: learner(n),
      progressPercent: n * 30,
      commenced: iso(n),
      courses: [{ id: 48_000 + n, title: `Course ${n}` }],
    })),
    screen_trackings: courses.flatMap((course, i) =>
      count([0, 3, 120][i % 100] ?? 0, (n) => ({
        course_id: course['id'],
        ...screenTrackingAt(n),
      })),
    ),
    usage_clients: count(MONTHS, (month) => month).flatMap((month) =>
      CLIENTS.flatMap((clientIdentifier) =>
        ['learners', 'narrations', 'images'].map((metric) =>
          usageOf(clientIdentifier, metric, month),
        ),
      ),
    ),
    translations: courses.flatMap((course, i) =>
      count(i % 10 === 0 ? 2 : 0, (n) => ({
        course_id: course['id'],
        id: 300 + i + n,
        language: ['de', 'fr'][n],
        missingScreens: count(n, () => 1),
      })),
    ),
  };
}

/**
 * Returns the course at a place of the list. Empty objects come as `[]`; `revision`, `published`
 * and `deleted` change their types.
 */
export function courseAt(i: number): Row {
  return {
    id: 48_000 + i,
    title: `Course ${i}: forklift safety`,
    description: i % 7 === 0 ? null : `Refresher number ${i}`,
    identifier: `author-${i % 12}`,
    clientIdentifier: CLIENTS[i % 3],
    key: `Zk${(i * 7919).toString(36)}`,
    type: 'course',
    image: `https://cdn.example.test/${i}.png`,
    imageAltText: null,
    imageSource: 1,
    timeEstimateMinutes: i % 5 === 0 ? null : 5 + (i % 40),
    active: i % 9 !== 0,
    private: i % 4 === 0,
    paid: i % 10 === 0,
    price: i % 10 === 0 ? 19.5 : i % 3 === 0 ? 20 : null,
    start: {
      layout: 'left',
      mode: 'light',
      overlay: 40,
      button_label: 'Begin',
      display_button: true,
    },
    finish: i % 2 === 0 ? [] : { layout: 'right' },
    theme:
      i % 3 === 0
        ? []
        : {
            font: 'Inter',
            logo: [],
            preset: 'navy',
            colours: { cover: { primary: '#F0B429', pattern: null } },
          },
    revision: i % 2 === 0 ? '7' : 7,
    language: 'en',
    published: i % 4 === 0 ? null : iso(i),
    deleted: i % 25 === 0 ? iso(i + 1) : i % 2 === 0 ? false : null,
    emails: i % 6 === 0 ? [`learner${i}@example.test`, `team${i}@example.test`] : [],
    created: iso(i),
    updated: iso(i + 3),
  };
}

/** Returns a course in full: with its screens too. */
export function courseDetail(course: Row): Row {
  const screens = count(Number(course['id']) % 4, (n) => ({
    id: n + 1,
    type: { name: n % 2 === 0 ? 'text' : 'quiz' },
    title: `Screen ${n}`,
    sequence: n,
    scored: n % 2 === 1,
    questions: [],
  }));
  return { ...course, screens };
}

/** Returns what one user has learned: the rows of all courses, in camelCase. */
export function userTrackings(trackings: readonly Row[], identifier: unknown): Row[] {
  return trackings
    .filter((row) => row['identifier'] === identifier)
    .map((row) => ({
      id: row['id'],
      courseId: row['course_id'],
      commenced: row['commenced'],
      completed: row['completed'],
      progressPercent: row['progress_percent'],
      totalTime: row['total_time'],
    }));
}

function trackingAt(course: number, n: number): Row {
  return {
    id: 990_000 + course * 200 + n,
    identifier: learner(n % 99),
    clientIdentifier: CLIENTS[n % 3],
    email: null,
    commenced: iso(n),
    completed: n % 3 === 0 ? iso(n + 1) : null,
    progress_percent: (n * 13) % 101,
    score: n % 4 === 0 ? (n * 0.5) % 100 : null,
    passed: n % 4 === 0 ? n % 8 === 0 : null,
    total_time: 431 + n,
    language: 'en',
    scorm: false,
    attempt_count: 1 + (n % 3),
    feedback: null,
  };
}

function screenTrackingAt(n: number): Row {
  return {
    id: 70_000 + n,
    identifier: learner(n % 99),
    screenId: 1 + (n % 3),
    title: `Screen ${n % 3}`,
    viewed: iso(n),
    attempts: count(n % 3, (i) => ({ attempt: i + 1, correct: i === 1, answeredAt: iso(n + i) })),
  };
}

function usageOf(clientIdentifier: string, metric: string, month: number): Row {
  const at = (number: number): string => new Date(Date.UTC(2024, 2 + number, 1)).toISOString();
  return {
    clientIdentifier,
    metric,
    periodStart: at(month),
    periodEnd: at(month + 1),
    used: month * 7,
    limit: metric === 'learners' ? null : 500,
  };
}

function learner(i: number): string {
  return ODD_LEARNERS[i] ?? `learner-${i}`;
}

/** Every ninety minutes from 4 March 2025, with milliseconds and Z as the service writes them. */
function iso(i: number): string {
  return new Date(Date.UTC(2025, 2, 4, 8, 15, 30) + i * 5_400_000).toISOString();
}
