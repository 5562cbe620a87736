import type { Routes } from '../definition.js';
import { fieldsOf, matching, type Row, without } from '../rows.js';
import type { AssembledData } from './data.js';
import { badRequest, mapOf, notFound, paged, slice, windowed, within } from './replies.js';

/** People and the lists that they refer to: maps, of which only people are paged. */
export function referenceRoutes(data: AssembledData): Routes {
  const maps = [
    'roles',
    'teams',
    'sites',
    'skills',
    'activity_types',
    'requirement_types',
  ] as const;
  const everything = (name: string, rows: () => readonly Row[]): Routes => ({
    [`GET /v0/${name}`]: () => ({ status: 200, json: { [name]: mapOf(rows()) } }),
  });
  return {
    'GET /v0/people': (request) =>
      paged(
        data.people,
        request,
        (page) => ({
          people: mapOf(page),
          teams: mapOf(data.teams),
          sites: mapOf(data.sites),
          skills: mapOf(data.skills),
          queues: mapOf(data.filters_queues),
        }),
        100,
      ),
    'GET /v0/people/{id}': ({ params }) => {
      if (!/^p-\d{4}$/.test(params['id'] ?? '')) return badRequest('Invalid person id');
      const person = data.people.find(({ id }) => id === params['id']);
      return person === undefined ? notFound('Person') : { status: 200, json: person };
    },
    ...Object.assign({}, ...maps.map((name) => everything(name, () => data[name]))),
    ...everything('queues', () => data.filters_queues),
    // The body says which: some proxies take it away.
    'DELETE /v0/teams': ({ body }) => {
      const ids = fieldsOf(body)['team_ids'];
      if (!Array.isArray(ids)) return badRequest('Missing required field team_ids');
      data.teams = data.teams.filter(({ id }) => !ids.includes(id));
      return { status: 200, json: {} };
    },
  };
}

/** Returns the routes of lists that belong to a time. */
export function windowRoutes(data: AssembledData): Routes {
  return {
    'GET /v0/agents/state': (request) =>
      windowed(request, (from, to) => {
        const rows = matching(within(data.agent_states, 'start_time', from, to), request.query, [
          'agent_id',
        ]);
        const none = rows.length === 0 && request.quirks.has('nullStates');
        return paged(rows, request, (page) => ({ agent_states: none ? null : page }), 500);
      }),
    'GET /v0/requirements': (request) =>
      windowed(request, (from, to) => ({
        status: 200,
        json: { requirements: within(data.requirements, 'start_time', from, to) },
      })),
    // A shift over midnight is in both days' responses, and `limit`, `offset` and `agents[]` are
    // ignored.
    'GET /v0/activities': (request) =>
      windowed(request, (from, to) => {
        const rows = data.activities.filter(
          (row) => Number(row['start_time']) < to && Number(row['end_time']) > from,
        );
        const activities = Object.fromEntries(
          rows.map((row) => [row['id_with_timestamps'], without(row, 'id_with_timestamps')]),
        );
        const beside = {
          ...(request.query.get('include_activity_types') === 'true' && {
            activity_types: mapOf(data.activity_types),
          }),
          ...(request.query.get('include_agents') === 'true' && {
            agents: mapOf(
              data.people.filter((row) => 'agent_id' in row),
              'agent_id',
            ),
          }),
        };
        return { status: 200, json: { activities, ...beside } };
      }),
    'GET /v0/event_changes': (request) =>
      windowed(request, (from, to) =>
        paged(
          within(data.event_changes, 'modified_at', from, to),
          request,
          (page) => ({ event_changes: request.quirks.has('changesArray') ? page : mapOf(page) }),
          500,
        ),
      ),
    'GET /v0/forecasts': (request) => {
      if (!request.query.has('channel')) return badRequest('Missing required field channel');
      return windowed(request, (from, to) => {
        const rows = matching(within(data.forecasts, 'start_time', from, to), request.query, [
          'channel',
        ]);
        const scale = request.quirks.has('milliseconds') ? 1000 : 1;
        return {
          status: 200,
          json: {
            forecasts: rows.map((row) => ({
              ...row,
              start_time: Number(row['start_time']) * scale,
            })),
          },
        };
      });
    },
    'GET /v0/assist/conversations': (request) =>
      windowed(request, (from, to) => {
        const rows = within(data.assist_conversations, 'created_at', from, to);
        if (!request.quirks.has('conversationsArray'))
          return paged(rows, request, (page) => ({ conversations: page }), 100);
        const part = slice(rows, request, 100);
        return part === null
          ? badRequest('Invalid limit or offset')
          : { status: 200, json: part.rows };
      }),
  };
}
