import { renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { concat, from, lastValueFrom, of, throwError } from 'rxjs';
import { mergeMap } from 'rxjs/operators';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { watchSize } from '#src/destination/duckdb/watch-size.js';
import { duckdb, type DuckdbDestination, Gate, load } from 'sluice';
import { DuckDBAppender, DuckDBConnection } from 'sluice/duckdb';
import type { Batch, LoadStep } from 'sluice/operators';
import { deferred } from '../../support/deferred.js';
import { LOAD, loaded, read } from './load-tools.js';
import { batchOf, column, count, databasePath, numbers, page } from './tools.js';

describe('a load that is rolled back', () => {
  it('clears every appender, also after one that cannot be cleared', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    await loaded(
      destination,
      of(batchOf(page('a', [column('n', 'bigint', [1])]), page('b', [column('n', 'bigint', [1])]))),
    );
    const clear = vi.spyOn(DuckDBAppender.prototype, 'clear').mockImplementationOnce(() => {
      throw new Error('cannot be cleared');
    });
    const close = vi.spyOn(DuckDBAppender.prototype, 'closeSync');
    onTestFinished(() => void vi.restoreAllMocks());
    const batches = of(numbers([2], 'a'), numbers([2], 'b'));
    const failing = loaded(destination, batches, {
      observe: ({ kind }) => {
        if (kind === 'append' && clear.mock.calls.length === 0 && (appends += 1) === 2)
          throw new Error('boom');
      },
    });
    let appends = 0;
    await expect(failing).rejects.toThrow('boom');
    expect([clear.mock.calls.length, close.mock.calls.length]).toEqual([2, 2]);
    expect(await read(path, 'SELECT n FROM data.a UNION ALL SELECT n FROM data.b')).toEqual([
      [1n],
      [1n],
    ]);
  });
});

describe('a load into a file that is gone', () => {
  /** Loads a row, spoils the file once that is appended, and goes on with what follows. */
  function spoiled(path: string, spoil: () => void, ...more: Batch[]): Promise<LoadStep[]> {
    const { promise: isSpoiled, resolve } = deferred();
    const rest = from(isSpoiled).pipe(mergeMap(() => more));
    return loaded(duckdb(path), concat(of(numbers([1])), rest), {
      observe({ kind }) {
        if (kind !== 'append') return;
        spoil();
        resolve();
      },
    });
  }

  it.each([
    ['deleted', (path: string) => rmSync(path)],
    [
      'replaced',
      (path: string) => {
        renameSync(path, `${path}.old`);
        writeFileSync(path, '');
      },
    ],
  ])('fails before it commits where the file was %s', async (_, spoil) => {
    const path = databasePath();
    await expect(spoiled(path, () => spoil(path))).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: `The database ${path} was deleted or replaced while it was open, so what is written to it is lost. Run again.`,
    });
  });

  it('fails before more rows fill the gap where the file was cut', async () => {
    const path = databasePath();
    await loaded(duckdb(path), of(numbers(count(1_000))));
    const { size } = statSync(path);
    const failing = spoiled(path, () => truncateSync(path, size - 262_144), numbers([2]));
    await expect(failing).rejects.toThrow(
      `The database ${path} was cut from ${size} to ${size - 262_144} bytes while it was open`,
    );
  });

  it('takes a file that a checkpoint makes smaller as it is then', async () => {
    const path = databasePath();
    const file = watchSize(path);
    const resize = (size: number): void => writeFileSync(path, Buffer.alloc(size));
    resize(10);
    file.note();
    await file.checkpointing(async () => resize(5));
    file.require();
    resize(4);
    // Rows that come behind the cut do not hide it.
    file.note();
    expect(() => file.require()).toThrow(/was cut from 5 to 4 bytes/);
    // It is raised once: rolling back and closing go on.
    file.require();
  });
});

/**
 * Has DuckDB refuse the statements that contain a word, until the function given back is called.
 */
function failing(word: string, message: string): () => void {
  const real = Reflect.get(DuckDBConnection.prototype, 'run');
  const run = vi.spyOn(DuckDBConnection.prototype, 'run').mockImplementation(function (
    this: DuckDBConnection,
    ...args
  ) {
    return args[0].includes(word) ? Promise.reject(new Error(message)) : real.apply(this, args);
  });
  return () => run.mockRestore();
}

describe('a load that is complete', () => {
  it('stays complete when the file cannot be closed, and reports it', async () => {
    const notices: unknown[] = [];
    const destination = duckdb(databasePath(), { thread: false });
    onTestFinished(failing('DETACH', 'disk is gone'));
    const steps = await loaded(destination, of(numbers([1])), {
      observe: (event) => event.kind === 'notice' && notices.push(event.message),
    });
    expect(steps.at(-1)?.kind).toBe('complete');
    expect(notices).toEqual([
      expect.stringMatching(
        /^Load .* is complete, but its database could not be closed: disk is gone\./,
      ),
    ]);
  });

  it('stays complete when the checkpoint fails, and the next load finds its rows', async () => {
    const notices: unknown[] = [];
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const restore = failing('CHECKPOINT', 'disk is full');
    const steps = await loaded(destination, of(numbers([1])), {
      observe: (event) => event.kind === 'notice' && notices.push(event.message),
    });
    expect(steps.at(-1)?.kind).toBe('complete');
    expect(notices).toEqual([expect.stringMatching(/could not be closed: disk is full\./)]);
    expect(await destination.query('SELECT n FROM data.t')).toEqual([{ n: 1 }]);
    restore();
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
  });

  it('stays complete whatever its observer throws', async () => {
    const path = databasePath();
    const notices: string[] = [];
    const steps = await loaded(duckdb(path), of(numbers([1])), {
      observe: (event) => {
        if (event.kind === 'notice') notices.push(event.message);
        if (event.kind === 'complete') throw new Error('boom');
      },
    });
    expect(steps.at(-1)?.kind).toBe('complete');
    expect(notices).toEqual([
      expect.stringMatching(/^Load [\d.]+ is complete, and its observer threw: boom\.$/),
    ]);
    expect(await read(path, 'SELECT n FROM data.t')).toEqual([[1n]]);
  });
});

describe('an error of a load', () => {
  it('that cannot begin is raised, and not that its file cannot be closed either', async () => {
    const destination = duckdb(databasePath(), { thread: false });
    onTestFinished(failing('CHECKPOINT', 'disk is full'));
    await expect(
      loaded(destination, of(numbers([1])), { dataset: 'information_schema' }),
    ).rejects.toThrow(/Give `dataset` another name/);
  });

  it.each<[string, (real: DuckdbDestination, fail: () => void) => Promise<LoadStep>]>([
    [
      'its source',
      (real) =>
        lastValueFrom(
          throwError(() => new Error('boom')).pipe(
            load(real, { dataset: 'data', gate: new Gate() }),
          ),
        ),
    ],
    [
      'its observer',
      (real, fail) =>
        lastValueFrom(
          of(numbers([1])).pipe(load(real, { dataset: 'data', gate: new Gate(), observe: fail })),
        ),
    ],
  ])('of %s is raised after the roll-back', async (_, run) => {
    const real = duckdb(databasePath());
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let aborting = (): void => undefined;
    const aborted = new Promise<void>((resolve) => (aborting = resolve));
    let isRejected = false;
    const slow: DuckdbDestination = {
      ...real,
      begin: async (spec) => {
        const session = await real.begin(spec);
        return {
          ...session,
          abort: async () => {
            aborting();
            await held;
            await session.abort();
          },
        };
      },
    };
    const failing = run(slow, () => {
      throw new Error('boom');
    }).catch((error: unknown) => {
      isRejected = true;
      throw error;
    });
    const rejection = expect(failing).rejects.toThrow('boom');
    await aborted;
    await real.query('SELECT 1');
    expect(isRejected).toBe(false);
    goOn();
    await rejection;
    expect((await loaded(real, of(numbers([2])))).at(-1)?.kind).toBe('complete');
  });
});

describe('a reader of a dataset that no load has filled', () => {
  it.each([true, false])('gets an error that says why (thread: %s)', async (thread) => {
    const destination = duckdb(databasePath(), { thread });
    const reader = destination.dataset('data');
    const reading = [() => reader.query?.('SELECT * FROM t'), () => reader.rows('t')];
    const rejects = async (message: RegExp): Promise<void> => {
      for (const read of reading)
        await expect(read()).rejects.toMatchObject({
          code: 'ERR_SLUICE_LOAD',
          message: expect.stringMatching(message) as string,
        });
    };
    await rejects(/There is no database file .*, and dataset data has no tables, since no load/);
    await loaded(destination, of(numbers([1])), { dataset: 'another' });
    await rejects(
      /(t does not exist.*\nDataset data has no tables|no table `t`), since no load into it has committed/s,
    );
    const session = await destination.begin(LOAD);
    expect(await reader.tables()).toEqual([]);
    await rejects(/t`?( does not exist|, since no load).*\nA load into dataset data is under way/s);
    await session.abort();
  });
});
