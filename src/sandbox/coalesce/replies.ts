import type { Reply, SandboxRequest } from '../definition.js';
import type { Row } from '../rows.js';

const USUAL_PAGE = 100;
const LARGEST_PAGE = 500;

/** Returns the service's error envelope. */
export function failure(status: number, errorString: string): Reply {
  return { status, json: { error: { errorString, errorDetail: `${errorString}.` } } };
}

/** Returns one record: at the top level, or in `data` with the quirk `wrapDetail`. */
export function detail(row: Row, { quirks }: SandboxRequest): Reply {
  return { status: 200, json: quirks.has('wrapDetail') ? { data: row } : row };
}

/**
 * Returns a page from `startingFrom`, which is the order value of the first row that was not sent:
 * a number for numeric ids, text for others. The last page has `next: null`, or no `next` where
 * `end` says which.
 */
export function paged(
  rows: readonly Row[],
  { query, quirks }: SandboxRequest,
  end: 'null' | 'missing',
): Reply {
  const limit = Number(query.get('limit') ?? USUAL_PAGE);
  const from = query.get('startingFrom');
  const orderBy = query.get('orderBy');
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE))
    return failure(400, `limit must be from 1 to ${LARGEST_PAGE}`);
  if (from !== null && orderBy === null) return failure(400, 'startingFrom needs orderBy');
  const field = orderBy ?? 'id';
  if (rows[0] !== undefined && !(field in rows[0])) return failure(400, 'unknown orderBy');
  const size = quirks.has('smallPages') ? Math.min(limit, USUAL_PAGE) : limit;
  const direction = query.get('orderByDirection') === 'desc' ? -1 : 1;
  const sorted = rows.toSorted((a, b) => compare(a[field], b[field]) * direction);
  const ahead = sorted.filter(
    (row) =>
      from !== null &&
      compare(row[field], from) * direction < (quirks.has('exclusiveCursor') ? 1 : 0),
  ).length;
  const start = from !== null && quirks.has('zeroCursor') ? (Number(from) + 1) * size : ahead;
  const next = nextOf(sorted, { field, start, size, quirks });
  return {
    status: 200,
    json: {
      data: sorted.slice(start, start + size),
      ...(next !== null || end === 'null' ? { next } : {}),
      total: null,
      limit,
      orderBy: field,
    },
  };
}

interface Place {
  field: string;
  start: number;
  size: number;
  quirks: ReadonlySet<string>;
}

function nextOf(rows: readonly Row[], { field, start, size, quirks }: Place): unknown {
  if (start + size >= rows.length && !quirks.has('repeatedCursor')) return null;
  if (quirks.has('zeroCursor')) return start / size;
  const place = quirks.has('repeatedCursor')
    ? start
    : quirks.has('exclusiveCursor')
      ? start + size - 1
      : start + size;
  const value = rows[place]?.[field] ?? null;
  return isNumber(value) ? Number(value) : value;
}

/** Compares numbers and texts of digits by value, all else as text. */
function compare(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function isNumber(value: unknown): boolean {
  return /^\d+$/.test(String(value));
}
