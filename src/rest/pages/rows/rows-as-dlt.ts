import { SelectError } from '../../../../operators/errors.js';
import { isObject } from '../../../../operators/json/is-object.js';
import { locate } from '../../../../operators/json/locate.js';
import { NO_ROWS } from '../../../../operators/json/no-rows.js';
import { parseJson } from '../../../../operators/json/parse-json.js';
import { pathOf, segments } from '../../../../operators/json/paths.js';
import { printMember } from '../../../../operators/json/print-json.js';
import type { Member } from '../../../../operators/json/select-all.js';
import type { Json, JsonObject } from '../../../../operators/types.js';
import type { ListRequest } from '../list.js';
import { missingAt, namesIn } from '../path-watch.js';
import type { PageRows } from './page-rows.js';
import type { RowPlaces } from './row-places.js';

/**
 * Finds the rows of a response by dlt's rule (`compat: 'dlt'`): one match is the list itself or the
 * only row, null and no match are no rows, several matches are a row each. Source: dlt 1.31,
 * `RESTClient.extract_response`.
 */
export function rowsAsDlt(
  document: Uint8Array,
  { dataSelector, limits }: Pick<ListRequest, 'dataSelector' | 'limits'>,
  { places, index, paths }: { places: RowPlaces; index: number; paths: readonly string[] },
): PageRows {
  const selector = dataSelector?.[0] ?? places.of(document) ?? '@';
  const found = { body: document, isMissing: false, notice: null };
  const valuesBeside = (): PageRows['values'] =>
    locate(document, { selectors: ['@'], paths, limits }).values;
  const missing = (): PageRows => ({
    body: document,
    span: NO_ROWS,
    values: valuesBeside(),
    isMissing: true,
    notice: noticeOf(document, selector, index),
  });
  if (selector.includes('*')) {
    const [first, ...others] = matchesOf(parseJson(document), segments(selector));
    if (first === undefined) return missing();
    // Gathered as a list: one match is what it is itself.
    const text =
      others.length === 0
        ? printMember(first.holder, first.key)
        : `[${[first, ...others].map(({ holder, key }) => printMember(holder, key)).join(',')}]`;
    const body = new TextEncoder().encode(text);
    const { span } = locate(body, { selectors: ['@'], limits });
    return { ...found, body, span, values: valuesBeside() };
  }
  try {
    return { ...found, ...locate(document, { selectors: [selector], paths, limits }) };
  } catch (error) {
    if (error instanceof SelectError) return missing();
    throw error;
  }
}

/**
 * Where dlt looks for rows without a data selector, decided by the first page of each list: the
 * first list with a usual name, else the first list, no deeper than three keys; else all of it.
 * Source: dlt 1.31, `find_response_page_data`.
 */
export function placesAsDlt(): RowPlaces {
  let chosen: string | null = null;
  return {
    of: (body) => (chosen ??= selectorOf(parseJson(body))),
    isEmpty: () => false,
    chosen: () => chosen,
    choose(selector) {
      chosen ??= selector;
    },
  };
}

function selectorOf(body: Json): string {
  if (!isObject(body)) return '@';
  const lists = listsIn(body, []);
  const found = lists.find((keys) => USUAL.has(keys.at(-1) as string)) ?? lists[0];
  return found === undefined ? '@' : pathOf(found);
}

const USUAL: ReadonlySet<string> = new Set([
  'data',
  'items',
  'results',
  'entries',
  'records',
  'rows',
  'entities',
  'payload',
  'content',
  'objects',
  'values',
]);
const DEEPEST = 3;

function listsIn(value: JsonObject, above: readonly string[]): string[][] {
  if (above.length >= DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (Array.isArray(inner)) return [[...above, key]];
    return isObject(inner) ? listsIn(inner, [...above, key]) : [];
  });
}

/** All matches of a path with wildcards, none of them opened. */
function matchesOf(document: Json, keys: readonly string[]): Member[] {
  let members: Member[] = [{ holder: [document], key: '0' }];
  for (const key of keys)
    members = members.flatMap(({ holder, key: own }) => {
      const value = (holder as Record<string, Json>)[own];
      if (typeof value !== 'object' || value === null) return [];
      if (key === '*') return Object.keys(value).map((inner) => ({ holder: value, key: inner }));
      return Object.hasOwn(value, key) ? [{ holder: value, key }] : [];
    });
  return members;
}

function noticeOf(document: Uint8Array, selector: string, index: number): string | null {
  return index > 0
    ? null
    : `\`dataSelector\` is \`${selector}\`, and ${missingAt(selector, namesIn(document))} It counts as no rows, as in dlt.`;
}
