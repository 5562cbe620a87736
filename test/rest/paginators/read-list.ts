import { joinUrl } from '#src/rest/http/url.js';
import { changedBody } from '#src/rest/paginators/changed-body.js';
import { detectPaginator } from '#src/rest/paginators/detect/detect.js';
import { NO_SIGNS, pageSigns } from '#src/rest/paginators/detect/page-signs.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import type {
  Json,
  JsonObject,
  PageFacts,
  PageSigns,
  Paginator,
  PaginatorConfig,
  RequestChange,
} from 'sluice';
import { pageFacts, valuesAt } from './page-facts.js';

/** A request as a simulated server sees it. */
export interface ReceivedRequest {
  query: URLSearchParams;
  json: JsonObject;
}

/** The response of a simulated server, and the rows in it. */
export interface ServedResponse {
  rows: readonly number[];
  body: Json;
  headers?: Record<string, string>;
}

export interface Read {
  rows: number[];
  requests: number;
  /** Why the list ended. */
  end: string;
  config: PaginatorConfig | null;
}

/**
 * Reads a simulated list as an endpoint does: `auto` takes the paginator from the first page, and
 * circles are errors.
 */
export function readList(
  server: (request: ReceivedRequest) => ServedResponse,
  given: PaginatorConfig,
  {
    query = {},
    json = null,
  }: { query?: Record<string, string | number>; json?: JsonObject | null } = {},
): Read {
  const start = joinUrl('http://local', '/list', query);
  let paginator: Paginator | 'auto' = paginatorOf(given);
  let change: RequestChange = paginator === 'auto' ? {} : paginator.first;
  const got: number[] = [];
  const requested = new Set<string>();
  let before = '';
  let most = 0;
  for (let requests = 1, index = 0; ; requests += 1) {
    const url =
      change.url === undefined
        ? joinUrl(start.href, start.href, change.params)
        : new URL(change.url, start);
    const body = changedBody(json, change);
    const request = `${url.href} ${JSON.stringify(body)}`;
    if (requested.has(request) || requests > 500) throw new Error(`in circles: ${request}`);
    requested.add(request);
    const response = server({ query: url.searchParams, json: body ?? {} });
    const { rows, body: sent, headers = {} } = response;
    let page: PageFacts = pageFacts({
      index,
      rows: rows.length,
      rowsRead: got.length + rows.length,
      maxPageRows: (most = Math.max(most, rows.length)),
      signs: signsOf(sent, rows.length),
      change,
      url,
      headers,
      body: () => sent,
    });
    if (paginator === 'auto') paginator = detectPaginator(page, { url, json: body }).paginator;
    page = { ...page, values: valuesAt(sent, paginator.paths) };
    const shown = JSON.stringify(rows);
    if (rows.length > 0 && shown === before && paginator.isFirstAgain?.(page) === true) {
      index -= 1;
      page = { ...page, index, rowsRead: got.length };
    } else got.push(...rows);
    before = shown;
    const next = paginator.next(page);
    if ('end' in next) return { rows: got, requests, end: next.end, config: paginator.config };
    change = next;
    index += 1;
  }
}

/** What a body says beside its rows, which are under `data` where it is no list. */
function signsOf(body: Json, rows: number): PageSigns {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? pageSigns({ ...body, data: null }, ['data'], rows)
    : NO_SIGNS;
}
