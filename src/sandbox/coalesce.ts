import { coalesceData, environmentDetail } from './coalesce/data.js';
import { listRoutes } from './coalesce/lists.js';
import { failure } from './coalesce/replies.js';
import { scheduler } from './coalesce/scheduler.js';
import type { ServiceDefinition } from './definition.js';
import { liveData } from './live-data.js';

const TOKEN = 'sandbox-token-9f31c2a';

/**
 * Coalesce's API as documented: bearer token, `{data, next, total}` with `limit`, `startingFrom`
 * and `orderBy`, ids as text, runs that advance with every request of their status, no rate limit.
 *
 * Quirks:
 * - `seedPaths`: users at /api/v1/organization/users only.
 * - `wrapDetail` (single records inside `data`), `resultsKey` (run results under `results`),
 * `resultsArray` (bare).
 * - `fullLists`: `detail=false` leaves out nothing.
 * - `repeatedCursor` (pages point to themselves), `zeroCursor` (cursors count from 0),
 * `exclusiveCursor` (`next` is the last row sent).
 * - `smallPages`: 100 rows at most, silently.
 * - `lostStart`: startRun starts its run, and responds with 503.
 * - `wrongRegion`: every response is a page of HTML with status 404.
 *
 * Results of run 1004 are gone (404); project 2 is closed (403).
 */
export function coalesce(): ServiceDefinition {
  const data = coalesceData();
  const { routes, rows } = scheduler(data);
  return {
    credentials: { accessToken: TOKEN },
    data: liveData(data, {
      environment: () => data.environments.map(environmentDetail),
      run_status: rows,
      workspaces: () =>
        data.projects.flatMap(({ id, workspaces }) =>
          (workspaces as object[]).map((workspace) => ({ project_id: id, ...workspace })),
        ),
    }),
    prefix: '/api/v1',
    routes: { ...listRoutes(data), ...routes },
    notFound: failure(404, 'Not Found'),
    limited: () => failure(429, 'Too Many Requests'),
    unauthorized: failure(401, 'Unauthorized'),
    isAuthorized: ({ headers }) => headers.authorization === `Bearer ${TOKEN}`,
    finish: (reply, { quirks }) =>
      quirks.has('wrongRegion')
        ? {
            status: 404,
            text: '<!doctype html><title>Not Found</title>',
            headers: { 'content-type': 'text/html; charset=utf-8' },
          }
        : reply,
  };
}
