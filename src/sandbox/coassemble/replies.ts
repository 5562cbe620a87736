import type { Handler, Reply, SandboxRequest } from '../definition.js';
import type { Row } from '../rows.js';

export const PREFIX = '/api/v1/headless';
const LARGEST_PAGE = 100;

/** Returns the service's error envelope. */
export function failure(status: number, code: string, message: string): Reply {
  return { status, json: { message, error: { code, status } } };
}

export function notFound(name: string): Reply {
  return failure(404, 'NOT_FOUND', `${name} not found.`);
}

export function badRequest(message: string): Reply {
  return failure(400, 'BAD_REQUEST', message);
}

/**
 * Returns a page of the rows as `wrap` puts it: pages count from 0, and are no longer than a
 * hundred rows whatever is requested.
 */
export function page(
  rows: readonly Row[],
  { query, quirks }: SandboxRequest,
  wrap: (page: readonly Row[]) => unknown = (page) =>
    quirks.has('wrapped') ? { data: page } : page,
  usual: number = LARGEST_PAGE,
): Reply {
  const number = quirks.has('pageIgnored') ? 0 : Number(query.get('page') ?? 0);
  const requested = Number(query.get('length') ?? usual);
  if (!(Number.isInteger(number) && number >= 0 && Number.isInteger(requested) && requested >= 1))
    return badRequest('Invalid page or length.');
  const largest = quirks.has('lengthHonoured')
    ? Infinity
    : quirks.has('smallPages')
      ? LARGEST_PAGE / 2
      : LARGEST_PAGE;
  const length = Math.min(requested, largest);
  const ordered = quirks.has('newestFirst') ? rows.toReversed() : rows;
  return { status: 200, json: wrap(ordered.slice(number * length, (number + 1) * length)) };
}

/** Serves only workspaces whose plan has analytics. */
export function analytics(handler: Handler): Handler {
  return (request) =>
    request.quirks.has('basicPlan')
      ? failure(403, 'FORBIDDEN', 'Your plan does not include analytics.')
      : handler(request);
}
