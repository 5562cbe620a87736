import { givenMembers } from '../../../operators/settings/given-members.js';
import { below } from '../../../operators/settings/problem.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import type { RestEndpoint } from '../config/rest-config.js';
import type { ResponseAction, ResponseHandler } from '../http/response-actions.js';
import type { Query } from '../http/url.js';
import { isOne } from '../resources/merge-resource.js';
import { bindParams } from './bind-params.js';
import type { DltObject } from './dlt-object.js';
import { type Notes, renamed } from './notes.js';
import { translateAuth } from './translate-auth.js';
import { translateIncremental } from './translate-incremental.js';
import { translatePaginator } from './translate-paginator.js';
import { translatePath } from './translate-path.js';
import { translateText, translateTexts } from './translate-text.js';

interface DltEndpoint {
  headers?: DltObject;
  json?: JsonObject;
  data?: string | Query;
  data_selector?: string;
  paginator?: string | DltObject;
  auth?: string | DltObject | null;
  response_actions?: (DltObject | ResponseHandler)[];
}

/** An endpoint of dlt's as ours, and what it needs beside it. */
export interface TranslatedEndpoint {
  endpoint: RestEndpoint & { path: string };
  /**
   * A name in the path that nothing fills, so that it cannot be requested; null where there is
   * none.
   */
  unfilled: string | null;
}

/** dlt's endpoint (defaults beneath, its path given) as ours. `place` says where a key stands. */
export function translateEndpoint(
  config: DltObject & { path: string },
  baseUrl: string,
  place: (key: string) => string,
  notes: Notes,
): TranslatedEndpoint {
  const {
    params,
    bound,
    incremental: ofParams,
  } = bindParams(
    givenMembers((config['params'] ?? {}) as DltObject),
    config.path,
    place('params'),
    notes,
  );
  const names = [...config.path.replaceAll('{{', '').matchAll(/\{(\w+)\}/g)].map(
    ([, name = '']) => name,
  );
  const missing = names.find((name) => bound(name) === undefined) ?? null;
  const text = (value: string): string =>
    translateText(value, { inPath: false, bound: () => undefined });
  const texts = <T>(key: string, value: T): T | undefined =>
    notes.tried(place(key), () => translateTexts(value, text));
  const path =
    missing === null
      ? notes.tried(place('path'), () => translateText(config.path, { inPath: true, bound }))
      : '';
  const own = config['incremental'] as DltObject | undefined;
  if (own && ofParams)
    notes.problem(place('incremental'), 'there is an incremental param too; give one of them.');
  const limits =
    own === undefined ? ofParams : translateIncremental(own, place('incremental'), notes);
  const {
    json,
    data,
    headers = {},
    data_selector: selector,
    paginator,
    auth,
    response_actions: actions,
  } = config as DltEndpoint;
  const one = isOne(config.path);
  tellOfRequests(config, params, place, notes);
  const endpoint = {
    path: underBase(path ?? '', baseUrl, place('path'), notes),
    ...renamed(config, { method: 'method' }),
    ...(bodyOfGet(config) !== null && { getWithBody: true }),
    params: texts('params', params) ?? {},
    ...(json !== undefined && { json: texts('json', json) }),
    ...(data !== undefined && { data: texts('data', data) }),
    headers: Object.fromEntries(
      Object.entries(givenMembers(texts('headers', headers) ?? {})).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    ...(one && selector === undefined && { dataSelector: '@' }),
    ...pagingOf(paginator, one, place('paginator'), notes),
    ...(selector !== undefined &&
      selector !== '' && {
        dataSelector: notes.tried(place('data_selector'), () =>
          translatePath(selector, { wildcards: true }),
        ),
        mayBeMissing: true,
      }),
    ...(actions !== undefined && {
      responseActions: actionsOf(actions, place('response_actions'), notes),
    }),
    ...(limits !== undefined && { incremental: limits }),
    ...(auth !== undefined && {
      auth: auth === null ? null : translateAuth(auth, place('auth'), notes),
    }),
  };
  return {
    endpoint: endpoint as TranslatedEndpoint['endpoint'],
    unfilled: missing,
  };
}

/** The part of a GET that makes its body; null where it has none. */
function bodyOfGet({ method = 'GET', json, data, paginator }: DltObject): string | null {
  if (method !== 'GET') return null;
  if (json !== undefined) return 'json';
  if (data !== undefined) return 'data';
  return Object.entries(Object(paginator) as object).some(
    ([key, path]) => key.endsWith('_body_path') && path !== null,
  )
    ? 'paginator'
    : null;
}

/** `auto` is no paginator of the endpoint's own in dlt: that of the client counts. */
function pagingOf(
  paginator: DltEndpoint['paginator'],
  one: boolean,
  where: string,
  notes: Notes,
): Pick<RestEndpoint, 'paginator'> {
  if (paginator === undefined) return one ? { paginator: { type: 'single' } } : {};
  const translated = translatePaginator(paginator, where, notes);
  return translated === undefined || translated.type === 'auto' ? {} : { paginator: translated };
}

/** Where requests are other than dlt's. */
function tellOfRequests(
  config: DltObject,
  params: Readonly<Record<string, Json>>,
  place: (key: string) => string,
  notes: Notes,
): void {
  if (/\{[^{}]*[!:][^{}]*\}/.test((config['path'] as string).replaceAll(/\{\{|\}\}/g, '')))
    notes.notice(
      place('path'),
      'what formats a value in a path is left out, as in dlt; formats count in params, headers and bodies.',
    );
  const part = bodyOfGet(config);
  if (part !== null)
    notes.notice(
      place(part),
      'a GET is sent with a body, as dlt does; most APIs read the body of a POST alone.',
    );
  if (config['method'] === 'POST')
    notes.departure(
      place('method'),
      'a POST is not repeated after a fault (5xx, a cut connection), since it might change something; dlt repeats it.',
    );
  for (const [name, value] of Object.entries(params)) {
    if (typeof value === 'boolean')
      notes.departure(
        below(place('params'), name),
        `sent as \`${value}\`; dlt sends it as Python writes it, \`${value ? 'True' : 'False'}\`.`,
      );
  }
}

function actionsOf(
  actions: readonly (DltObject | ResponseHandler)[],
  path: string,
  notes: Notes,
): ResponseAction[] {
  return actions.flatMap((entry, i): ResponseAction[] => {
    if (typeof entry === 'function') return [entry];
    const {
      action,
      content,
      status_code: statusCode,
    } = givenMembers(entry) as { action?: unknown; content?: string; status_code?: number };
    if (
      action === undefined ||
      (action === 'ignore' && statusCode === undefined && (content ?? '') === '')
    ) {
      notes.notice(
        below(path, i),
        content === undefined || action === undefined
          ? 'does nothing, as in dlt: ignoring needs a status_code or content that says which responses.'
          : 'does nothing, since every response contains the empty text; dlt ignores every response by it.',
      );
      return [];
    }
    return [
      {
        ...(statusCode !== undefined && { statusCode }),
        ...(content !== undefined && { content }),
        action,
      } as ResponseAction,
    ];
  });
}

/**
 * A path that repeats the path of the base URL, so that it is not doubled: `api/v1/runs` under
 * `https://…/api/v1` becomes `/api/v1/runs`, which `joinUrl` does not double. dlt glues them
 * together, which no API knows; so does `compat: 'dlt'`.
 */
function underBase(path: string, baseUrl: string, where: string, notes: Notes): string {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl).pathname.replace(/\/+$/, '') : '';
  const rooted = `/${path.replace(/^\/+/, '')}`;
  const repeats =
    base !== '' &&
    !/^https?:\/\//.test(path) &&
    (rooted === base || rooted.startsWith(`${base}/`) || rooted.startsWith(`${base}?`));
  if (!repeats) return path.replace(/^\/+/, '');
  notes.departure(
    where,
    `\`${base}\` is in base_url too; it is requested once, where dlt would request \`${base}${rooted.split('?')[0]}\`.`,
  );
  return rooted;
}
