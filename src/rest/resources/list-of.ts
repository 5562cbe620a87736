import { printJson } from '../../../operators/json/print-json.js';
import { SentNumber } from '../../../operators/json/sent-number.js';
import { valueAt } from '../../../operators/json/value-at.js';
import { tableHints } from '../../../operators/schema/table-hints.js';
import { shortened } from '../../../operators/settings/shortened.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { configText } from '../../run/config-text.js';
import { keptCursor } from '../../run/kept-cursor.js';
import type { RunContext } from '../../run/source.js';
import { digest } from '../digest.js';
import type { Client } from '../http/http-client.js';
import { isAbsolute, joinUrl, type Query } from '../http/url.js';
import { incrementalValues } from '../pages/incremental.js';
import { listRequest } from '../pages/list-request.js';
import type { ListState } from '../pages/list-state.js';
import type { List } from '../pages/list.js';
import type { Window } from '../pages/windows.js';
import { asDltPages } from '../paginators/dlt/as-dlt-pages.js';
import { pythonFormat } from '../paginators/dlt/python-format.js';
import { pythonText } from '../paginators/dlt/python-values.js';
import { paginatorOf } from '../paginators/paginator-of.js';
import { secretsOf, withoutSecretFields } from '../secrets/redact.js';
import { isSecretField } from '../secrets/secret-names.js';
import { listKey, type ParentContext, parentValues } from './parent-context.js';
import {
  fill,
  fillPath,
  fillText,
  type LookUp,
  type Placeholder,
  required,
  unusable,
} from './placeholders.js';
import type { ResolvedResource } from './resolve-resources.js';
import { savePath } from './save-path.js';

/**
 * Makes the lists of a resource, each for its parents' rows and a window, null for none. `isAbove`:
 * other resources are read by its rows or responses.
 */
export function listMaker(
  one: ResolvedResource,
  client: Client,
  run: RunContext,
  isAbove: boolean,
): (context: ParentContext, window: Window | null) => List {
  const { endpoint } = one;
  const { primaryKey } = tableHints(one.resource.name, one.resource);
  const same = {
    ...listRequest(endpoint),
    fingerprint: requestFingerprint(endpoint),
    // What is below a row would be requested again with it.
    isMerged: !isAbove && primaryKey.length > 0,
  };
  return (context, window) => listOf(one, same, context, window, { client, run });
}

/** @param same what all lists of the resource have in common */
function listOf(
  {
    resource: { name, limits = {} },
    endpoint,
    defaultParams,
    fields,
    parentFields,
  }: ResolvedResource,
  same: ReturnType<typeof listRequest> & Pick<List, 'fingerprint' | 'isMerged'>,
  { rows, keys }: ParentContext,
  window: Window | null,
  { client, run }: { client: Client; run: RunContext },
): List {
  const { windows, incremental = null, json, data, params = {}, headers = {}, saveAs } = endpoint;
  const { compat = 'sluice' } = run;
  const isDlt = compat === 'dlt';
  const own = window === null ? keys : [...keys, window as unknown as Json];
  const parent = listKey(own);
  const kept = run.state(name, parent) as ListState | null;
  const cursor = kept?.incremental ?? null;
  const values =
    incremental === null
      ? null
      : incrementalValues({ ...incremental, compat }, keptCursor(kept as Json), name);
  const lookUp: LookUp = ({ from, parent: above, field }) => {
    if (from === 'window') return window?.[field as keyof Window];
    if (from === 'incremental') return values?.[field as keyof typeof values];
    return valueAt(rows, [above as string, field]);
  };
  // A query or a text takes single values; the values of a group of rows are joined by commas.
  const joined: LookUp = (placeholder) => {
    const value = lookUp(placeholder);
    const { format } = placeholder;
    if (format !== undefined)
      return (
        pythonFormat(value ?? null, format) ?? unformatted(name, placeholder, value ?? null, format)
      );
    const isGroup = endpoint.groupSize !== undefined && Array.isArray(value);
    if (isDlt && !isGroup) return value === undefined ? value : pythonText(value);
    const parts = Array.isArray(value) ? value : [value];
    if (parts.some((part) => isCompound(part)))
      throw unusable(name, placeholder, 'an object or list');
    return isGroup ? value.map(String).join(',') : value;
  };
  const whole = (placeholder: Placeholder): Json =>
    isDlt ? (lookUp(placeholder) ?? null) : required(placeholder, lookUp, name);
  const text = (value: string): string => fillText(value, joined, name);
  const filled = fillPath(endpoint.path, joined, name, isDlt);
  // dlt sends no fragment.
  const path = isDlt ? filled.replace(/#.*$/s, '') : filled;
  const isOwn = (param: string): boolean =>
    !defaultParams.includes(param) || !isComplete(path, endpoint.path, client.baseUrl);
  const sent = Object.fromEntries(Object.entries(params).filter(([param]) => isOwn(param)));
  const query: Query = {
    ...written(fill(sent as JsonObject, joined, name) as Query, compat),
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
  const found =
    endpoint.paginator === 'auto' && compat === 'sluice'
      ? (run.state(name) as ListState | null)?.resource?.paging
      : undefined;
  const paging = found?.fingerprint === same.fingerprint ? found : undefined;
  const request = {
    // dlt puts a path behind the base whatever it begins with.
    url: joinUrl(client.baseUrl, path, query, isDlt ? '' : endpoint.path),
    json: json === undefined ? null : (fill(json, joined, name, whole) as JsonObject),
    data:
      data === undefined
        ? null
        : form
          ? formOf(written(fill(data as JsonObject, joined, name) as Query, compat))
          : text(data),
    headers: {
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...Object.fromEntries(
        Object.entries(headers).map(([header, value]) => [header, text(value)]),
      ),
    },
  };
  // Written out: to spread objects takes longer than all else here, and there is one for each row.
  return {
    resource: name,
    url: request.url,
    json: request.json,
    data: request.data,
    headers: request.headers,
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
              .flatMap((value) => (value === null || isCompound(value) ? [] : [textOf(value)]))
          : [],
      ),
    ],
    method: same.method,
    dataSelector: same.dataSelector,
    mayBeMissing: same.mayBeMissing,
    rows: same.rows,
    key: same.key,
    format: same.format,
    skipStatus: same.skipStatus,
    endStatus: same.endStatus,
    responseActions: same.responseActions,
    auth: same.auth,
    poll: same.poll,
    repeatable: same.repeatable,
    maxPages: same.maxPages,
    parallelPages: isDlt ? false : same.parallelPages,
    fingerprint: same.fingerprint,
    isMerged: same.isMerged,
    limits,
    compat,
    paginator: paginatorFor(endpoint.paginator, paging, compat),
    paging,
    windowed: window !== null,
    incremental,
    cursor,
    parent,
    depth: Object.keys(rows).length,
    stamp: parentValues(parentFields, rows),
  };
}

/** The declared paginator, or the one that an earlier run detected; with dlt's rules if asked. */
function paginatorFor(
  declared: List['paginator'],
  paging: List['paging'],
  compat: List['compat'],
): List['paginator'] {
  if (paging !== undefined) return paginatorOf(paging.paginator);
  return declared === 'auto' || compat === 'sluice' ? declared : asDltPages(declared);
}

/**
 * True for a whole address that came from a row, and for one of another host. Default parameters of
 * all resources are not meant for it, and would break a signature.
 */
function isComplete(path: string, written: string, base: string): boolean {
  return isAbsolute(path) && (path !== written || new URL(path).host !== new URL(base).host);
}

/**
 * The fingerprint of an endpoint's requests. Detected paging holds for the requests that it was
 * detected with, and not when the page size in them has changed, say. Secrets do not count.
 */
function requestFingerprint({
  method = 'GET',
  path,
  params,
  json,
  data,
  dataSelector,
}: ResolvedResource['endpoint']): string {
  const text = configText(
    [method, path, params, json, data, dataSelector],
    (keys, value) => isSecretField(keys.at(-1) as string, typeof value === 'string' ? value : ''),
    withoutSecretFields,
  );
  return digest(text, 16);
}

function formOf(fields: Query): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat())
      if (one !== null && one !== undefined) form.append(name, String(one));
  return form.toString();
}

/** Parameters as they are sent: with dlt's rules flags are spelled as Python spells them. */
function written(query: Query, compat: List['compat']): Query {
  if (compat === 'sluice') return query;
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(spelled) : spelled(value),
    ]),
  );
}

function spelled<T>(value: T): T | string {
  return typeof value === 'boolean' ? pythonText(value) : value;
}

/** ConfigError for a value that Python cannot format so. */
function unformatted(
  resource: string,
  placeholder: Placeholder,
  value: Json,
  format: string,
): never {
  throw unusable(
    resource,
    placeholder,
    `\`${shortened(pythonText(value), 60)}\`, which \`${format}\` cannot write,`,
  );
}

/** A scalar as an address holds it. */
function textOf(value: Json): string {
  return typeof value === 'string' ? value : printJson(value);
}

/** An object or list, which no text can hold. */
function isCompound(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof SentNumber);
}
