import { describe, expect, it } from 'vitest';
import { locate } from '#operators/json/locate.js';
import { PaginationGuard } from '#src/rest/pages/pagination-guard.js';
import {
  blankDoubt,
  pageMeaning,
  skipMeaning,
  statusDoubt,
} from '#src/rest/pages/response-meaning.js';
import { paginatorOf } from '#src/rest/paginators/paginator-of.js';
import type { Json, PageFacts, Paginator, PaginatorConfig } from 'sluice';
import { pageFacts, valuesAt } from '../paginators/page-facts.js';

interface Sent {
  body: Json;
  facts?: Partial<PageFacts>;
  held?: number;
  total?: number;
  totalPages?: number;
}

/** What the pages of a list mean, one after the other. */
function meanings(config: PaginatorConfig, ...pages: readonly Sent[]) {
  const paginator = paginatorOf(config) as Paginator;
  const guard = new PaginationGuard(new URL('http://local/list'), {
    where: 'Resource orders',
    maxPages: 100,
    withoutSecrets: (text) => text,
  });
  let change = paginator.first;
  guard.begin(change);
  return pages.map(({ body, facts = {}, held = 0, total = null, totalPages = null }, index) => {
    const document = new TextEncoder().encode(JSON.stringify(body));
    const { span } = locate(document, { selectors: ['rows', '@'] });
    const known = pageFacts({
      index,
      rows: span.count,
      rowsRead: (index + 1) * span.count,
      change,
      values: valuesAt(body, paginator.paths),
      ...facts,
    });
    const meaning = pageMeaning(
      { document, body: document, span },
      known,
      { guard, paginator },
      { held, total, totalPages },
    );
    if ('step' in meaning && 'url' in meaning.step) change = meaning.step.change;
    return meaning;
  });
}

const byPage: PaginatorConfig = { type: 'pageNumber', basePage: 1, totalPath: 'pages' };
const sent = (...ids: number[]): Sent => ({ body: { rows: ids } });
const next = (page: number): object => ({ change: { params: { page } } });

describe('a page', () => {
  it('is one of the list where it differs from the one before', () => {
    expect(meanings(byPage, sent(1), sent(2))).toMatchObject([
      { kind: 'page', step: next(2) },
      { kind: 'page', step: next(3) },
    ]);
  });

  it('is held back where it equals the one before', () => {
    expect(meanings(byPage, sent(1), sent(1))[1]).toMatchObject({
      kind: 'held',
      step: next(3),
      isProbe: false,
    });
  });

  it('shows as the third equal one that the API ignores its parameters', () => {
    const third = { ...sent(1), held: 1 };
    expect(meanings(byPage, sent(1), sent(1), third)[2]).toEqual({ kind: 'ignored' });
  });

  it.each([
    [3, 'held'],
    [2, 'ignored'],
  ])('as the third equal one of %i rows in all is %s', (total, kind) => {
    const third = { ...sent(1), held: 1, total };
    expect(meanings(byPage, sent(1), sent(1), third)[2]?.kind).toBe(kind);
  });

  it.each([
    [3, 'held'],
    [2, 'ignored'],
  ])('as the third equal one of %i pages in all is %s', (totalPages, kind) => {
    const third = { ...sent(1), held: 1, totalPages };
    expect(meanings(byPage, sent(1), sent(1), third)[2]?.kind).toBe(kind);
  });

  it('as the 26th equal one shows that the API ignores its parameters, whatever the total', () => {
    const last = { ...sent(1), held: 25, total: 1_000 };
    expect(meanings(byPage, sent(1), sent(1), last)[2]).toEqual({ kind: 'ignored' });
  });

  it('that equals the one before at the stated end is tested by one more request', () => {
    const body = { rows: [1], pages: 2 };
    expect(meanings(byPage, { body }, { body })).toMatchObject([
      { kind: 'page', step: next(2) },
      { kind: 'held', step: next(3), isProbe: true },
    ]);
  });

  it('without rows is never a repeat', () => {
    expect(meanings(byPage, sent(), sent())).toMatchObject([
      { kind: 'page', step: { end: 'empty' } },
      { kind: 'page', step: { end: 'empty' } },
    ]);
  });

  it('is the first one once more where numbers count from 1, and does not count', () => {
    const auto: PaginatorConfig = { type: 'pageNumber', basePage: 'auto', maximumPage: 9 };
    expect(meanings(auto, sent(1), sent(1))).toMatchObject([
      { kind: 'page', step: next(1) },
      { kind: 'first-again', step: next(2) },
    ]);
  });

  it('is the first one once more where a cursor of 0 led back to it', () => {
    const cursor: PaginatorConfig = { type: 'cursor', cursorPath: 'next' };
    const pages = [
      { body: { rows: [1], next: 7 } },
      { body: { rows: [2], next: 0 } },
      { body: { rows: [1], next: 7 } },
    ];
    expect(meanings(cursor, ...pages)).toMatchObject([
      { kind: 'page', step: { change: { params: { cursor: 7 } } } },
      { kind: 'page', step: { change: { params: { cursor: 0 } } } },
      { kind: 'first-again', step: { end: 'no-next' } },
    ]);
  });

  it('may equal the one before where the API names each next page', () => {
    const link: PaginatorConfig = { type: 'jsonLink', nextUrlPath: 'next' };
    const pages = [2, 3, 4].map((page) => ({ body: { rows: [1], next: `?page=${page}` } }));
    expect(meanings(link, ...pages).map(({ kind }) => kind)).toEqual(['page', 'page', 'page']);
  });

  it('is kept where the list cannot be read further', () => {
    const link: PaginatorConfig = { type: 'jsonLink', nextUrlPath: 'next' };
    const pages = [1, 2].map((id) => ({ body: { rows: [id], next: '?page=2' } }));
    expect(meanings(link, ...pages)[1]).toMatchObject({
      kind: 'page',
      step: { fault: { code: 'ERR_SLUICE_PAGINATION' } },
    });
  });
});

describe('a response that has no page', () => {
  const list = { pages: 3, isProbe: false, endStatus: [404] };

  it.each<[string, Parameters<typeof skipMeaning>, ReturnType<typeof skipMeaning>]>([
    [
      'is all of a list without pages',
      [
        { skipped: 'status', status: 403 },
        { ...list, pages: 0 },
      ],
      { end: null, isWhole: false, skipped: 'status' },
    ],
    [
      'in the middle of a list leaves the rest unread',
      [{ skipped: 'action', status: 500 }, list],
      { end: 'skipped', isWhole: false, skipped: 'action' },
    ],
    [
      'in the middle of a list is its end where its status says that nothing is there',
      [{ skipped: 'status', status: 410 }, list],
      { end: 'skipped', isWhole: true, skipped: 'status' },
    ],
    [
      'is the end of its list by `endStatus`',
      [{ skipped: 'end', status: 404 }, list],
      { end: 'status', isWhole: true, skipped: null },
    ],
    [
      'shows that a stated end was right',
      [
        { skipped: 'end', status: 400 },
        { ...list, isProbe: true },
      ],
      { end: 'total', isWhole: true, skipped: null },
    ],
  ])('%s', (_what, given, meaning) => {
    expect(skipMeaning(...given)).toEqual(meaning);
  });
});

describe('the status of the last response', () => {
  it.each<[number, boolean, RegExp | null]>([
    [200, true, null],
    [206, false, /206 \(partial content\)/],
    [202, true, /202 \(accepted\).* Set `poll`/],
    [202, false, null],
  ])('%i (one value that nothing waited for: %s) leaves doubt: %s', (status, isOne, doubt) => {
    const found = statusDoubt(status, isOne);
    if (doubt === null) expect(found).toBeNull();
    else expect(found).toMatch(doubt);
  });
});

describe('a response without a body', () => {
  it.each<[number, number, boolean, boolean, RegExp | null]>([
    [200, 0, false, false, /^the only response has status 200 and an empty body: /],
    [200, 2, false, false, /^page 3 has status 200 and an empty body: /],
    [200, 2, true, false, /, and the page before it names it as the next one: /],
    [200, 2, true, true, null],
    [204, 0, false, false, null],
    [204, 2, false, false, null],
    [204, 2, true, false, /^page 3 has status 204/],
    [204, 2, true, true, null],
  ])(
    'of status %i on page %i (named: %s, may be missing: %s) leaves the doubt %s',
    (status, index, isNamed, mayBeMissing, doubt) => {
      const found = blankDoubt(status, index, { isNamed, mayBeMissing });
      if (doubt === null) expect(found).toBeNull();
      else expect(found).toMatch(doubt);
    },
  );
});
