import { describe, expect, it } from 'vitest';
import { batchMessage } from '#src/destination/batch-message.js';
import { duckdb, type LoadSpec, type Session } from 'sluice';
import type { PagePlace, WriteDisposition } from 'sluice/operators';
import { LOAD, read } from './load-tools.js';
import { batchOf, column, databasePath, page, type Value } from './tools.js';

const HOUR = 3_600_000;

/** A load of table `t` that may be resumed. */
function spec(
  writeDisposition: WriteDisposition = 'append',
  about: Partial<LoadSpec> = {},
): LoadSpec {
  return {
    ...LOAD,
    tables: [{ resource: 't', table: 't', writeDisposition }],
    resume: {
      fingerprint: 'f',
      maxAgeMs: HOUR,
      start: { a: 1 },
      isTied: false,
      needsAllRows: false,
    },
    ...about,
  };
}

interface Given {
  writeDisposition?: WriteDisposition;
  place?: PagePlace;
  next?: null | { page: number } | { blocked: string };
  index?: number;
  table?: string;
}

/** Appends a page of integers. */
async function append(
  session: Session,
  values: readonly Value[],
  given: Given = {},
): Promise<void> {
  const { writeDisposition = 'append', table = 't', index = 0 } = given;
  const { place = { list: '', under: null }, next = { page: index + 1 } } = given;
  const made = page(table, [column('n', 'bigint', values)], {}, index);
  const [own] = made.tables;
  const shaped = {
    ...made,
    page: { ...made.page, place, next },
    tables:
      own === undefined
        ? []
        : [{ ...own, hints: { resource: table, writeDisposition, primaryKey: ['n'] } }],
  };
  const { capabilities } = duckdb(':memory:');
  await session.append(batchMessage(batchOf(shaped), capabilities, 'duckdb'));
}

const rowsOf = (path: string): Promise<unknown[][]> =>
  read(path, 'SELECT n FROM data.t ORDER BY n').then((rows) => rows.flat() as never);

/** Appends two pages of which the first is committed, and is stopped. */
async function stopped(
  path: string,
  own = spec(),
  given: Given = {},
  isIncomplete = false,
): Promise<string> {
  const session = await duckdb(path).begin(own);
  const { writeDisposition = own.tables[0]?.writeDisposition ?? 'append' } = given;
  await append(session, [1, 2], { ...given, writeDisposition });
  await session.commit({ t: { isIncomplete, content: { pages: 1 } } });
  await append(session, [3, 4], { ...given, writeDisposition, index: 1 });
  await session.abort();
  return session.loadId;
}

describe.each<WriteDisposition>(['append', 'replace', 'merge'])(
  'a load that was stopped (%s)',
  (way) => {
    it('goes on where its last commit stood', async () => {
      const path = databasePath();
      const loadId = await stopped(path, spec(way));
      const session = await duckdb(path).begin(spec(way));
      expect([session.loadId, session.known]).toMatchObject([
        loadId,
        {
          startedAt: Math.floor(Number(loadId) * 1000),
          unfinished: {
            start: { a: 1 },
            lists: [{ resource: 't', list: '', page: 0, next: { page: 1 } }],
            parents: [],
            progress: { t: { pages: 1 } },
            tables: { t: 2 },
            newTables: ['t'],
          },
        },
      ]);
      await append(session, [3, 4], { writeDisposition: way, index: 1, next: null });
      const step = await session.finish({ completeness: [] });
      expect(step.tables).toEqual({ t: 4 });
      expect(await rowsOf(path)).toEqual([1n, 2n, 3n, 4n]);
      for (const table of ['_sluice_loads', '_sluice_progress', '_sluice_positions'])
        expect(await read(path, `SELECT count(*) FROM data.${table}`)).toEqual([[0n]]);
    });

    it('is stopped and goes on more than once', async () => {
      const path = databasePath();
      const loadId = await stopped(path, spec(way));
      const second = await duckdb(path).begin(spec(way));
      await append(second, [2, 3], { writeDisposition: way, index: 1 });
      await second.commit();
      await second.abort();
      const third = await duckdb(path).begin(spec(way));
      expect([third.loadId, third.known.unfinished]).toMatchObject([
        loadId,
        { lists: [{ page: 1 }], tables: { t: 4 }, newTables: ['t'] },
      ]);
      await third.finish({ completeness: [] });
      // A key that was staged before and after the stop is there once.
      expect(await rowsOf(path)).toEqual(way === 'append' ? [1n, 2n, 2n, 3n] : [1n, 2n, 3n]);
    });

    it.each<[string, Partial<NonNullable<LoadSpec['resume']>> | undefined, string]>([
      ['of another fingerprint', { fingerprint: 'g' }, 'was another one'],
      ['that is too old', { maxAgeMs: -1 }, 'older than `resume.maxAgeMs` allows'],
      ['that is not to be resumed', { maxAgeMs: null }, '`resume` is false'],
    ])('is begun anew as one %s', async (_, resume, why) => {
      const path = databasePath();
      const loadId = await stopped(path, spec(way));
      const own = spec(way);
      const session = await duckdb(path).begin({
        ...own,
        ...(own.resume && { resume: { ...own.resume, ...resume } }),
      });
      expect(session.loadId).not.toBe(loadId);
      expect(session.known.unfinished).toBeUndefined();
      expect(session.known.begunAnew).toContain(why);
      await append(session, [5], { writeDisposition: way });
      await session.finish({ completeness: [] });
      expect(await rowsOf(path)).toEqual([5n]);
    });

    it('is begun anew where its rows are gone', async () => {
      const path = databasePath();
      await stopped(path, spec(way));
      await read(path, `DELETE FROM data.${way === 'append' ? 't' : '_sluice_new__t'} WHERE n = 1`);
      const session = await duckdb(path).begin(spec(way));
      expect(session.known.begunAnew).toBe(
        'rows that it has committed to table t are not there any more',
      );
      await session.finish({ completeness: [] });
    });
  },
);

describe('a load that was stopped', () => {
  it('is begun anew where a list cannot be read on, and where it lacks rows that are needed', async () => {
    const path = databasePath();
    await stopped(path, spec(), { next: { blocked: 'it holds a secret' } });
    const anew = await duckdb(path).begin(spec());
    expect(anew.known.begunAnew).toBe('a list of t cannot be read on: it holds a secret');
    await anew.abort();
    await stopped(path, spec(), {}, true);
    const own = spec();
    const strict = { ...own, ...(own.resume && { resume: { ...own.resume, needsAllRows: true } }) };
    const session = await duckdb(path).begin(strict);
    expect(session.known.begunAnew).toContain('rows of it are known to be missing');
    await session.abort();
  });

  it('leaves nothing behind where it ends without rows and dlt would make no load of it', async () => {
    const path = databasePath();
    const first = await duckdb(path).begin(spec());
    await append(first, [1], { next: null });
    await first.finish({ completeness: [] });
    const own = spec('append', { compat: 'dlt' });
    const session = await duckdb(path).begin(own);
    await append(session, [], { next: null });
    await session.commit();
    await session.finish({ completeness: [] });
    const again = await duckdb(path).begin(own);
    expect(again.known.unfinished ?? again.known.begunAnew).toBeUndefined();
    await again.abort();
  });

  it('waits while its pipeline loads another source, and another pipeline its dataset', async () => {
    const path = databasePath();
    const loadId = await stopped(path, spec('merge'));
    for (const other of [{ source: 'other' }, { pipeline: 'q' }]) {
      const tables = [{ resource: 'o', table: 'o', writeDisposition: 'append' }] as const;
      const session = await duckdb(path).begin(spec('append', { ...other, tables }));
      expect(session.known.unfinished ?? session.known.begunAnew).toBeUndefined();
      await append(session, [9], { table: 'o', next: null });
      await session.finish({ completeness: [] });
    }
    const session = await duckdb(path).begin(spec('merge'));
    expect([session.loadId, session.known.unfinished?.tables]).toEqual([loadId, { t: 2 }]);
    await session.finish({ completeness: [] });
    expect(await rowsOf(path)).toEqual([1n, 2n]);
  });

  it.each<[WriteDisposition, WriteDisposition]>([
    ['merge', 'merge'],
    ['append', 'replace'],
  ])('is begun anew (%s) where another pipeline took its rows (%s)', async (way, other) => {
    const path = databasePath();
    await stopped(path, spec(way));
    const session = await duckdb(path).begin(spec(other, { pipeline: 'q' }));
    await append(session, [9], { writeDisposition: other, next: null });
    await session.finish({ completeness: [] });
    const again = await duckdb(path).begin(spec(way));
    expect(again.known.begunAnew).toContain('are not there any more');
    await again.finish({ completeness: [] });
    expect(await rowsOf(path)).toEqual([9n]);
  });

  it('keeps the rows of parents until all their lists are at their ends', async () => {
    const path = databasePath();
    const first = await duckdb(path).begin(spec());
    const parents = (number: number): PagePlace => ({
      list: '',
      under: null,
      parents: { page: `0/${number}`, rows: `[${number}]`, lists: 2 },
    });
    const child = (number: number, row: number): PagePlace => ({
      list: `0/${number}.${row}`,
      under: `0/${number}`,
    });
    await append(first, [1], { place: parents(0) });
    await append(first, [2], { place: parents(1), index: 1, next: null });
    await append(first, [10], { place: child(0, 0), next: null });
    await append(first, [11], { place: child(0, 1), next: null });
    await append(first, [12], { place: child(1, 0), next: null });
    await append(first, [13], { place: child(1, 1) });
    await first.commit();
    await first.abort();
    const second = await duckdb(path).begin(spec());
    const { lists = [], parents: kept } = second.known.unfinished ?? {};
    expect(kept).toEqual([{ resource: 't', page: '0/1', rows: '[1]' }]);
    expect(new Map(lists.map(({ list, next }) => [list, next]))).toEqual(
      new Map([
        ['', null],
        ['0/1.0', null],
        ['0/1.1', { page: 1 }],
      ]),
    );
    await append(second, [14], { place: child(1, 1), index: 1, next: null });
    await second.commit();
    await second.abort();
    const third = await duckdb(path).begin(spec());
    expect(third.known.unfinished).toMatchObject({
      lists: [{ list: '', next: null }],
      parents: [],
    });
    await third.abort();
  });
});
