import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, PaginatorLike } from 'sluice';
import { type ReceivedRequest, type ServedResponse, serve } from '../../support/local-server.js';
import { type Described, type ListRead, readList } from './list-of.js';

/** A service with one list. What it sends for a request never changes. */
interface Service {
  rows: number;
  /** Rows that are requested on a page, and the most that are given. */
  limit: number;
  cap: number;
  paging: keyof typeof PAGINGS;
  /** What the pages state of the list, by their number. */
  states: 'right' | 'first' | 'high' | 'low' | 'shrinking' | 'growing' | 'late' | 'nothing';
  at: 'body' | 'header';
  echo: 'nothing' | 'limit' | 'cap';
  /** A page that lacks its last row, one that begins with the last row of the page before it. */
  short: number;
  overlapping: number;
  /** A page that equals the one before it. */
  same: number;
  broken: number;
  status: 404 | 500;
  /** What comes behind the last page. */
  behind: 'empty' | 'again' | 404;
  hasFlag: boolean;
  /** Turns of the event loop after which each page is sent: they overtake each other. */
  turns: number[];
}

const NEVER = 99;
const PAGINGS = {
  offset: ({ limit }: Service): PaginatorLike => ({ type: 'offset', limit, totalPath: 'total' }),
  'offset without a total': ({ limit }: Service): PaginatorLike => ({ type: 'offset', limit }),
  'offset with a flag': ({ limit }: Service): PaginatorLike => ({
    type: 'offset',
    limit,
    totalPath: 'total',
    hasMorePath: 'has_more',
  }),
  page: (): PaginatorLike => ({ type: 'pageNumber', totalRowsPath: 'total' }),
  'page of many': (): PaginatorLike => ({ type: 'pageNumber', basePage: 1, totalPath: 'pages' }),
  'page from somewhere': (): PaginatorLike => ({
    type: 'pageNumber',
    basePage: 'auto',
    totalPath: 'pages',
  }),
  'page that ends short': ({ limit }: Service): PaginatorLike => ({
    type: 'pageNumber',
    size: limit,
    shortPageEnds: true,
  }),
  auto: (): PaginatorLike => 'auto',
};

const rarely = (most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(NEVER) }, { arbitrary: fc.nat(most), weight: 1 });

const services: fc.Arbitrary<Service> = fc.record({
  rows: fc.integer({ min: 0, max: 30 }),
  limit: fc.integer({ min: 1, max: 6 }),
  cap: fc.oneof(fc.constant(NEVER), fc.integer({ min: 1, max: 6 })),
  paging: fc.constantFrom(...(Object.keys(PAGINGS) as (keyof typeof PAGINGS)[])),
  states: fc.constantFrom(
    'right',
    'right',
    'right',
    'first',
    'high',
    'low',
    'shrinking',
    'growing',
    'late',
    'nothing',
  ),
  at: fc.constantFrom('body', 'header'),
  echo: fc.constantFrom('nothing', 'limit', 'cap'),
  short: rarely(6),
  overlapping: rarely(6),
  same: rarely(6),
  broken: rarely(8),
  status: fc.constantFrom(404, 500),
  behind: fc.constantFrom<Service['behind'][]>('empty', 'empty', 'again', 404),
  hasFlag: fc.boolean(),
  turns: fc.array(fc.nat(12), { minLength: 4, maxLength: 4 }),
});

function stated(count: number, page: number, states: Service['states']): number | null {
  const late = page >= 2 ? 1 : 0;
  return {
    right: count,
    first: page === 0 ? count : null,
    high: count + 3,
    low: Math.max(0, count - 2),
    shrinking: Math.max(0, count - late),
    growing: count + late,
    late: late === 0 ? null : count,
    nothing: null,
  }[states];
}

/** The page that a request is for, and its rows. */
function pageOf(service: Service, query: URLSearchParams): { page: number; ids: number[] } {
  const { rows, limit, cap, paging, short, overlapping, same, behind } = service;
  const size = Math.min(Number(query.get('limit') ?? limit), cap);
  const base = paging === 'page of many' || paging === 'page from somewhere' ? 1 : 0;
  const number = Math.max(0, Number(query.get('page') ?? base) - base);
  const isOffset = query.has('offset') || paging.startsWith('offset');
  let from = isOffset ? Number(query.get('offset') ?? 0) : number * size;
  const page = Math.floor(from / size);
  if (from >= rows && rows > 0 && behind === 'again') from = Math.floor((rows - 1) / size) * size;
  if (page === same && page > 0) from -= size;
  const begin = page === overlapping && page > 0 ? from - 1 : from;
  const end = Math.min(rows, from + size) - (page === short ? 1 : 0);
  const ids = Array.from({ length: Math.max(0, end - begin) }, (_row, i) => begin + i);
  return { page, ids };
}

function respond(service: Service, { query }: ReceivedRequest): ServedResponse {
  const { rows, limit, cap, states, at, echo, broken, status, behind, hasFlag } = service;
  const { page, ids } = pageOf(service, query);
  if (page === broken) return { status, json: { message: 'broken' } };
  const size = Math.min(limit, cap);
  if (page * size >= rows && page > 0 && behind === 404) return { status: 404, json: {} };
  const total = stated(rows, page, states);
  const pages = stated(Math.ceil(rows / size), page, states);
  return {
    json: {
      items: ids.map((id) => ({ id })),
      ...(at === 'body' && total !== null && { total }),
      ...(pages !== null && { pages }),
      ...(hasFlag && { has_more: (page + 1) * size < rows }),
      ...(echo === 'limit' && { limit }),
      ...(echo === 'cap' && { limit: size }),
    },
    headers: { ...(at === 'header' && total !== null && { 'x-total-count': String(total) }) },
  };
}

/** What a read gave, without why pages were not requested at once any more. */
function comparable({ pages, end, verdict, error, notices }: ListRead): object {
  const { fallback, ...rest } = end ?? {};
  return {
    pages: pages.map(({ next, ...page }) => ({ ...page, next: withoutFallback(next) })),
    end: rest,
    verdict,
    error: error === null ? null : (error as Error).message,
    notices: notices.filter((notice) => !notice.includes('one after another')),
    ...(fallback !== undefined && notices.filter((notice) => notice.includes(fallback)).length !== 1
      ? { unreported: fallback }
      : {}),
  };
}

function withoutFallback(next: Json): Json {
  if (next === null) return null;
  const { list, check: _check, ...position } = next as { list: { fallback?: string }; check: Json };
  const { fallback: _fallback, ...known } = list;
  return { ...position, list: known };
}

describe('pages that are requested at once', () => {
  it(
    'are the pages, positions, end and verdict of one after another',
    { timeout: 120_000 },
    async () => {
      const known: Service[] = [];
      const server = await serve(async (request) => {
        const service = known[Number(request.path.slice(1))] as Service;
        const { page } = pageOf(service, request.query);
        const turns = service.turns[page % service.turns.length] as number;
        for (let i = 0; i < turns; i += 1) await turn();
        return respond(service, request);
      });
      let most = 0;
      await fc.assert(
        fc.asyncProperty(services, async (service) => {
          const described: Described = {
            url: `${server.url}/${known.push(service) - 1}`,
            dataSelector: 'items',
            // A machine that is busy may break a connection.
            client: { retry: { attempts: 3, baseMs: 1 } },
            paginator: PAGINGS[service.paging](service),
          };
          const one = await readList({ ...described, parallelPages: false });
          const proven = await readList(described);
          expect(comparable(proven)).toEqual(comparable(one));
          if (described.paginator === 'auto') return;
          const forced = await readList({ ...described, parallelPages: 3 });
          expect(comparable(forced)).toEqual(comparable(one));
          expect(forced.end?.fallback).toBeUndefined();
          most = Math.max(most, proven.mostInFlight, forced.mostInFlight);
          expect(one.mostInFlight).toBe(1);
        }),
        { numRuns: 150 },
      );
      expect(most).toBeGreaterThanOrEqual(4);
    },
  );
});
