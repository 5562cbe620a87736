import { joinUrl } from '#src/rest/http/url.js';
import { changedBody } from '#src/rest/paginators/changed-body.js';
import { detectPaginator } from '#src/rest/paginators/detect/detect.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import type {
  Json,
  JsonObject,
  PageFacts,
  Paginator,
  PaginatorConfig,
  RequestChange,
} from 'sluice';
import { pageFacts, valuesAt } from './page-facts.js';

/** A request as a simulated server sees it. */
export interface Asked {
  query: URLSearchParams;
  json: JsonObject;
}

/** The answer of a simulated server, and the rows in it. */
export interface Answered {
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
 * Reads a simulated list as an endpoint does: `auto` takes the paginator from the first page,
 * repeated pages are asked about, circles are errors.
 */
export function readList(
  server: (asked: Asked) => Answered,
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
  const asked = new Set<string>();
  let before = '';
  for (let requests = 1, index = 0; ; requests += 1) {
    const url =
      change.url === undefined
        ? joinUrl(start.href, start.href, change.params)
        : new URL(change.url, start);
    const body = changedBody(json, change);
    const request = `${url.href} ${JSON.stringify(body)}`;
    if (asked.has(request) || requests > 500) throw new Error(`in circles: ${request}`);
    asked.add(request);
    const answer = server({ query: url.searchParams, json: body ?? {} });
    let page: PageFacts = pageFacts({
      index,
      rows: answer.rows.length,
      asked: change,
      url,
      headers: answer.headers ?? {},
      body: () => answer.body,
    });
    if (paginator === 'auto') paginator = detectPaginator(page, { url, json: body }).paginator;
    page = { ...page, values: valuesAt(answer.body, paginator.paths) };
    const shown = JSON.stringify(answer.rows);
    const repeats =
      answer.rows.length > 0 && shown === before ? (paginator.onRepeat?.(page) ?? 'fault') : null;
    before = shown;
    if (repeats === 'fault') throw new Error('the page before once more');
    if (repeats === 'end') return { rows: got, requests, end: 'repeat', config: paginator.config };
    if (repeats === 'skip') page.index = index -= 1;
    else got.push(...answer.rows);
    const next = paginator.next(page);
    if ('end' in next) return { rows: got, requests, end: next.end, config: paginator.config };
    change = next;
    index += 1;
  }
}
