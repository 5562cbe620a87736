import type { Observable } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { SentNumber } from '../../../operators/json/sent-number.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import type { RunContext } from '../../run/source.js';
import { digest } from '../digest.js';
import type { Client } from '../http/http-client.js';
import { isAbsolute, joinUrl, type Query } from '../http/url.js';
import { incrementalValues } from '../pages/incremental.js';
import { listRequest } from '../pages/list-request.js';
import type { ListState } from '../pages/list-state.js';
import type { List } from '../pages/list.js';
import type { Window } from '../pages/windows.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import { secretsOf } from '../secrets/redact.js';
import { fill, fillPath, fillText, sentAt, type LookUp, unusable } from './placeholders.js';
import type { ResolvedResource } from './resolve-resources.js';
import { savePath } from './save-path.js';

/** The rows that a list is asked with, by resource: as far as anything below needs them. */
export interface Lineage {
  rows: Readonly<Record<string, JsonObject>>;
  /**
   * Which row of which answer each of them is: so it is known that two lists are below the same
   * one.
   */
  origins: Readonly<Record<string, Origin>>;
  /** Values that tell this list from others of its resource. */
  keys: readonly Json[];
}

/** What a child's lists are requested with. */
export interface ParentRow {
  lineage: Lineage;
  /** To be called when the child begins with it: it does not wait any more. */
  release: () => void;
}

/** Rows of one page after another, each made when it is taken. */
export type ParentRows = Observable<Iterable<ParentRow>>;

/** A row by its number in an answer, after the processing steps. */
export interface Origin {
  answer: symbol;
  row: number;
}

export const ROOT: Lineage = { rows: {}, origins: {}, keys: [] };

/** The list of a resource for the rows above it and a window (or none). */
export function listOf(
  { resource: { name, limits = {} }, endpoint, defaultParams, fields, stamp }: ResolvedResource,
  { rows, keys }: Lineage,
  window: Window | null,
  client: Client,
  context: RunContext,
): List {
  const { windows, incremental = null, json, data, params = {}, headers = {}, saveAs } = endpoint;
  const own = window === null ? keys : [...keys, window as unknown as Json];
  const parent = listKey(own);
  const kept = context.state(name, parent) as ListState | null;
  const last = kept?.incremental?.lastValue ?? null;
  const values = incremental === null ? null : incrementalValues(incremental, last, name);
  const lookUp: LookUp = ({ from, parent: above, field }) => {
    if (from === 'window') return window?.[field as keyof Window];
    if (from === 'incremental') return values?.[field as keyof typeof values];
    return valueAt(rows, [above as string, field]);
  };
  // What goes into a query or text has no members; of several rows at once, it is the values joined
  // by commas.
  const joined: LookUp = (placeholder) => {
    const value = lookUp(placeholder);
    const parts = Array.isArray(value) ? value : [value];
    if (parts.some((part) => isCompound(part)))
      throw unusable(name, placeholder, 'an object or list');
    return endpoint.groupSize !== undefined && Array.isArray(value)
      ? value.map(String).join(',')
      : value;
  };
  const text = (value: string): string => fillText(value, joined, name);
  const path = fillPath(endpoint.path, joined, name);
  const isOwn = (param: string): boolean =>
    !defaultParams.includes(param) || !isComplete(path, endpoint.path, client.baseUrl);
  const sent = Object.fromEntries(Object.entries(params).filter(([param]) => isOwn(param)));
  const query: Query = {
    ...(fill(sent as JsonObject, joined, name) as Query),
    ...(incremental?.startParam !== undefined && {
      [incremental.startParam]: values?.startValue as Query[string],
    }),
    ...(incremental?.endParam !== undefined && {
      [incremental.endParam]: values?.endValue as Query[string],
    }),
    ...(windows?.startParam !== undefined &&
      window !== null && { [windows.startParam]: window.start }),
    ...(windows?.endParam !== undefined && window !== null && { [windows.endParam]: window.end }),
  };
  const form = typeof data === 'object';
  const mark = markOf(endpoint);
  const found =
    endpoint.paginator === 'auto'
      ? (context.state(name) as ListState | null)?.resource?.paging
      : undefined;
  const paging = found?.mark === mark ? found : undefined;
  const request = {
    url: joinUrl(client.baseUrl, path, query, endpoint.path),
    json: json === undefined ? null : (fill(json, lookUp, name) as JsonObject),
    data:
      data === undefined
        ? null
        : form
          ? formOf(fill(data as JsonObject, joined, name) as Query)
          : text(data),
    headers: {
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(
        Object.entries(headers).map(([header, value]) => [header, text(value)]),
      ),
    },
  };
  return {
    resource: name,
    ...request,
    saveAs: saveAs === undefined ? null : savePath(saveAs, joined, name),
    secrets: [
      ...secretsOf({
        // Those of a whole address are its own: links are signed.
        url: isComplete(path, endpoint.path, client.baseUrl)
          ? joinUrl(client.baseUrl, '', query)
          : request.url,
        headers: request.headers,
        body: request.data ?? (request.json === null ? undefined : printJson(request.json)),
      }),
      ...fields.flatMap(({ parent: above, field, isSecret }) =>
        isSecret
          ? [valueAt(rows, [above, field]) ?? null]
              .flat()
              .filter((value) => typeof value === 'string')
          : [],
      ),
    ],
    ...listRequest(endpoint),
    limits,
    paginator: paging === undefined ? endpoint.paginator : paginatorOf(paging.paginator),
    paging,
    windowed: window !== null,
    mark,
    incremental,
    last,
    parent,
    depth: Object.keys(rows).length,
    stamp: stampOf(stamp, rows),
  };
}

/** What tells a list from others of its resource, as compact JSON; null for the only one. */
export function listKey(keys: readonly Json[]): string | null {
  return keys.length === 0 ? null : printJson(keys.length === 1 ? keys[0] : keys);
}

/**
 * True for a whole address that a row gave, and for one of another host: parameters that all
 * resources have by default are not meant for it, and would break a signature.
 */
function isComplete(path: string, written: string, base: string): boolean {
  return isAbsolute(path) && (path !== written || new URL(path).host !== new URL(base).host);
}

/**
 * Tells one way of asking from another: paging that was found holds for the requests that it was
 * found with, and not when the page size in them has changed, say. A hash, since parameters may
 * hold secrets.
 */
function markOf({
  method = 'GET',
  path,
  params,
  json,
  data,
  dataSelector,
}: ResolvedResource['endpoint']): string {
  return digest(printJson([method, path, params, json, data, dataSelector]), 16);
}

function formOf(fields: Query): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat())
      if (one !== null && one !== undefined) form.append(name, String(one));
  return form.toString();
}

/**
 * What is put on the rows of a resource, from the rows above them: null where a row lacks the
 * field. Null as a whole for nothing.
 */
export function stampOf(
  stamp: ResolvedResource['stamp'],
  rows: Lineage['rows'],
): JsonObject | null {
  const entries = Object.entries(stamp);
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map(([name, { parent, field }]) => [name, valueAt(rows, [parent, field]) ?? null]),
  );
}

/** An object or list, which no text can hold. */
function isCompound(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof SentNumber);
}

/** The fields at these paths of a row, by path; those that it lacks are left out. */
export function picked(row: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => {
      const value = sentAt(row, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
