import { type AssembledData, assembledData } from './assembled/data.js';
import { referenceRoutes, windowRoutes } from './assembled/lists.js';
import { notFound } from './assembled/replies.js';
import { reports } from './assembled/reports.js';
import type { Limits, Reply, SandboxRequest, ServiceDefinition } from './definition.js';
import { tokenBucket } from './limiter.js';
import { liveData } from './live-data.js';

const KEY = 'sk_live_sandbox_0f3c';

/**
 * Assembled's API as observed: Basic with the key as user name and nothing behind the colon, maps
 * of id → record, bundles, limit/offset with totals, windows in unix seconds, reports that are
 * ordered and polled, 300 requests a minute with bursts of 20, a `Request-Id` on every response.
 *
 * Quirks:
 * - `retryAfter`, `retryAfterDate`, `limitedText`: what a 429 carries.
 * - `plainErrors`: errors are plain text.
 * - `conversationsArray` (no wrapper), `changesArray` (event changes in an array), `nullStates`
 * (null for no states).
 * - `nullTotals`, `movingTotals` (a total that grows by one after the first page), `smallPages` (50
 * rows at most), `offsetIgnored`.
 * - `inclusiveEnd`: `end_time` itself is in the window.
 * - `milliseconds`: forecasts in milliseconds.
 * - `emptyRefusal` (orders of reports are refused with an empty body), `reportsWithoutId`.
 *
 * Reports of type agent_state_handle_times always fail.
 */
export function assembled({ rateScale, rateWindowMs }: Limits): ServiceDefinition {
  const data: AssembledData = assembledData();
  const { routes, rows } = reports();
  const bucket = tokenBucket(Math.round(20 * rateScale), (300 * rateScale * 1000) / rateWindowMs);
  return {
    credentials: { apiKey: KEY },
    data: liveData(data, { person: () => data.people, reports_get: rows }),
    prefix: '/v0',
    routes: { ...referenceRoutes(data), ...windowRoutes(data), ...routes },
    notFound: notFound('Endpoint'),
    wait: (_request, now) => bucket.take(now),
    limited,
    unauthorized: { status: 401, json: { message: 'Unauthorized', code: 'unauthorized' } },
    isAuthorized: ({ headers }) =>
      headers.authorization === `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`,
    finish: (reply, { quirks }, number) => ({
      ...(quirks.has('plainErrors') && reply.status >= 400 ? inPlainText(reply) : reply),
      headers: { 'request-id': `req_${number}`, ...reply.headers },
    }),
  };
}

function limited(seconds: number, { quirks }: SandboxRequest): Reply {
  const headers = {
    ...(quirks.has('retryAfter') && { 'retry-after': String(seconds) }),
    ...(quirks.has('retryAfterDate') && {
      'retry-after': new Date(Date.now() + seconds * 1000).toUTCString(),
    }),
  };
  if (quirks.has('limitedText')) return { status: 429, text: 'Too many requests', headers };
  return { status: 429, json: { message: 'Too many requests', code: 'rate_limited' }, headers };
}

function inPlainText({ status, json, text = '' }: Reply): Reply {
  return { status, text: json === undefined ? text : (json as { message: string }).message };
}
