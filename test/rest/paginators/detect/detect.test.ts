import { describe, expect, it } from 'vitest';
import { detectPaginator } from '#src/rest/paginators/detect/detect.js';
import type { Detected } from '#src/rest/paginators/detect/detected.js';
import type { EndReason, Json, JsonObject, PaginatorConfig, RequestChange } from 'sluice';
import { pageFacts, valuesAt } from '../page-facts.js';

interface First {
  /** Query of the request. */
  query?: string;
  /** JSON body of the request. */
  json?: JsonObject;
  headers?: Record<string, string>;
  body: Json;
  /** @default 2 */
  rows?: number;
}

const ROWS = [{ id: 'a' }, { id: 'b' }];

/** What is detected on a first page, and where the paginator goes from it. */
function look({
  query = '',
  json,
  headers = {},
  body,
  rows = 2,
}: First): Detected & { next: RequestChange | EndReason } {
  const url = new URL(`http://local/list${query}`);
  const page = pageFacts({ headers, rows, url, body: () => body });
  const found = detectPaginator(page, { url, json: json ?? null });
  const next = found.paginator.next({ ...page, values: valuesAt(body, found.paginator.paths) });
  return { ...found, next: 'end' in next ? next.end : next };
}

type Case = [shape: string, first: First, config: PaginatorConfig, next: RequestChange | EndReason];

function holds(
  _shape: string,
  first: First,
  config: PaginatorConfig,
  next: RequestChange | EndReason,
): void {
  const found = look(first);
  expect({ config: found.paginator.config, next: found.next }).toEqual({ config, next });
  expect(found.why).toMatch(/^[`A-Z][^\n]*\.$/);
}

const link = (nextUrlPath: string): PaginatorConfig => ({ type: 'jsonLink', nextUrlPath });
const byCursor = (
  cursorPath: string,
  cursorParam: string,
  hasMorePath?: string,
): PaginatorConfig => ({
  type: 'cursor',
  cursorPath,
  cursorParam,
  ...(hasMorePath !== undefined && { hasMorePath }),
});
const SINGLE: PaginatorConfig = { type: 'single' };

describe('headers', () => {
  it.each<Case>([
    [
      'GitHub',
      {
        headers: {
          link: '<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=9>; rel="last"',
        },
        body: ROWS,
      },
      { type: 'headerLink' },
      { url: 'https://api.github.com/x?page=2' },
    ],
    [
      'Shopify, before anything in the body',
      {
        headers: { link: '<https://x.myshopify.com/p.json?page_info=abc>; rel="next"' },
        body: { products: ROWS, next: '/wrong' },
      },
      { type: 'headerLink' },
      { url: 'https://x.myshopify.com/p.json?page_info=abc' },
    ],
    [
      'the last page of a list with links',
      {
        headers: { link: '<https://x/?page=1>; rel="prev", <https://x/?page=1>; rel="first"' },
        body: ROWS,
      },
      { type: 'headerLink' },
      'no-next',
    ],
    [
      'a link that is not to a page',
      { headers: { link: '</style.css>; rel=preload' }, body: ROWS },
      SINGLE,
      'single',
    ],
    [
      'Azure DevOps',
      { headers: { 'x-ms-continuationtoken': 'tok' }, body: { count: 2, value: ROWS } },
      {
        type: 'headerCursor',
        cursorKey: 'x-ms-continuationtoken',
        cursorParam: 'continuationToken',
      },
      { params: { continuationToken: 'tok' } },
    ],
    [
      'GitLab without links',
      { headers: { 'x-next-page': '2', 'x-page': '1' }, body: ROWS },
      { type: 'headerCursor', cursorKey: 'x-next-page', cursorParam: 'page' },
      { params: { page: '2' } },
    ],
    [
      'the last page of GitLab',
      { headers: { 'x-next-page': '', 'x-page': '3' }, body: ROWS },
      { type: 'headerCursor', cursorKey: 'x-next-page', cursorParam: 'page' },
      'no-next',
    ],
  ])('of %s', holds);
});

describe('links in the body', () => {
  it.each<Case>([
    [
      'Django REST framework',
      { body: { count: 9, next: 'https://x/?page=2', previous: null, results: ROWS } },
      link('next'),
      { url: 'https://x/?page=2' },
    ],
    [
      'Zendesk by offset',
      {
        body: {
          users: ROWS,
          next_page: 'https://x.zendesk.com/users?page=2',
          previous_page: null,
          count: 9,
        },
      },
      link('next_page'),
      { url: 'https://x.zendesk.com/users?page=2' },
    ],
    [
      'Zendesk by cursor',
      {
        body: {
          users: ROWS,
          meta: { has_more: true, after_cursor: 'abc' },
          links: { prev: null, next: 'https://x.zendesk.com/users?page[after]=abc' },
        },
      },
      link('links.next'),
      { url: 'https://x.zendesk.com/users?page[after]=abc' },
    ],
    [
      'JSON:API',
      { body: { data: ROWS, links: { self: 'https://x/', next: 'https://x/?page[number]=2' } } },
      link('links.next'),
      { url: 'https://x/?page[number]=2' },
    ],
    [
      'JSON:API with link objects',
      {
        body: {
          data: ROWS,
          links: { self: { href: '/a' }, next: { href: '/a?page=2', meta: {} } },
        },
      },
      link('links.next.href'),
      { url: '/a?page=2' },
    ],
    [
      'HAL',
      {
        body: {
          _embedded: { orders: ROWS },
          _links: { self: { href: '/o' }, next: { href: '/o?page=2' } },
        },
      },
      link('_links.next.href'),
      { url: '/o?page=2' },
    ],
    [
      'HATEOAS in a list',
      {
        body: {
          items: ROWS,
          links: [
            { rel: 'self', href: '/i' },
            { rel: 'next', href: '/i?page=2' },
          ],
        },
      },
      link("links[?(@.rel=='next')].href"),
      { url: '/i?page=2' },
    ],
    [
      'HATEOAS in a list, last page',
      {
        body: {
          items: ROWS,
          links: [
            { rel: 'self', href: '/i' },
            { rel: 'prev', href: '/i?page=1' },
          ],
        },
      },
      link("links[?(@.rel=='next')].href"),
      'no-next',
    ],
    [
      'FHIR',
      {
        body: {
          resourceType: 'Bundle',
          total: 9,
          link: [
            { relation: 'self', url: '/a' },
            { relation: 'next', url: 'http://x/a2' },
          ],
          entry: ROWS,
        },
      },
      link("link[?(@.relation=='next')].url"),
      { url: 'http://x/a2' },
    ],
    [
      'OData',
      {
        body: {
          '@odata.context': 'x',
          value: ROWS,
          '@odata.nextLink': 'https://graph.microsoft.com/v1.0/users?$skiptoken=x',
        },
      },
      link("['@odata.nextLink']"),
      { url: 'https://graph.microsoft.com/v1.0/users?$skiptoken=x' },
    ],
    [
      'Salesforce',
      {
        body: {
          totalSize: 9,
          done: false,
          nextRecordsUrl: '/services/data/v60.0/query/01g-2000',
          records: ROWS,
        },
      },
      link('nextRecordsUrl'),
      { url: '/services/data/v60.0/query/01g-2000' },
    ],
    [
      'Twilio',
      {
        body: {
          calls: ROWS,
          page: 0,
          page_size: 2,
          next_page_uri: '/2010-04-01/Calls.json?Page=1',
        },
      },
      link('next_page_uri'),
      { url: '/2010-04-01/Calls.json?Page=1' },
    ],
    [
      'Laravel',
      {
        body: {
          current_page: 1,
          data: ROWS,
          last_page: 3,
          next_page_url: 'http://x/?page=2',
          links: [{ url: null, label: '«' }],
          total: 6,
        },
      },
      link('next_page_url'),
      { url: 'http://x/?page=2' },
    ],
    [
      'Facebook',
      {
        body: {
          data: ROWS,
          paging: {
            cursors: { before: 'b', after: 'a' },
            next: 'https://graph.facebook.com/x?after=a',
          },
        },
      },
      link('paging.next'),
      { url: 'https://graph.facebook.com/x?after=a' },
    ],
    [
      'HubSpot',
      {
        body: {
          results: ROWS,
          paging: { next: { after: 'NTI1', link: 'https://api.hubapi.com/x?after=NTI1' } },
        },
      },
      link('paging.next.link'),
      { url: 'https://api.hubapi.com/x?after=NTI1' },
    ],
    [
      'Spotify, last page',
      {
        body: {
          href: 'https://x',
          items: ROWS,
          limit: 20,
          next: null,
          offset: 0,
          previous: null,
          total: 2,
        },
      },
      link('next'),
      'no-next',
    ],
    [
      'a link deep in its envelope',
      { body: { data: ROWS, meta: { pagination: { links: { next: '?page=2' } } } } },
      link('meta.pagination.links.next'),
      { url: '?page=2' },
    ],
    [
      'the link nearest the top',
      { body: { item: { meta: { next: '/wrong' } }, data: ROWS, next: '/right' } },
      link('next'),
      { url: '/right' },
    ],
    [
      'links in rows, which are none of the list’s',
      { body: { data: [{ id: 1, next: '/chapters/2' }] } },
      SINGLE,
      'single',
    ],
    [
      'a key that only begins like next',
      { body: { data: ROWS, nextBillingDate: '2026-01-01', nextSyncToken: 'x' } },
      SINGLE,
      'single',
    ],
  ])('of %s', holds);
});

describe('cursors', () => {
  const post = { json: { limit: 2 } };
  const graph = (query: string): First => ({
    json: { query, variables: { first: 2 } },
    body: {
      data: {
        orders: { nodes: ROWS, pageInfo: { hasNextPage: true, startCursor: 'a', endCursor: 'b' } },
      },
    },
  });
  const PAGE_INFO = {
    type: 'cursor',
    cursorPath: 'data.orders.pageInfo.endCursor',
    cursorBodyPath: 'variables.from',
    hasMorePath: 'data.orders.pageInfo.hasNextPage',
  } as const;

  it.each<Case>([
    [
      'Slack',
      { body: { ok: true, members: ROWS, response_metadata: { next_cursor: 'dXNlcg' } } },
      byCursor('response_metadata.next_cursor', 'cursor'),
      { params: { cursor: 'dXNlcg' } },
    ],
    [
      'Slack, last page',
      { body: { ok: true, members: ROWS, response_metadata: { next_cursor: '' } } },
      byCursor('response_metadata.next_cursor', 'cursor'),
      'no-next',
    ],
    [
      'dlt’s own default',
      { body: { data: ROWS, cursors: { next: 'n' } } },
      byCursor('cursors.next', 'cursor'),
      { params: { cursor: 'n' } },
    ],
    [
      'a null cursor',
      { body: { data: ROWS, next_cursor: null } },
      byCursor('next_cursor', 'cursor'),
      'no-next',
    ],
    [
      'Square',
      { body: { objects: ROWS, cursor: 'c' } },
      byCursor('cursor', 'cursor'),
      { params: { cursor: 'c' } },
    ],
    [
      'a cursor that repeats the one it was requested with',
      { query: '?cursor=now', body: { data: ROWS, cursor: 'now', next_cursor: 'then' } },
      byCursor('next_cursor', 'cursor'),
      { params: { cursor: 'then' } },
    ],
    [
      'a cursor that is only the one that was sent',
      { query: '?cursor=now', body: { data: ROWS, cursor: 'now' } },
      SINGLE,
      'single',
    ],
    [
      'Google',
      { body: { items: ROWS, nextPageToken: 'CAUQAA' } },
      byCursor('nextPageToken', 'pageToken'),
      { params: { pageToken: 'CAUQAA' } },
    ],
    [
      'Google’s newer APIs',
      { body: { rows: ROWS, next_page_token: 't' } },
      byCursor('next_page_token', 'page_token'),
      { params: { page_token: 't' } },
    ],
    [
      'Zoom',
      { body: { page_size: 2, total_records: 9, next_page_token: 't', users: ROWS } },
      byCursor('next_page_token', 'next_page_token'),
      { params: { next_page_token: 't' } },
    ],
    [
      'Jira’s newer search',
      { body: { issues: ROWS, nextPageToken: 't', isLast: false } },
      byCursor('nextPageToken', 'nextPageToken'),
      { params: { nextPageToken: 't' } },
    ],
    [
      'X',
      { body: { data: ROWS, meta: { result_count: 2, next_token: 't' } } },
      byCursor('meta.next_token', 'pagination_token'),
      { params: { pagination_token: 't' } },
    ],
    [
      'AWS',
      { body: { Items: ROWS, NextToken: 't' } },
      byCursor('NextToken', 'NextToken'),
      { params: { NextToken: 't' } },
    ],
    [
      'a continuation token',
      { body: { items: ROWS, continuationToken: 't' } },
      byCursor('continuationToken', 'continuationToken'),
      { params: { continuationToken: 't' } },
    ],
    [
      'Box',
      { body: { entries: ROWS, next_marker: 'm', limit: 2 } },
      byCursor('next_marker', 'marker'),
      { params: { marker: 'm' } },
    ],
    [
      'Reddit',
      { body: { kind: 'Listing', data: { after: 't3_x', before: null, children: ROWS } } },
      byCursor('data.after', 'after'),
      { params: { after: 't3_x' } },
    ],
    [
      'Airtable',
      { body: { records: ROWS, offset: 'itrX/recY' } },
      byCursor('offset', 'offset'),
      { params: { offset: 'itrX/recY' } },
    ],
    [
      'Stripe',
      { body: { object: 'list', url: '/v1/charges', has_more: true, data: ROWS } },
      byCursor('data[-1].id', 'starting_after', 'has_more'),
      { params: { starting_after: 'b' } },
    ],
    [
      'Stripe, last page',
      { body: { object: 'list', url: '/v1/charges', has_more: false, data: ROWS } },
      byCursor('data[-1].id', 'starting_after', 'has_more'),
      'has-more',
    ],
    [
      'OpenAI',
      { body: { object: 'list', data: ROWS, first_id: 'a', last_id: 'b', has_more: true } },
      byCursor('last_id', 'after', 'has_more'),
      { params: { after: 'b' } },
    ],
    [
      'Notion',
      { body: { object: 'list', results: ROWS, next_cursor: 'n', has_more: true } },
      byCursor('next_cursor', 'start_cursor', 'has_more'),
      { params: { start_cursor: 'n' } },
    ],
    [
      'Notion by POST',
      { json: {}, body: { object: 'list', results: ROWS, next_cursor: 'n', has_more: true } },
      {
        type: 'cursor',
        cursorPath: 'next_cursor',
        cursorBodyPath: 'start_cursor',
        hasMorePath: 'has_more',
      },
      { json: { start_cursor: 'n' } },
    ],
    [
      'HubSpot’s search by POST',
      { ...post, body: { total: 9, results: ROWS, paging: { next: { after: '2' } } } },
      { type: 'cursor', cursorPath: 'paging.next.after', cursorBodyPath: 'after' },
      { json: { after: '2' } },
    ],
    [
      'Intercom',
      {
        body: {
          type: 'list',
          conversations: ROWS,
          pages: {
            type: 'pages',
            next: { page: 2, starting_after: 's' },
            page: 1,
            per_page: 2,
            total_pages: 3,
          },
        },
      },
      byCursor('pages.next.starting_after', 'starting_after'),
      { params: { starting_after: 's' } },
    ],
    [
      'Pipedrive',
      {
        body: {
          data: ROWS,
          additional_data: {
            pagination: { start: 0, limit: 2, more_items_in_collection: true, next_start: 2 },
          },
        },
      },
      byCursor(
        'additional_data.pagination.next_start',
        'start',
        'additional_data.pagination.more_items_in_collection',
      ),
      { params: { start: 2 } },
    ],
    [
      'Kaminari',
      { body: { items: ROWS, meta: { current_page: 1, next_page: 2, total_pages: 3 } } },
      byCursor('meta.next_page', 'page'),
      { params: { page: 2 } },
    ],
    [
      'Kaminari, last page',
      { body: { items: ROWS, meta: { current_page: 1, next_page: null, total_pages: 1 } } },
      byCursor('meta.next_page', 'page'),
      'no-next',
    ],
    [
      'a next number beside this page’s',
      { body: { items: ROWS, page: 1, next: 2 } },
      byCursor('next', 'page'),
      { params: { page: 2 } },
    ],
    [
      'Coalesce, when it names the parameter',
      { body: { data: ROWS, next: 1453, total: null, startingFrom: null } },
      byCursor('next', 'startingFrom'),
      { params: { startingFrom: 1453 } },
    ],
    [
      'a cursor sent by its parameter',
      { query: '?startingFrom=0', body: { data: ROWS, next: 1453 } },
      byCursor('next', 'startingFrom'),
      { params: { startingFrom: 1453 } },
    ],
    [
      '0, which is a cursor',
      { body: { data: ROWS, startingFrom: null, next: 0 } },
      byCursor('next', 'startingFrom'),
      { params: { startingFrom: 0 } },
    ],
    [
      'GraphQL with a variable for it',
      graph(
        'query ($first: Int, $from: String) { orders(first: $first, after: $from) { nodes { id } } }',
      ),
      PAGE_INFO,
      { json: { 'variables.from': 'b' } },
    ],
    [
      'a flag that ends it though there is a cursor',
      { body: { data: ROWS, page_info: { end_cursor: 'b', has_next_page: false } } },
      byCursor('page_info.end_cursor', 'after', 'page_info.has_next_page'),
      'has-more',
    ],
  ])('of %s', holds);

  it.each<[string, First, RegExp]>([
    [
      'Coalesce',
      { body: { data: ROWS, next: 1453, total: null } },
      /`next` is the next cursor, but nothing names the parameter.*cursorPath 'next'/,
    ],
    [
      'GraphQL without a variable for it',
      graph('{ orders(first: 2) { nodes { id } } }'),
      /`data.orders.pageInfo.endCursor` is the next cursor, but nothing names the parameter/,
    ],
  ])('without a known parameter (%s) are reported, not guessed', (_what, first, why) => {
    const found = look(first);
    expect(found).toMatchObject({
      next: 'single',
      incomplete: true,
      lasting: false,
      why: expect.stringMatching(why) as string,
    });
    expect(found.why).not.toContain('1453');
  });
});

describe('page numbers', () => {
  const numbered = (
    config: Omit<PaginatorConfig & { type: 'pageNumber' }, 'type'>,
  ): PaginatorConfig => ({ type: 'pageNumber', ...config });

  it.each<Case>([
    [
      'an echo of 1',
      { body: { page: 1, pages: 3, total: 6, items: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'pages', totalRowsPath: 'total' }),
      { params: { page: 2 } },
    ],
    [
      'an echo of 0 (Spring)',
      { body: { content: ROWS, number: 0, size: 2, totalPages: 3, totalElements: 6, last: false } },
      numbered({
        basePage: 0,
        pageParam: 'page',
        totalPath: 'totalPages',
        totalRowsPath: 'totalElements',
      }),
      { params: { page: 1 } },
    ],
    [
      'Spring’s page object',
      { body: { content: ROWS, page: { size: 2, number: 0, totalElements: 6, totalPages: 3 } } },
      numbered({
        basePage: 0,
        pageParam: 'page',
        totalPath: 'page.totalPages',
        totalRowsPath: 'page.totalElements',
      }),
      { params: { page: 1 } },
    ],
    [
      'an echo under another spelling',
      { body: { pageNumber: 1, totalPages: 3, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'pageNumber', totalPath: 'totalPages' }),
      { params: { pageNumber: 2 } },
    ],
    [
      'current_page and last_page',
      { body: { current_page: 1, last_page: 3, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'last_page' }),
      { params: { page: 2 } },
    ],
    [
      'a page of so many',
      { body: { page: 1, of: 3, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'of' }),
      { params: { page: 2 } },
    ],
    [
      'a page out of so many',
      { body: { paging: { currentPage: 1, outOf: 3 }, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'paging.outOf' }),
      { params: { page: 2 } },
    ],
    [
      'a page object with its number and how many there are',
      { body: { page: { number: 1, of: 3 }, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'page.of' }),
      { params: { page: 2 } },
    ],
    [
      'the current page and the last one',
      { body: { pagination: { current: 1, last: 3 }, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'pagination.last' }),
      { params: { page: 2 } },
    ],
    [
      'page and pages',
      { body: { page: 1, pages: 3, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'pages' }),
      { params: { page: 2 } },
    ],
    [
      "the last page's number in other words",
      { body: { page: 1, last_page_number: 3, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', totalPath: 'last_page_number' }),
      { params: { page: 2 } },
    ],
    [
      'a last page’s number that counts from 0, which is not the number of pages',
      { body: { page: 0, lastPage: 3, data: ROWS } },
      numbered({ basePage: 0, pageParam: 'page' }),
      { params: { page: 1 } },
    ],
    [
      'a number of pages alone',
      { body: { total_pages: 3, data: ROWS } },
      numbered({ basePage: 'auto', pageParam: 'page', totalPath: 'total_pages' }),
      { params: { page: 1 } },
    ],
    [
      'a number of pages that was reached',
      { body: { total_pages: 1, data: ROWS } },
      numbered({ basePage: 'auto', pageParam: 'page', totalPath: 'total_pages' }),
      'total',
    ],
    [
      'pages.total',
      { body: { pages: { total: 3, current: 1 }, data: ROWS } },
      numbered({ basePage: 'auto', pageParam: 'page', totalPath: 'pages.total' }),
      { params: { page: 1 } },
    ],
    [
      'an echo and a flag',
      { body: { page: 1, has_more: true, data: ROWS } },
      numbered({ basePage: 1, pageParam: 'page', hasMorePath: 'has_more' }),
      { params: { page: 2 } },
    ],
    [
      'Coassemble, a bare list requested by number',
      { query: '?page=0&length=2', body: ROWS },
      numbered({ basePage: 0, pageParam: 'page' }),
      { params: { page: 1 } },
    ],
    [
      'a page parameter with a size',
      { query: '?page=1&per_page=2', body: ROWS },
      numbered({ basePage: 1, pageParam: 'page', size: 2, sizeParam: 'per_page' }),
      { params: { page: 2, per_page: 2 } },
    ],
    [
      'a list requested from page 4 on',
      { query: '?p=4', body: { data: ROWS, pages: 9 } },
      numbered({ basePage: 1, page: 4, pageParam: 'p', totalPath: 'pages' }),
      { params: { p: 5 } },
    ],
    [
      'JSON:API’s page[number]',
      { query: '?page[number]=1&page[size]=2', body: { data: ROWS, meta: { total_pages: 3 } } },
      numbered({
        basePage: 1,
        pageParam: 'page[number]',
        size: 2,
        sizeParam: 'page[size]',
        totalPath: 'meta.total_pages',
      }),
      { params: { 'page[number]': 2, 'page[size]': 2 } },
    ],
    [
      'a page in the body of the request',
      { json: { paging: { page: 1, limit: 2 } }, body: { data: ROWS, pages: 3 } },
      numbered({
        basePage: 1,
        pageBodyPath: 'paging.page',
        size: 2,
        sizeBodyPath: 'paging.limit',
        totalPath: 'pages',
      }),
      { json: { 'paging.page': 2, 'paging.limit': 2 } },
    ],
    [
      'a record with a field page',
      { body: { id: 7, title: 'x', page: 1, total: 40 }, rows: 1 },
      SINGLE,
      'single',
    ],
    [
      'a page number that was not requested',
      { body: { data: ROWS, page: 12, total: 2 } },
      SINGLE,
      'single',
    ],
    ['pages that are no number', { body: { data: ROWS, pages: ['a', 'b'] } }, SINGLE, 'single'],
  ])('of %s', holds);
});

describe('offsets', () => {
  const by = (config: Omit<PaginatorConfig & { type: 'offset' }, 'type'>): PaginatorConfig => ({
    type: 'offset',
    ...config,
  });
  const plain = { offset: 0, offsetParam: 'offset', limitParam: 'limit' };

  it.each<Case>([
    [
      'Assembled',
      { body: { people: { a: {}, b: {} }, total: 9, limit: 2, offset: 0 } },
      by({ ...plain, limit: 2, totalPath: 'total' }),
      { params: { limit: 2, offset: 2 } },
    ],
    [
      'Assembled without people',
      { body: { people: {}, total: 0, limit: 2, offset: 0 }, rows: 0 },
      by({ ...plain, limit: 2, totalPath: 'total' }),
      'empty',
    ],
    [
      'Jira',
      { body: { startAt: 0, maxResults: 2, total: 9, issues: ROWS } },
      by({
        limit: 2,
        offset: 0,
        offsetParam: 'startAt',
        limitParam: 'maxResults',
        totalPath: 'total',
      }),
      { params: { maxResults: 2, startAt: 2 } },
    ],
    [
      'DummyJSON',
      { body: { products: ROWS, total: 9, skip: 0, limit: 2 } },
      by({ limit: 2, offset: 0, offsetParam: 'skip', limitParam: 'limit', totalPath: 'total' }),
      { params: { limit: 2, skip: 2 } },
    ],
    [
      'OData requested with $skip and $top',
      { query: '?$skip=0&$top=2', body: { '@odata.count': 9, value: ROWS } },
      by({
        limit: 2,
        offset: 0,
        offsetParam: '$skip',
        limitParam: '$top',
        totalPath: "['@odata.count']",
      }),
      { params: { $top: 2, $skip: 2 } },
    ],
    [
      'Solr',
      {
        body: {
          responseHeader: { status: 0, params: { q: '*', rows: '2' } },
          response: { numFound: 9, start: 0, docs: ROWS },
        },
      },
      by({
        limit: 2,
        offset: 0,
        offsetParam: 'start',
        limitParam: 'rows',
        totalPath: 'response.numFound',
      }),
      { params: { rows: 2, start: 2 } },
    ],
    [
      'SCIM, which counts rows from 1',
      { body: { totalResults: 9, startIndex: 1, itemsPerPage: 2, Resources: ROWS } },
      by({
        limit: 2,
        offset: 1,
        offsetParam: 'startIndex',
        limitParam: 'count',
        totalPath: 'totalResults',
      }),
      { params: { count: 2, startIndex: 3 } },
    ],
    [
      'a count that is the list’s',
      { body: { count: 9, offset: 0, limit: 2, data: ROWS } },
      by({ ...plain, limit: 2, totalPath: 'count' }),
      { params: { limit: 2, offset: 2 } },
    ],
    [
      'a count that may be the page’s, which ends nothing',
      { body: { count: 2, offset: 0, limit: 2, data: ROWS } },
      by({ ...plain, limit: 2 }),
      { params: { limit: 2, offset: 2 } },
    ],
    [
      'a limit that the server lowered: what was requested stays',
      { query: '?limit=500', body: { offset: 0, limit: 2, total: 9, data: ROWS } },
      by({ ...plain, limit: 500, totalPath: 'total' }),
      { params: { limit: 500, offset: 2 } },
    ],
    [
      'an offset that was sent',
      { query: '?offset=4&limit=2', body: ROWS },
      by({ ...plain, limit: 2, offset: 4 }),
      { params: { limit: 2, offset: 6 } },
    ],
    [
      'a flag',
      { body: { offset: 0, limit: 2, hasMore: true, data: ROWS } },
      by({ ...plain, limit: 2, hasMorePath: 'hasMore' }),
      { params: { limit: 2, offset: 2 } },
    ],
    [
      'Elasticsearch',
      { body: { took: 1, hits: { total: { value: 9, relation: 'eq' }, hits: ROWS } } },
      by({
        limit: 2,
        offset: 0,
        offsetParam: 'from',
        limitParam: 'size',
        totalPath: 'hits.total.value',
      }),
      { params: { size: 2, from: 2 } },
    ],
    [
      'Elasticsearch requested by POST',
      {
        json: { query: { match_all: {} }, size: 2 },
        body: { took: 1, hits: { total: 9, hits: ROWS } },
      },
      by({
        limit: 2,
        offset: 0,
        offsetBodyPath: 'from',
        limitBodyPath: 'size',
        totalPath: 'hits.total',
      }),
      { json: { size: 2, from: 2 } },
    ],
    [
      'a start and end in time, which are no offsets',
      { query: '?start=1700000000&limit=2', body: { data: ROWS } },
      SINGLE,
      'single',
    ],
  ])('of %s', holds);
});

describe('one page', () => {
  it.each<[string, First, boolean, RegExp]>([
    ['a bare list', { body: ROWS }, false, /^Nothing .* names other pages/],
    ['an object', { body: { id: 1, name: 'x' }, rows: 1 }, false, /^Nothing/],
    ['a scalar', { body: 'ok', rows: 1 }, false, /^Nothing/],
    [
      'a list as long as requested',
      { query: '?limit=2', body: ROWS },
      false,
      /As many rows came as were requested \(2, as parameter `limit`\)/,
    ],
    [
      'a flag and nothing to go on with',
      { body: { has_more: true, data: ROWS } },
      true,
      /`has_more` says that there is more/,
    ],
    [
      'a total and nothing to go on with',
      { body: { total_items: 9, lists: ROWS } },
      true,
      /`total_items` states 9 rows and 2 came/,
    ],
    ['a total that is read', { body: { total_items: 2, lists: ROWS } }, false, /^Nothing/],
    [
      'a null next that the total contradicts',
      { body: { next: null, total: 9, data: ROWS } },
      true,
      /`total` states 9 rows/,
    ],
  ])('of %s says whether it is all', (_what, first, incomplete, why) => {
    expect(look(first)).toMatchObject({
      next: 'single',
      incomplete,
      lasting: false,
      why: expect.stringMatching(why) as string,
    });
  });
});

describe('what may be kept for later runs', () => {
  it.each<[string, First, boolean]>([
    ['a link', { body: { data: ROWS, next: '/2' } }, true],
    [
      'a place for links alone, though it is null',
      { body: { data: ROWS, links: { next: null } } },
      true,
    ],
    ['a null `next`, which may become a cursor', { body: { data: ROWS, next: null } }, false],
    ['a null `next_cursor`', { body: { data: ROWS, next_cursor: null } }, true],
    ['a null `after`, which may be a filter', { body: { data: ROWS, after: null } }, false],
    ['an offset', { body: { offset: 0, limit: 2, total: 9, data: ROWS } }, true],
    [
      'an offset with nothing that states a limit',
      { body: { offset: 0, total: 0, data: [] }, rows: 0 },
      false,
    ],
    [
      'an offset whose limit is only the number of rows that came',
      { body: { offset: 0, total: 9, data: ROWS } },
      false,
    ],
    [
      'an offset and a limit that was sent',
      { query: '?limit=2', body: { offset: 0, total: 9, data: ROWS } },
      true,
    ],
    ['one page, which may be the first of two tomorrow', { body: ROWS }, false],
  ])('%s', (_what, first, lasting) => {
    expect(look(first).lasting).toBe(lasting);
  });
});
