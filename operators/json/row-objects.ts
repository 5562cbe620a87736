import type { Json, JsonObject, Rows } from '../types.js';
import { parseJson, printJson } from './parse-json.js';

const encoder = new TextEncoder();

/**
 * The rows as JavaScript objects; integers beyond 2^53 are BigInt, other numbers beyond double
 * text. A scalar row is `{ value }`, a map's key is in its field.
 */
export function rowObjects({ body, span }: Rows): JsonObject[] {
  if (span.kind === 'none') return [];
  const value = parseJson(body.subarray(span.start, span.end));
  if (span.kind === 'map') return mapRows(value as JsonObject, span.key);
  return (span.kind === 'array' ? (value as Json[]) : [value]).map(asRow);
}

/**
 * The members of a map as rows, each with its key in a field where it has no value of its own
 * there.
 */
export function mapRows(map: JsonObject, field = '_key'): JsonObject[] {
  return Object.entries(map).map(([key, member]) => {
    const row = asRow(member);
    return row[field] === undefined || row[field] === null ? { ...row, [field]: key } : row;
  });
}

/**
 * Rows of `like`'s page that hold these objects. Errors: a TypeError that names resource and page,
 * for values that JSON cannot hold.
 */
export function rowsFromObjects(like: Pick<Rows, 'page'>, objects: readonly unknown[]): Rows {
  const body = encoder.encode(printed(like.page, objects));
  const span: Rows['span'] =
    objects.length === 0
      ? { kind: 'none', start: 0, end: 0, count: 0 }
      : { kind: 'array', start: 0, end: body.length, count: objects.length };
  return { page: like.page, body, span };
}

function printed({ resource, index }: Rows['page'], objects: readonly unknown[]): string {
  try {
    return printJson(objects);
  } catch (error) {
    throw error instanceof TypeError
      ? new TypeError(`Resource ${resource}, page ${index + 1}: ${error.message}`, { cause: error })
      : error;
  }
}

function asRow(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
}
