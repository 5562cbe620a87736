import type { Handler, Routes, SandboxRequest } from '../definition.js';
import { matching, type Row, timeOf, without } from '../rows.js';
import { type CoassembleData, courseDetail, userTrackings } from './data.js';
import { analytics, badRequest, notFound, page, PREFIX } from './replies.js';

const DAY = 86_400_000;
/** Longest time that usage may be requested for. */
const LONGEST_SPAN = 366 * DAY;
const USAGE_PAGE = 50;

/** Returns what is read: lists, details and trackings. */
export function listRoutes(data: CoassembleData): Routes {
  return {
    [`GET ${PREFIX}/courses`]: (request) => {
      const { query, quirks } = request;
      const deleted = query.get('deleted');
      const [yes, no] = quirks.has('deletedAsNumber') ? ['1', '0'] : ['true', 'false'];
      if (deleted !== null && deleted !== yes && deleted !== no)
        return badRequest(`deleted must be ${yes} or ${no}.`);
      const rows = matching(data.courses, query, ['identifier', 'clientIdentifier'])
        .filter((row) => String(row['title']).includes(query.get('title') ?? ''))
        .filter(
          (row) => deleted === null || (typeof row['deleted'] === 'string') === (deleted === yes),
        );
      return page(rows, request);
    },
    [`GET ${PREFIX}/courses/{id}`]: ({ params }) => {
      const course = data.courses.find(({ id }) => String(id) === params['id']);
      return course === undefined
        ? notFound('Course')
        : { status: 200, json: courseDetail(course) };
    },
    [`GET ${PREFIX}/clients`]: (request) => page(data.clients, request),
    [`GET ${PREFIX}/users`]: (request) =>
      page(matching(data.users, request.query, ['clientIdentifier']), request),
    [`GET ${PREFIX}/collections`]: (request) => page(data.collections, request),
    [`GET ${PREFIX}/translations/{id}`]: ({ params }) => {
      if (!data.courses.some(({ id }) => String(id) === params['id'])) return notFound('Course');
      return { status: 200, json: owned(data.translations, 'course_id', params['id']) };
    },
    [`GET ${PREFIX}/setup/status`]: () => ({
      status: 200,
      json: {
        demoCourseId: 48_000,
        course: { id: 48_000, title: data.courses[0]?.['title'] ?? null },
        keyMode: 'test',
        themeId: null,
      },
    }),
    [`GET ${PREFIX}/trackings`]: analytics(trackings(data, 'trackings', 'course_id')),
    [`GET ${PREFIX}/screen/trackings`]: analytics(trackings(data, 'screen_trackings', 'course_id')),
    [`GET ${PREFIX}/collection/trackings`]: analytics(
      trackings(data, 'collection_trackings', 'collection_id'),
    ),
    [`GET ${PREFIX}/user/trackings`]: analytics((request) => {
      const identifier = request.query.get('identifier');
      if (identifier === null) return badRequest('The identifier parameter is required.');
      const user = matching(data.users, request.query, ['identifier', 'clientIdentifier'])[0];
      if (user === undefined) return notFound('User');
      const rows = userTrackings(data.trackings, identifier);
      return page(rows, request, (trackings) => ({ ...envelopeOf(user, rows), trackings }));
    }),
    [`GET ${PREFIX}/usage/clients`]: analytics((request) => {
      const span = spanOf(request);
      if (span === null) return badRequest('start and end are required, at most 366 days apart.');
      const rows = data.usage_clients.filter(
        ({ periodStart }) => timeOf(periodStart) >= span.start && timeOf(periodStart) < span.end,
      );
      return page(rows, request, (page) => ({ data: page }), USAGE_PAGE);
    }),
  };
}

/** Rows do not carry the id that they were requested with. */
function trackings(data: CoassembleData, table: keyof CoassembleData, field: string): Handler {
  return (request) => {
    const { query, quirks } = request;
    if (!query.has('id') && !quirks.has('legacyTrackings'))
      return badRequest('The id parameter is required.');
    const [start, end] = [timeOf(query.get('start')), timeOf(query.get('end'))];
    const rows = matching(owned(data[table], field, query.get('id')), query, [
      'identifier',
      'clientIdentifier',
    ])
      .filter(
        ({ completed }) =>
          !query.has('completed') ||
          (typeof completed === 'string') === (query.get('completed') === 'true'),
      )
      // An end that was not given is not a number, and compares to nothing.
      .filter(({ commenced }) => !(timeOf(commenced) < start || timeOf(commenced) >= end));
    return page(rows, request);
  };
}

/** Returns the rows of an owner, without naming it; all rows without an owner. */
function owned(rows: readonly Row[], field: string, owner: string | null | undefined): Row[] {
  return rows
    .filter((row) => owner === null || String(row[field]) === owner)
    .map((row) => without(row, field));
}

function envelopeOf(user: Row, rows: readonly Row[]): Row {
  const progress = rows.reduce((sum, row) => sum + Number(row['progressPercent']), 0);
  return {
    identifier: user['identifier'],
    clientIdentifier: user['clientIdentifier'],
    name: user['name'],
    avatar: user['avatar'],
    totals: {
      viewed: rows.length,
      completed: rows.filter(({ completed }) => completed !== null).length,
      averageProgress: rows.length === 0 ? null : progress / rows.length,
    },
  };
}

function spanOf({ query }: SandboxRequest): { start: number; end: number } | null {
  const [start, end] = [timeOf(query.get('start')), timeOf(query.get('end'))];
  return end - start >= 0 && end - start <= LONGEST_SPAN ? { start, end } : null;
}
