import { besideName } from '../schema/names.js';
import type { Json, JsonObject, Rows } from '../types.js';
import { sentTextsOf } from './carry-sent-texts.js';
import { isObject } from './is-object.js';
import { NO_ROWS } from './no-rows.js';
import { parseJson } from './parse-json.js';
import { keepSentText, sentText } from './sent-numbers.js';

const encoder = new TextEncoder();

/**
 * Returns the rows as JavaScript objects; integers beyond 2^53 are BigInt, other numbers beyond
 * double text. A scalar row is `{ value }`, a map's key is in its field.
 *
 * @param nullRow the row that an element of a list is that is null. @default it is none
 */
export function rowObjects(
  { body, span }: Pick<Rows, 'body' | 'span'>,
  nullRow: JsonObject | null = null,
): JsonObject[] {
  if (span.kind === 'none') return [];
  const bytes = body.subarray(span.start, span.end);
  if (span.kind === 'map') return mapRows(parseJson(bytes) as JsonObject, span.key);
  // A scalar keeps its text only in a list.
  const rows = parseJson(span.kind === 'array' ? bytes : inList(bytes)) as Json[];
  return rows.flatMap((row, i) =>
    row === null && span.kind === 'array'
      ? nullRow === null
        ? []
        : [nullRow]
      : [asRow(row, rows, String(i))],
  );
}

/**
 * Returns the members of a map as rows, each with its key in a field. Where it has another value of
 * its own there, the key is kept beside it (`besideName`).
 */
export function mapRows(map: JsonObject, field = '_key'): JsonObject[] {
  return Object.entries(map).map(([key, member]) => {
    const row = asRow(member, map, key);
    const own = Object.hasOwn(row, field) ? (row[field] ?? null) : null;
    const text = key.replace(HALVES, spelt);
    if (isText(own, text)) return row;
    const keyed = { ...row, [own === null ? field : besideName(field, row)]: text };
    sentTextsOf(row)(keyed);
    return keyed;
  });
}

const HALVES = /\p{Surrogate}/gu;

/** Returns half a surrogate pair as its escape, as the kernel spells it: two such keys stay two. */
function spelt(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16)}`;
}

/** Returns whether a scalar is written as this text. */
function isText(value: Json, text: string): boolean {
  return typeof value !== 'object' && String(value) === text;
}

/** Returns rows of a page from the JSON texts of objects. */
export function rowsFromTexts(page: Rows['page'], texts: readonly string[]): Rows {
  if (texts.length === 0) return { page, body: EMPTY, span: NO_ROWS };
  const body = encoder.encode(`[${texts.join(',')}]`);
  return { page, body, span: { kind: 'array', start: 0, end: body.length, count: texts.length } };
}

const EMPTY = new Uint8Array();

function inList(value: Uint8Array): Uint8Array {
  const list = new Uint8Array(value.length + 2);
  list[0] = 0x5b;
  list.set(value, 1);
  list[value.length + 1] = 0x5d;
  return list;
}

function asRow(value: Json, holder: object, key: string): JsonObject {
  if (isObject(value)) return value;
  const row = { value };
  keepSentText(row, 'value', value, sentText(holder, key) ?? null);
  return row;
}
