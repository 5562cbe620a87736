import type { Routes } from '../definition.js';
import { fieldsOf, type Row } from '../rows.js';
import type { CoassembleData } from './data.js';
import { badRequest, notFound, PREFIX } from './replies.js';

const ACTIONS = ['ignore', 'delete', 'reallocate'];
/** What belongs to a user, by its `identifier`. */
const OF_USERS = ['courses', 'trackings'] as const;
/** What belongs to a course, by its `course_id`. */
const OF_COURSES = ['trackings', 'screen_trackings', 'translations'] as const;

/**
 * Deleting people and clients for good. The service's default for `action` is not published: here
 * it is `ignore`.
 */
export function deletionRoutes(data: CoassembleData): Routes {
  const drop = (table: keyof CoassembleData, gone: (row: Row) => boolean): void => {
    data[table] = data[table].filter((row) => !gone(row));
  };
  return {
    // The older documents put `action` into the body, another client into the query.
    [`DELETE ${PREFIX}/user/{identifier}`]: ({ params, query, body }) => {
      const { identifier } = params;
      const { action = 'ignore', reallocateTo } = {
        ...fieldsOf(body),
        ...Object.fromEntries(query),
      };
      if (!ACTIONS.includes(String(action)))
        return badRequest(`action must be one of ${ACTIONS.join(', ')}.`);
      const known = (user: unknown): boolean =>
        data.users.some((row) => row['identifier'] === user);
      if (!known(identifier)) return notFound('User');
      if (action === 'reallocate' && (reallocateTo === identifier || !known(reallocateTo)))
        return badRequest('reallocateTo must be another user.');
      const owned = (row: Row): boolean => row['identifier'] === identifier;
      drop('users', owned);
      for (const table of OF_USERS) {
        if (action === 'delete') drop(table, owned);
        if (action === 'reallocate')
          data[table] = data[table].map((row) =>
            owned(row) ? { ...row, identifier: reallocateTo } : row,
          );
      }
      return { status: 200, json: {} };
    },
    [`DELETE ${PREFIX}/client/{identifier}`]: ({ params }) => {
      const owned = (row: Row): boolean => row['clientIdentifier'] === params['identifier'];
      if (!data.clients.some(owned)) return notFound('Client');
      for (const table of Object.keys(data) as (keyof CoassembleData)[]) drop(table, owned);
      const courses = new Set(data.courses.map(({ id }) => id));
      for (const table of OF_COURSES) drop(table, (row) => !courses.has(row['course_id']));
      return { status: 200, json: {} };
    },
  };
}
