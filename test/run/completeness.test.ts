import { describe, expect, it } from 'vitest';
import { completenessTally } from '#src/run/completeness.js';
import { listFinding } from '#src/run/list-finding.js';
import { trace } from '#src/run/trace.js';
import type { ListEnd, SourceEvent } from 'sluice';

const list = (about: Partial<ListEnd> = {}): ListEnd => ({
  kind: 'done',
  resource: 'orders',
  parent: null,
  end: 'no-next',
  pages: 3,
  rows: 250,
  declared: null,
  pageSize: null,
  maxPageRows: 100,
  lastPageRows: 50,
  autoDetected: false,
  nextMissing: false,
  ...about,
});
const skip = (about: Partial<Extract<SourceEvent, { kind: 'skip' }>> = {}): SourceEvent => ({
  kind: 'skip',
  resource: 'orders',
  parent: null,
  index: 0,
  status: 404,
  reason: 'status',
  ...about,
});
const verdictOf = (...events: SourceEvent[]) => {
  const tally = completenessTally('orders');
  for (const event of events) tally.add(event);
  return tally.result();
};

describe('a list is proven to be whole', () => {
  it.each<[string, Partial<ListEnd>]>([
    ['when the API names no next page', { end: 'no-next' }],
    ['when the API says that there are no more', { end: 'has-more' }],
    ['when what it declared was read', { end: 'total', declared: { rows: 250 } }],
    ['by an empty page behind full ones', { end: 'empty', lastPageRows: 0 }],
    [
      'by a short page of an API that fills its pages',
      { end: 'short', pageSize: 100, lastPageRows: 50 },
    ],
    [
      'when its one page has no number of rows at which APIs cut',
      { end: 'single', pages: 1, rows: 37, maxPageRows: 37, lastPageRows: 37 },
    ],
    [
      'when it has no rows at all',
      { end: 'single', pages: 1, rows: 0, maxPageRows: 0, lastPageRows: 0 },
    ],
    [
      'when its paging was declared as none',
      { end: 'single', pages: 1, rows: 100, maxPageRows: 100, lastPageRows: 100 },
    ],
    [
      'where nothing names a next page behind several',
      { end: 'no-next', nextMissing: true, lastPageRows: 100 },
    ],
    ['by its total, though a response was skipped', { end: 'skipped', declared: { rows: 250 } }],
    ['by its total, however it ended', { end: 'repeat', declared: { rows: 250 } }],
    ['when the function of its user says so', { end: 'custom' }],
    ['by a status behind its last page', { end: 'status' }],
    ['for a parent that has such a status at once', { end: 'status', pages: 0, parent: '1' }],
    [
      'by its total, though a cursor is on its last page',
      { declared: { rows: 250 }, more: { by: 'next', what: '`next`' } },
    ],
  ])('%s', (_what, about) => {
    expect(listFinding(list(about))).toBeNull();
  });
});

describe('a list is not proven to be whole', () => {
  it.each<[string, Partial<ListEnd>, RegExp]>([
    [
      'when its one page is exactly full',
      {
        end: 'single',
        autoDetected: true,
        pages: 1,
        rows: 100,
        maxPageRows: 100,
        lastPageRows: 100,
      },
      /one page of exactly 100 rows/,
    ],
    [
      'when its one page has as many rows as were requested',
      {
        end: 'single',
        autoDetected: true,
        pageSize: 7,
        pages: 1,
        rows: 7,
        maxPageRows: 7,
        lastPageRows: 7,
      },
      /as many rows came as were requested \(7\)/,
    ],
    [
      'when its one page is full and its link or cursor is nowhere',
      {
        end: 'no-next',
        nextMissing: true,
        pages: 1,
        rows: 100,
        maxPageRows: 100,
        lastPageRows: 100,
      },
      /is its path right\?/,
    ],
    [
      'when a response in its middle was skipped',
      { end: 'skipped' },
      /in the middle of a list was skipped/,
    ],
    [
      'when the API sends fewer rows than requested, in a round number',
      { end: 'short', pageSize: 500, pages: 1, rows: 100, maxPageRows: 100, lastPageRows: 100 },
      /500 rows were requested on a page and 100 came/,
    ],
    [
      'when reading stopped at the configured maximum',
      { end: 'maximum' },
      /stopped at the configured maximum/,
    ],
    ['when its first page has a status of an end', { end: 'status', pages: 0 }, /endStatus/],
    [
      'when it gave more rows than declared',
      { declared: { rows: 249 } },
      /declared 249 rows and gave 250/,
    ],
    [
      'when its total is an estimate',
      { declared: { rows: 250, isEstimate: true } },
      /only estimates/,
    ],
    [
      'when a flag contradicts a total that was read',
      { declared: { rows: 250 }, more: { by: 'flag', what: '`more` is true' } },
      /`more` is true/,
    ],
    [
      'when an empty page has a link to a next one',
      {
        end: 'empty',
        lastPageRows: 0,
        more: { by: 'next', what: 'the header Link has a next page' },
      },
      /header Link/,
    ],
    [
      'when the API ignores paging and gives a round number of rows',
      { end: 'repeat', rows: 100, lastPageRows: 100 },
      /ignores paging and gave 100 rows/,
    ],
    [
      'when the API ignores paging and gives as many rows as were requested',
      { end: 'repeat', pageSize: 7, rows: 7, lastPageRows: 7 },
      /ignores paging and gave 7 rows/,
    ],
  ])('%s', (_what, about, reason) => {
    expect(listFinding(list(about))).toMatchObject({
      verdict: 'unproven',
      reason: expect.stringMatching(reason) as string,
    });
  });
});

describe('a list lacks something', () => {
  it.each<[string, Partial<ListEnd>, RegExp]>([
    [
      'when the API declared more rows than it gave',
      { end: 'empty', declared: { rows: 251 } },
      /declared 251 rows and gave 250/,
    ],
    [
      'when the API says that there is more, and not how to request it',
      { end: 'lost' },
      /not how to request it/,
    ],
    [
      'when its last page says that there is more',
      { more: { by: 'flag', what: '`more` is true' } },
      /`more` is true/,
    ],
    ['when the API reports errors', { fault: '`errors` is [1]' }, /`errors` is \[1\]/],
    [
      'when the API declared more pages than were read',
      { end: 'empty', declared: { pages: 4 } },
      /declared 4 pages and 3 were read/,
    ],
  ])('%s', (_what, about, reason) => {
    expect(listFinding(list(about))).toMatchObject({
      verdict: 'incomplete',
      reason: expect.stringMatching(reason) as string,
    });
  });
});

describe('the verdict on a resource', () => {
  it('is that of its worst list, and counts repeated reasons', () => {
    const short = list({ end: 'maximum' });
    expect(verdictOf(list(), short, short)).toEqual({
      resource: 'orders',
      verdict: 'unproven',
      reasons: ['reading stopped at the configured maximum; there may be more (2 times)'],
      lists: 3,
      declared: null,
      skipped: 0,
    });
    expect(verdictOf(short, list({ declared: { rows: 300 } })).verdict).toBe('incomplete');
  });

  it('adds up what was declared, where every list declared it', () => {
    const declared = list({ declared: { rows: 250 }, end: 'total' });
    expect(verdictOf(declared, declared)).toMatchObject({
      verdict: 'complete',
      declared: 500,
      lists: 2,
    });
    expect(verdictOf(declared, list()).declared).toBeNull();
  });

  it('takes a parent without children for no loss, and every other skip for a possible one', () => {
    expect(verdictOf(list({ parent: '{"id":1}' }), skip({ parent: '{"id":2}' }))).toMatchObject({
      verdict: 'complete',
      skipped: 1,
    });
    expect(
      verdictOf(
        skip({ parent: '{"id":2}', index: 1 }),
        list({ parent: '{"id":2}', end: 'skipped' }),
      ).verdict,
    ).toBe('unproven');
    expect(
      verdictOf(skip({ index: 1 }), list({ end: 'skipped', declared: { rows: 250 } })).verdict,
    ).toBe('complete');
    expect(verdictOf(skip())).toMatchObject({
      verdict: 'unproven',
      reasons: ['a response with status 404 was skipped, as `skipStatus` says'],
    });
    expect(verdictOf(list(), skip({ parent: '{"id":2}', status: 403 })).verdict).toBe('unproven');
    expect(verdictOf(skip({ reason: 'action', status: 200 })).reasons).toEqual([
      'a response with status 200 was ignored, as a response action says',
    ]);
  });

  it('is complete where there was nothing to request', () => {
    expect(
      verdictOf(list({ end: 'not-begun', pages: 0, rows: 0, maxPageRows: 0, lastPageRows: 0 })),
    ).toEqual({
      resource: 'orders',
      verdict: 'complete',
      reasons: [],
      lists: 0,
      declared: null,
      skipped: 0,
    });
  });

  it('says why pages were not requested at once any more, among the reasons where it is not complete', () => {
    const fallback = 'pages are requested one after another from page 3 on';
    const whole = verdictOf(list({ fallback }), list({ fallback }), list());
    expect([whole.verdict, whole.reasons]).toEqual(['complete', []]);
    expect(whole.fallbacks).toEqual([`${fallback} (2 times)`]);
    const cut = verdictOf(list({ fallback, declared: { rows: 300 } }));
    expect(cut).toMatchObject({ verdict: 'incomplete', fallbacks: [fallback] });
    expect(cut.reasons).toEqual(['the API declared 300 rows and gave 250', fallback]);
    expect(verdictOf(list())).not.toHaveProperty('fallbacks');
  });

  it('is unproven where no event came', () => {
    expect(verdictOf()).toMatchObject({
      verdict: 'unproven',
      reasons: ['no event says how its lists ended'],
    });
  });

  it('names some of many different reasons, and how many more there are', () => {
    const { reasons } = verdictOf(
      ...Array.from({ length: 30 }, (_, i) => list({ declared: { rows: 1_000 + i } })),
    );
    expect(reasons.length).toBe(11);
    expect(reasons.at(-1)).toBe('and 20 more');
  });
});

describe('a next page that was not named', () => {
  const cut = { pages: 1, lastPageRows: 100, nextMissing: true };

  it('is doubted where no list of the resource had one', () => {
    expect(verdictOf(list(cut), list({ ...cut, rows: 100 })).verdict).toBe('unproven');
  });

  it('is the end where the same path led on in another list', () => {
    expect(verdictOf(list(cut), list({ pages: 3, nextMissing: true }))).toMatchObject({
      verdict: 'complete',
      reasons: [],
    });
  });
});

it('names incomplete lists first, and counts all reasons however many there are', () => {
  const doubts = Array.from({ length: 3_000 }, (_, i) => list({ doubt: `doubt ${i}` }));
  const { verdict, reasons } = verdictOf(...doubts, list({ declared: { rows: 900 } }));
  expect(verdict).toBe('incomplete');
  expect(reasons).toHaveLength(11);
  expect(reasons[0]).toMatch('the API declared 900 rows');
  expect(reasons.at(-1)).toBe('and 2991 more');
  const short = Array.from({ length: 3_000 }, (_, i) => list({ declared: { rows: 9_000 + i } }));
  expect(verdictOf(...doubts, ...short).reasons.at(-1)).toBe('and 5990 more');
});

describe('the rows of a resource', () => {
  it('are those that are not null', () => {
    const log = trace({ pipeline: 'p', dataset: 'p_dataset', source: 's' }, ['a']);
    const where = { resource: 'a', parent: null, index: 0 };
    log.record({ kind: 'page', ...where, rows: 3, bytes: 10 });
    log.record({ kind: 'skip', ...where, status: null, reason: 'null-row', rows: 2 });
    log.record({ kind: 'skip', ...where, status: 404, reason: 'status' });
    expect(log.resources()[0]).toMatchObject({ pages: 1, rows: 1, skipped: 3 });
  });
});
