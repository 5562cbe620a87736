import { concat, lastValueFrom, of, Subject, tap, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type CommitConfig,
  type Destination,
  duckdb,
  type DuckdbDestination,
  Gate,
  load,
  type LoadConfig,
} from 'sluice';
import type { Batch } from 'sluice/operators';
import { kinds, loaded, read } from './load-tools.js';
import { batchOf, column, databasePath, numbers, page } from './tools.js';

describe.each([
  ['in a thread of its own', true],
  ['in the caller’s thread', false],
])('commits of a load %s', (_, thread) => {
  const open = (path: string): DuckdbDestination => duckdb(path, { thread });

  const commit = (config: CommitConfig): Partial<LoadConfig> => ({ commit: config });

  it('come after so many root rows, with the latest position of each list', async () => {
    const path = databasePath();
    const destination = open(path);
    await loaded(destination, of(numbers([])));
    const seen: unknown[] = [];
    const source = new Subject<Batch>();
    const steps = concat(of(numbers([1, 2]), numbers([3], 't', 1)), source).pipe(
      load(destination, { dataset: 'data', gate: new Gate(), ...commit({ rows: 3 }) }),
      tap(({ kind }) => {
        if (kind !== 'commit') return;
        void destination
          .query(
            'SELECT (SELECT count(*) FROM data.t) AS rows, (SELECT list(page ORDER BY page) FROM data._sluice_positions) AS pages',
          )
          .then((rows) => seen.push(...rows))
          .finally(() => source.complete());
      }),
      toArray(),
    );
    const all = await lastValueFrom(steps);
    expect(kinds(all)).toEqual(['append', 'append', 'commit', 'complete']);
    expect(all[2]).toMatchObject({ tables: { t: 3 }, positions: [{ page: 0 }, { page: 1 }] });
    // Those of the whole load would be as many as it had lists.
    expect(all[3]).toMatchObject({ tables: { t: 3 }, positions: [] });
    expect(seen).toEqual([{ rows: 3, pages: [1] }]);
    expect(await read(path, 'SELECT count(*) FROM data._sluice_positions')).toEqual([[0n]]);
  });

  it('come after so many bytes, and where the destination has limits of its own after those', async () => {
    const destination = open(databasePath());
    const steps = async (to: Destination, config: CommitConfig): Promise<unknown> => {
      const source = of(numbers([1]), numbers([2]), numbers([3]));
      const all = source.pipe(load(to, { dataset: 'data', gate: new Gate(), ...commit(config) }));
      return kinds(await lastValueFrom(all.pipe(toArray())));
    };
    // A new dataset commits its first batch by itself.
    await loaded(destination, of(numbers([])));
    const many = ['append', 'append', 'commit', 'append', 'complete'];
    expect(await steps(destination, { bytes: numbers([1]).bytes + 1 })).toEqual(many);
    const own = { ...destination.capabilities, commit: { rows: 2 } };
    const limited: Destination = { ...destination, capabilities: own };
    expect(await steps(limited, {})).toEqual(many);
    expect(await steps(limited, { rows: 9 })).toEqual(['append', 'append', 'append', 'complete']);
  });

  it('record each position once', async () => {
    const path = databasePath();
    const destination = open(path);
    let seen: unknown;
    const source = new Subject<Batch>();
    const steps = await lastValueFrom(
      concat(of(numbers([1], 't', 0), numbers([2], 't', 1)), source).pipe(
        load(destination, { dataset: 'data', gate: new Gate(), ...commit({ rows: 1 }) }),
        tap(({ kind, positions }) => {
          if (kind !== 'commit' || positions[0]?.page !== 1) return;
          void destination
            .query('SELECT list(page ORDER BY page) AS pages FROM data._sluice_positions')
            .then((rows) => (seen = rows))
            .finally(() => source.complete());
        }),
        toArray(),
      ),
    );
    expect(seen).toEqual([{ pages: [0, 1] }]);
    expect(
      steps
        .filter(({ kind }) => kind === 'commit')
        .map(({ positions }) => positions.map(({ page: index }) => index)),
    ).toEqual([[0], [1]]);
  });

  it('have a position for each of many lists', async () => {
    const path = databasePath();
    const destination = open(path);
    const pages = batchOf(
      ...Array.from({ length: 2_500 }, (_, i) => {
        const one = page('t', [column('n', 'bigint', [])], {}, i);
        return { ...one, page: { ...one.page, parent: String(i) } };
      }),
    );
    let seen: unknown;
    const source = new Subject<Batch>();
    await lastValueFrom(
      concat(of(pages), source).pipe(
        load(destination, { dataset: 'data', gate: new Gate(), ...commit({ ms: 1 }) }),
        tap(({ kind }) => {
          if (kind !== 'commit') return;
          void destination
            .query(
              'SELECT count(*) AS positions, count(DISTINCT page) AS pages, max(page) AS last FROM data._sluice_positions',
            )
            .then((rows) => (seen = rows))
            .finally(() => source.complete());
        }),
      ),
    );
    expect(seen).toEqual([{ positions: 2_500, pages: 2_500, last: 2_499 }]);
  });

  it.each([
    ['rows', () => numbers([1])],
    ['positions alone', () => numbers([])],
  ])('come when %s are old enough', async (__, first) => {
    const source = new Subject<Batch>();
    const steps = await lastValueFrom(
      concat(of(first()), source).pipe(
        load(open(databasePath()), { dataset: 'data', gate: new Gate(), ...commit({ ms: 1 }) }),
        tap(({ kind }) => {
          if (kind === 'commit') source.complete();
        }),
        toArray(),
      ),
    );
    expect(kinds(steps)).toEqual(['append', 'commit', 'complete']);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e12])(
    'do not come within a day when they are set to be %d ms apart',
    async (ms) => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      onTestFinished(() => void vi.useRealTimers());
      const source = new Subject<Batch>();
      const steps = await lastValueFrom(
        concat(of(numbers([1])), source).pipe(
          load(open(databasePath()), {
            dataset: 'data',
            gate: new Gate(),
            ...commit({ rows: Number.POSITIVE_INFINITY, ms }),
          }),
          tap(({ kind }) => {
            if (kind !== 'append') return;
            vi.advanceTimersByTime(86_400_000);
            source.complete();
          }),
          toArray(),
        ),
      );
      expect(kinds(steps)).toEqual(['append', 'commit', 'complete']);
    },
  );

  it.each([Number.NaN, 0, -1])('refuse %d as a setting', (wrong) => {
    for (const setting of ['rows', 'ms'])
      expect(() =>
        load(open(databasePath()), { dataset: 'data', ...commit({ [setting]: wrong }) }),
      ).toThrow(
        expect.objectContaining({
          code: 'ERR_SLUICE_CONFIG',
          message: expect.stringContaining(
            `load(): \`commit.${setting}\`: found number ${wrong};`,
          ) as string,
        }),
      );
  });

  it('stay when the source fails later', async () => {
    const path = databasePath();
    const source = new Subject<Batch>();
    const steps = concat(of(numbers([1, 2]), numbers([3])), source).pipe(
      load(open(path), { dataset: 'data', gate: new Gate(), ...commit({ rows: 2 }) }),
      tap(({ kind, tables }) => {
        if (kind === 'append' && tables['t'] === 1) source.error(new Error('late'));
      }),
    );
    await expect(lastValueFrom(steps)).rejects.toThrow('late');
    expect(await read(path, 'SELECT n FROM data.t ORDER BY n')).toEqual([[1n], [2n]]);
  });
});
