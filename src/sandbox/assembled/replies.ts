import type { Reply, SandboxRequest } from '../definition.js';
import type { Row } from '../rows.js';

const LARGEST_PAGE = 500;

export function badRequest(message: string): Reply {
  return { status: 400, json: { message, code: 'bad_request' } };
}

export function notFound(name: string): Reply {
  return { status: 404, json: { message: `${name} not found`, code: 'not_found' } };
}

/** Returns the part of the rows that `limit` and `offset` select; null when they are none. */
export function slice(
  rows: readonly Row[],
  { query, quirks }: SandboxRequest,
  usual: number,
): { rows: readonly Row[]; limit: number; offset: number } | null {
  const limit = Math.min(
    Number(query.get('limit') ?? usual),
    quirks.has('smallPages') ? 50 : LARGEST_PAGE,
  );
  const offset = quirks.has('offsetIgnored') ? 0 : Number(query.get('offset') ?? 0);
  return limit > 0 && offset >= 0
    ? { rows: rows.slice(offset, offset + limit), limit, offset }
    : null;
}

/** Returns rows as `wrap` puts them, with `total`, `limit` and `offset` beside them. */
export function paged(
  rows: readonly Row[],
  request: SandboxRequest,
  wrap: (page: readonly Row[]) => Row,
  usual: number,
): Reply {
  const part = slice(rows, request, usual);
  if (part === null) return badRequest('Invalid limit or offset');
  const { limit, offset } = part;
  // A row that others took away and put in again while pages were read is still counted.
  const total = request.quirks.has('nullTotals')
    ? null
    : rows.length + (request.quirks.has('movingTotals') && offset > 0 ? 1 : 0);
  return { status: 200, json: { ...wrap(part.rows), total, limit, offset } };
}

/**
 * Lists by time: both ends are required, in unix seconds. `inside(from, to)` is open
 * at its end unless the quirk `inclusiveEnd` is on.
 */
export function windowed(
  { query, quirks }: SandboxRequest,
  work: (from: number, to: number) => Reply,
): Reply {
  const problem = windowProblem(Object.fromEntries(query));
  if (problem !== null) return badRequest(problem);
  return work(
    Number(query.get('start_time')),
    Number(query.get('end_time')) + (quirks.has('inclusiveEnd') ? 1 : 0),
  );
}

/** Returns what is wrong with `start_time` and `end_time`; null: nothing. */
export function windowProblem(fields: Row): string | null {
  for (const name of ['start_time', 'end_time']) {
    if (fields[name] === undefined) return `Missing required field ${name}`;
    if (!/^\d+$/.test(fields[name] as string)) return `${name} must be unix seconds`;
  }
  return null;
}

export function within(rows: readonly Row[], field: string, from: number, to: number): Row[] {
  return rows.filter((row) => Number(row[field]) >= from && Number(row[field]) < to);
}

/** Returns rows as a map of their ids. */
export function mapOf(rows: readonly Row[], key = 'id'): Row {
  return Object.fromEntries(rows.map((row) => [row[key], row]));
}
