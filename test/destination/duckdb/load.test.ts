import { existsSync } from 'node:fs';
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordBatch } from '#operators/arrow/record-batch.js';
import { duckdb, type DuckdbDestination, DuckDBInstance, Gate, load } from 'sluice';
import type { Batch, LoadStep } from 'sluice/operators';
import { kinds, leftAt, loaded, read } from './load-tools.js';
import { batchOf, column, count, databasePath, numbers, page } from './tools.js';

describe.each([
  ['in a thread of its own', true],
  ['in the caller’s thread', false],
])('load %s', (_, thread) => {
  const open = (path: string): DuckdbDestination => duckdb(path, { thread });

  it('appends every batch, commits the first of an empty dataset at once, and completes', async () => {
    const path = databasePath();
    const steps = await loaded(
      open(path),
      of(numbers([1, 2, null]), numbers(count(3_000), 't', 1)),
      { pipeline: 'shop', schemaName: 'source' },
    );
    expect(kinds(steps)).toEqual(['append', 'commit', 'append', 'complete']);
    expect(steps.map(({ tables }) => tables)).toEqual([
      { t: 3 },
      { t: 3 },
      { t: 3_000 },
      { t: 3_003 },
    ]);
    expect(steps[3]?.positions).toEqual([
      { resource: 't', parent: null, page: 1, next: { page: 2 }, state: null },
    ]);
    const { loadId } = steps[0] as LoadStep;
    expect(loadId).toMatch(/^\d{10}\.\d{6}$/);
    expect(
      await read(
        path,
        'SELECT count(*), count(n), sum(n), count(DISTINCT _dlt_id), min(_dlt_load_id), max(_dlt_load_id) FROM data.t',
      ),
    ).toEqual([[3_003n, 3_002n, 4_498_503n, 3_003n, loadId, loadId]]);
    expect(await read(path, 'SELECT load_id, schema_name, status FROM data._dlt_loads')).toEqual([
      [loadId, 'source', 0n],
    ]);
  });

  it('commits the first rows of an empty dataset with the next ones where they are wide', async () => {
    const wide = page('t', [column('text', 'text', Array<string>(600).fill('x'.repeat(3_000)))]);
    const steps = await loaded(open(databasePath()), of(batchOf(wide), batchOf(wide)));
    expect(kinds(steps)).toEqual(['append', 'append', 'complete']);
  });

  it('completes alone when there are no batches', async () => {
    const path = databasePath();
    expect(kinds(await loaded(open(path), EMPTY))).toEqual(['complete']);
    expect(await read(path, 'SELECT count(*) FROM data._dlt_loads')).toEqual([[1n]]);
  });

  it('keeps nothing of an append that is under way when it is unsubscribed', async () => {
    const path = databasePath();
    const destination = open(path);
    await loaded(destination, of(numbers([1])));
    const batches = concat(of(...count(6).map((i) => numbers(count(60_000), 't', i))), NEVER);
    await leftAt(destination, batches, ({ kind }) => kind === 'append');
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
    expect(await read(path, 'SELECT count(*) FROM data._sluice_positions')).toEqual([[0n]]);
  });

  it('keeps what was committed when it is unsubscribed, until the pipeline’s next load', async () => {
    const path = databasePath();
    await loaded(open(path), of(numbers([])), { pipeline: 'another' });
    const batches = concat(of(...count(4).map((i) => numbers([i, i], 't', i))), NEVER);
    await leftAt(open(path), batches, ({ kind }) => kind === 'commit', { commit: { rows: 4 } });
    const [[rows] = []] = await read(path, 'SELECT count(*) FROM data.t');
    // The second commit may have been under way, and is waited for then.
    expect([4n, 8n]).toContain(rows);
    await loaded(open(path), of(numbers([7])));
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[7n]]);
  });

  it('aborts while batches still wait after the source has completed', async () => {
    const path = databasePath();
    const abort = new AbortController();
    await loaded(open(path), of(numbers([])));
    const batches = from(count(8).map((i) => numbers(count(20_000), 't', i)));
    const steps = batches.pipe(
      load(open(path), { dataset: 'data', gate: new Gate(), signal: abort.signal }),
      tap(() => abort.abort()),
    );
    await expect(lastValueFrom(steps)).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    // The error comes after the roll-back and after the file was closed.
    expect(await read(path, 'SELECT count(*) FROM data.t')).toEqual([[0n]]);
  });

  it('reports what really happened where the abort comes at the end', async () => {
    const path = databasePath();
    const abort = new AbortController();
    await loaded(open(path), of(numbers([])));
    const steps = of(numbers([1])).pipe(
      load(open(path), { dataset: 'data', gate: new Gate(), signal: abort.signal }),
    );
    const outcome = await lastValueFrom(
      steps.pipe(
        tap(({ kind }) => {
          if (kind === 'append') setImmediate(() => abort.abort());
        }),
      ),
    ).catch((error: unknown) => error);
    const rows = await read(path, 'SELECT count(*) FROM data.t');
    expect(rows).toEqual([[(outcome as LoadStep).kind === 'complete' ? 1n : 0n]]);
  });

  it('completes when the abort comes while the last commit is under way', async () => {
    const path = databasePath();
    const abort = new AbortController();
    const real = open(path);
    const late: DuckdbDestination = {
      ...real,
      async begin(spec) {
        const session = await real.begin(spec);
        return {
          ...session,
          finish: (outcome) => session.finish(outcome).finally(() => abort.abort()),
        };
      },
    };
    const steps = await loaded(late, of(numbers([1])), { signal: abort.signal });
    expect(kinds(steps)).toEqual(['append', 'commit', 'complete']);
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
  });

  it('ends a session for good when it is aborted', async () => {
    const destination = open(databasePath());
    const session = await destination.begin({
      dataset: 'data',
      pipeline: 'p',
      source: 's',
      compat: 'sluice',
      tables: [],
    });
    await session.abort();
    await session.abort();
    await expect(session.commit()).rejects.toThrow(/has ended/);
  });

  it('opens nothing when its signal has aborted before', async () => {
    const path = databasePath();
    await expect(
      loaded(open(path), of(numbers([1])), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'ERR_SLUICE_ABORT' });
    expect(existsSync(path)).toBe(false);
  });

  it('frees the dataset and the file when it is unsubscribed while it begins', async () => {
    const path = databasePath();
    const destination = open(path);
    NEVER.pipe(load(destination, { dataset: 'data' }))
      .subscribe()
      .unsubscribe();
    await destination.close();
    expect(kinds(await loaded(destination, of(numbers([1]))))).toEqual([
      'append',
      'commit',
      'complete',
    ]);
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
  });

  it('frees its dataset also while others keep the file open', async () => {
    const path = databasePath();
    const other = await open(path).begin({
      dataset: 'other',
      pipeline: 'p',
      source: 's',
      compat: 'sluice',
      tables: [],
    });
    await leftAt(open(path), concat(of(numbers([1])), NEVER), () => true);
    await loaded(open(path), of(numbers([2])));
    await other.abort();
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[2n]]);
  });

  it('rolls back and passes on an error of its source', async () => {
    const path = databasePath();
    await loaded(open(path), of(numbers([1])));
    const broken = new Error('the source broke');
    const source = new Subject<Batch>();
    const failing = concat(of(numbers([2])), source).pipe(
      load(open(path), { dataset: 'data', gate: new Gate() }),
      tap(() => source.error(broken)),
    );
    await expect(lastValueFrom(failing)).rejects.toBe(broken);
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
  });

  it('rolls back rows that the table rejects, and says which', async () => {
    const path = databasePath();
    await loaded(open(path), of(numbers([1])));
    const refused = page('t', [column('n', 'bigint', [2, 3])]);
    const withoutId = {
      ...refused,
      tables: refused.tables.map((table) => ({
        ...table,
        columns: table.columns.filter(({ name }) => name !== '_dlt_id'),
      })),
    };
    const failing = loaded(open(path), of(numbers([4]), batchOf(withoutId)));
    await expect(failing).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringMatching(/NOT NULL constraint failed: t\._dlt_id/) as string,
    });
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
    await loaded(open(path), of(numbers([5])));
    expect(await read(path, 'SELECT n FROM data.t ORDER BY n')).toEqual([[1n], [5n]]);
  });

  it('names table and column when values were not fitted to the column that is there', async () => {
    const path = databasePath();
    const host = await DuckDBInstance.create(path);
    const connection = await host.connect();
    await connection.run('CREATE SCHEMA data');
    await connection.run('CREATE TABLE data.t (day DATE, _dlt_id VARCHAR, _dlt_load_id VARCHAR)');
    connection.closeSync();
    host.closeSync();
    await expect(
      loaded(open(path), of(batchOf(page('t', [column('day', 'text', ['2026-02-30'])])))),
    ).rejects.toThrow(/Column data\.t\.day is DATE in the database and the rows have VARCHAR/);
  });

  it('rejects a batch that does not match its schema', async () => {
    const batch = numbers([1]);
    const lying: Batch = {
      ...batch,
      tables: batch.tables.map(({ schema, ...rest }) => ({
        ...rest,
        schema: {
          ...schema,
          columns: schema.columns.map((each) =>
            each.name === 'n' ? { ...each, dataType: 'double' as const } : each,
          ),
        },
      })),
    };
    await expect(loaded(open(databasePath()), of(lying))).rejects.toThrow(
      /Column t\.n of a batch is Int64, and the table's schema says double \(Float64\)/,
    );
  });

  it('lets one load at a time into a dataset', async () => {
    const path = databasePath();
    const [first, second] = [open(path), open(path)];
    const source = new Subject<Batch>();
    let intruder: Promise<unknown> | undefined;
    const steps = await lastValueFrom(
      concat(of(numbers([1])), source).pipe(
        load(first, { dataset: 'data', pipeline: 'early', gate: new Gate() }),
        tap(({ kind }) => {
          if (kind !== 'append') return;
          intruder = loaded(second, of(numbers([2])), { pipeline: 'late' }).catch(
            (error: unknown) => error,
          );
          void intruder.finally(() => source.complete());
        }),
        toArray(),
      ),
    );
    expect(kinds(steps)).toEqual(['append', 'commit', 'complete']);
    expect(await intruder).toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringMatching(
        /Pipeline early is loading into dataset data right now/,
      ) as string,
    });
    await loaded(second, of(numbers([3])), { pipeline: 'late' });
    expect(await read(path, 'SELECT n FROM data.t ORDER BY n')).toEqual([[1n], [3n]]);
  });

  it('loads several datasets of one file at once', async () => {
    const path = databasePath();
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(
      names.map((dataset) =>
        loaded(open(path), from(count(5).map((i) => numbers(count(500), 't', i))), {
          dataset,
          pipeline: dataset,
          commit: { rows: 1_000 },
        }),
      ),
    );
    expect(all.map((steps) => steps.at(-1)?.tables)).toEqual(names.map(() => ({ t: 2_500 })));
    for (const name of names)
      expect(
        await read(path, `SELECT count(*), count(DISTINCT _dlt_load_id) FROM ${name}.t`),
      ).toEqual([[2_500n, 1n]]);
  });

  it('adds every byte to the gate, and releases all of them however the load ends', async () => {
    const gate = new Gate();
    const high: number[] = [];
    const watched = (batches: Observable<Batch>): Observable<Batch> =>
      batches.pipe(tap({ finalize: () => high.push(gate.inFlight) }));
    await loaded(open(databasePath()), watched(of(numbers(count(100)))), { gate });
    expect(gate.inFlight).toBe(0);
    await loaded(
      open(databasePath()),
      concat(
        of(numbers(count(100))),
        throwError(() => new Error('broken')),
      ),
      { gate },
    ).catch(() => undefined);
    expect(gate.inFlight).toBe(0);
    await leftAt(
      open(databasePath()),
      concat(of(numbers([1]), numbers(count(100))), NEVER),
      () => true,
      { gate },
    );
    expect(gate.inFlight).toBe(0);
    expect(high[0]).toBeGreaterThan(800);
  });

  it('returns plain objects from queries, also while it loads', async () => {
    const destination = open(databasePath());
    onTestFinished(() => destination.close());
    expect(
      await destination.query(
        "SELECT 1 AS small, 9007199254740993 AS big, [1, 2] AS list, {'a': 3} AS struct, TIMESTAMPTZ '2026-01-02 03:04:05Z' AS at, $1 AS given",
        ['x'],
      ),
    ).toEqual([
      {
        small: 1,
        big: 9_007_199_254_740_993n,
        list: [1, 2],
        struct: { a: 3 },
        at: new Date('2026-01-02T03:04:05Z'),
        given: 'x',
      },
    ]);
    await expect(destination.query('SELECT nonsense')).rejects.toThrow(/nonsense/);
  });

  it('transfers the memory of a batch to a thread, and keeps it where there is none', async () => {
    const batch = numbers(count(10));
    await loaded(open(databasePath()), of(batch));
    const values = batch.tables[0]?.batch.data.children[0]?.values as BigInt64Array;
    expect(values.byteLength).toBe(thread ? 0 : 80);
  });

  it('copies a batch whose columns lie in buffers of their own', async () => {
    const path = databasePath();
    const made = page('t', [column('n', 'bigint', [1, 2, null])]);
    const rows = made.tables[0] as (typeof made.tables)[number];
    const batch: Batch = {
      ...numbers([]),
      tables: [
        {
          schema: rows.schema,
          hints: rows.hints,
          batch: recordBatch(
            rows.columns.map((each) => ({ ...each, nullable: true })),
            3,
          ),
        },
      ],
    };
    await loaded(open(path), of(batch));
    expect(batch.tables[0]?.batch.toArray().map((row) => row['n'] as bigint | null)).toEqual([
      1n,
      2n,
      null,
    ]);
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n], [2n], [null]]);
  });
});
