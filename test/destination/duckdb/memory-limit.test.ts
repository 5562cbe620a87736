import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { of, range } from 'rxjs';
import { map } from 'rxjs/operators';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openFile } from '#src/destination/duckdb/open-database.js';
import { duckdb, pipeline } from 'sluice';
import { DuckDBConnection } from 'sluice/duckdb';
import type { Batch, ShapedColumn } from 'sluice/operators';
import { loaded, read } from './load-tools.js';
import { batchOf, column, databasePath, page } from './tools.js';

const MIB = 1024 * 1024;

let state = 1;
/** Integers that do not compress: what is written of them is as large as they are. */
function noise(name: string, rows: number): ShapedColumn {
  const words = new Uint32Array(rows * 2);
  for (let i = 0; i < words.length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return { ...column(name, 'bigint', []), rows, data: new Uint8Array(words.buffer) };
}

/** A batch of tables with so many such columns each. */
function noisy(tables: readonly string[], columns: number, rows: number, index: number): Batch {
  const names = Array.from({ length: columns }, (_, i) => `c${i}`);
  return batchOf(
    ...tables.map((table) =>
      page(
        table,
        names.map((name) => noise(name, rows)),
        {},
        index,
      ),
    ),
  );
}

interface Usage {
  all: number;
  temporary: number;
  limit: string;
}

const USAGE = `SELECT sum(memory_usage_bytes)::DOUBLE AS all, sum(temporary_storage_bytes)::DOUBLE AS temporary,
  current_setting('memory_limit') AS limit FROM duckdb_memory()`;

/** What DuckDB holds around every statement that a load sends, from now on, and the statements. */
function watched(): { usage: Usage[]; statements: string[] } {
  const usage: Usage[] = [];
  const run: DuckDBConnection['run'] = Reflect.get(DuckDBConnection.prototype, 'run');
  const look = async (connection: DuckDBConnection): Promise<void> => {
    const [row] = (await connection.stream(USAGE).then((found) => found.getRowObjectsJS())) ?? [];
    usage.push(row as unknown as Usage);
  };
  const spy = vi.spyOn(DuckDBConnection.prototype, 'run').mockImplementation(async function (
    this: DuckDBConnection,
    ...given
  ) {
    if (/^(?:COMMIT|SET GLOBAL memory)/.test(given[0])) await look(this);
    const result = await run.apply(this, given);
    if (/^(?:BEGIN|SET GLOBAL memory)/.test(given[0])) await look(this);
    return result;
  });
  return {
    usage,
    get statements() {
      return spy.mock.calls.map(([sql]) => sql);
    },
  };
}

describe('the memory of DuckDB', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('does not grow with the rows that a load has written', async () => {
    const path = databasePath();
    const { usage } = watched();
    const batches = range(0, 60).pipe(map((i) => noisy(['t'], 12, 20_480, i)));
    const steps = await loaded(duckdb(path, { thread: false }), batches, {
      commit: { rows: 150_000 },
    });
    expect(steps.at(-1)?.tables).toEqual({ t: 60 * 20_480 });
    expect(statSync(path).size).toBeGreaterThan(110 * MIB);
    expect(Math.max(...usage.map(({ all }) => all))).toBeLessThan(64 * MIB);
    expect(Math.max(...usage.map(({ temporary }) => temporary))).toBe(0);
  });

  it.each<[string, string[], number]>([
    ['of 800 columns', ['wide'], 800],
    ['of 100 tables at once', Array.from({ length: 100 }, (_, i) => `t${i}`), 8],
  ])('has room for the rows %s, whose row groups are not full', async (_, tables, columns) => {
    const path = databasePath();
    const { usage } = watched();
    const rows = 800;
    const batches = range(0, 6).pipe(
      // The first batch has more rows than a row group: the limit counts from there on.
      map((i) => (i === 0 ? noisy(['many'], 1, 130_000, i) : noisy(tables, columns, rows, i))),
    );
    await loaded(duckdb(path, { thread: false }), batches, { commit: { rows: 1_000 } });
    expect(usage.some(({ limit }) => limit.endsWith('MiB'))).toBe(true);
    const counts = tables.map((table) => `(SELECT count(c${columns - 1}) FROM data.${table})`);
    expect(await read(path, `SELECT (${counts.join(' + ')})::INT`)).toEqual([
      [5 * rows * tables.length],
    ]);
  });

  it('has room beside what DuckDB keeps of each commit until the file is closed', async () => {
    const path = databasePath();
    const tables = Array.from({ length: 60 }, (_, i) => `t${i}`);
    const destination = duckdb(path, { thread: false });
    const memory = { stagedBytes: 16e6, databaseBytes: 25.6e6 };
    const bounded: typeof destination = {
      ...destination,
      begin: (spec, signal) => destination.begin({ ...spec, memory }, signal),
    };
    // Each commit but the first ends and begins within a vector of each table: a block for each.
    const batches = range(0, 4).pipe(map((i) => noisy(tables, 1, 100, i)));
    await loaded(bounded, batches, { commit: { rows: 100 } });
    const counts = tables.map((table) => `(SELECT count(*) FROM data.${table})`);
    expect(await read(path, `SELECT (${counts.join(' + ')})::INT`)).toEqual([[60 * 400]]);
  });

  it('has room for the rows of many tables that wait for one commit', async () => {
    const path = databasePath();
    const tables = Array.from({ length: 200 }, (_, i) => `t${i}`);
    const destination = duckdb(path, { thread: false });
    const memory = { stagedBytes: 16e6, databaseBytes: 21e6 };
    const bounded: typeof destination = {
      ...destination,
      begin: (spec, signal) => destination.begin({ ...spec, memory }, signal),
    };
    // DuckDB has 16 KiB at least for each of 1,600 columns, and moves none of them to the disk.
    const batches = range(0, 8).pipe(
      map((i) => noisy(tables.slice(i * 25, (i + 1) * 25), 8, 9, i)),
    );
    await loaded(bounded, batches, { commit: { rows: 10_000 } });
    const counts = tables.map((table) => `(SELECT count(c7) FROM data.${table})`);
    expect(await read(path, `SELECT (${counts.join(' + ')})::INT`)).toEqual([[200 * 9]]);
  });

  it('is not limited while staged rows are brought into place', async () => {
    const path = databasePath();
    const shop = pipeline({ name: 'shop', destination: duckdb(path, { thread: false }) });
    const hints = { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
    const rows = (from: number): { id: number }[] =>
      Array.from({ length: 150_000 }, (_, i) => ({ id: from + i }));
    await shop.run(rows(0), hints);
    const seen = watched();
    await shop.run(rows(100_000), hints);
    const { statements } = seen;
    const at = (of: RegExp): number => statements.findLastIndex((sql) => of.test(sql));
    const [set, lifted] = [/^SET GLOBAL memory_limit = '\d+B'$/, /RESET GLOBAL memory_limit$/];
    expect(at(set)).toBeGreaterThan(0);
    expect(at(lifted)).toBeGreaterThan(at(set));
    expect(at(/DELETE FROM/)).toBeGreaterThan(at(lifted));
    expect(await shop.dataset().query('SELECT count(*)::INT AS n FROM orders')).toEqual([
      { n: 250_000 },
    ]);
    await shop.close();
  });

  it('stays within the share of `memory`, also while staged rows are brought into place', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const own = await destination.query("SELECT current_setting('memory_limit') AS own");
    const shop = pipeline({ name: 'shop', destination, memory: '128MB' });
    const hints = { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
    const rows = (from: number): { id: number; text: string }[] =>
      Array.from({ length: 60_000 }, (_, i) => ({ id: from + i, text: `${i} ${'x'.repeat(600)}` }));
    const seen = watched();
    await shop.run(rows(0), hints);
    await shop.run(rows(30_000), hints);
    // With less, the join of many rows fails.
    const joined = 16 * MIB * availableParallelism() + 48 * 60_000;
    const { usage, statements } = seen;
    expect(statements).toContain(`SET GLOBAL memory_limit = '${joined}B'`);
    // A sixth of 128 MB.
    expect(new Set(usage.slice(1).map(({ limit }) => limit))).toContain('20.3 MiB');
    expect(Math.max(...usage.map(({ all }) => all))).toBeLessThan(30e6);
    expect(await shop.dataset().query('SELECT count(*)::INT AS n FROM orders')).toEqual([
      { n: 90_000 },
    ]);
    expect(await destination.query("SELECT current_setting('memory_limit') AS own")).toEqual(own);
    await shop.close();
  });

  it('is set anew with every 16 MiB that are appended, which has DuckDB give freed memory back', async () => {
    const path = databasePath();
    const seen = watched();
    await using shop = pipeline({
      name: 'shop',
      destination: duckdb(path, { thread: false }),
      memory: '192MB',
    });
    const rows = Array.from({ length: 65_000 }, (_, id) => ({ id, text: 'x'.repeat(600) }));
    await shop.run(rows, { table: 'orders' });
    const set = seen.statements.filter((sql) => sql.startsWith('SET GLOBAL memory_limit'));
    // 39 MB of texts.
    expect(set.filter((sql, i) => sql === set[i - 1])).toEqual(
      Array(2).fill("SET GLOBAL memory_limit = '32000000B'"),
    );
  });

  it('is less of the share of `memory` the more values DuckDB keeps account of', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const memory = { stagedBytes: 16e6, databaseBytes: 44e6 };
    const bounded: typeof destination = {
      ...destination,
      begin: (spec, signal) => destination.begin({ ...spec, memory }, signal),
    };
    const seen = watched();
    // 18 M values in 11 row groups of 40 columns, 2,400 bytes each: a MiB.
    const rows = 450_000;
    const flags = { ...column('flag', 'bool', []), rows, data: new Uint8Array(rows / 8) };
    const columns = Array.from({ length: 40 }, (_, i) => ({ ...flags, name: `f${i}` }));
    await loaded(bounded, of(batchOf(page('t', columns))), { commit: { rows: 1 } });
    const set = seen.statements.filter((sql) => /^SET GLOBAL memory_limit = '\d{8}B'$/.test(sql));
    expect(new Set(set)).toEqual(
      new Set([44e6, 44e6 - MIB].map((limit) => `SET GLOBAL memory_limit = '${limit}B'`)),
    );
  });

  it('is less than the share of `memory` where rows need less, and stays so', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const memory = { stagedBytes: 16e6, databaseBytes: 80e6 };
    const bounded: typeof destination = {
      ...destination,
      begin: (spec, signal) => destination.begin({ ...spec, memory }, signal),
    };
    const { usage } = watched();
    const batches = range(0, 40).pipe(map((i) => noisy(['t'], 12, 20_480, i)));
    await loaded(bounded, batches, { commit: { rows: 100_000 } });
    expect(statSync(path).size).toBeGreaterThan(70 * MIB);
    expect(Math.max(...usage.map(({ all }) => all))).toBeLessThan(48 * MIB);
    expect(Math.max(...usage.map(({ temporary }) => temporary))).toBe(0);
  });

  it('is more than the share of `memory` where a table is so wide that its rows need more', async () => {
    const path = databasePath();
    const { usage } = watched();
    const shop = pipeline({
      name: 'shop',
      destination: duckdb(path, { thread: false }),
      memory: '128MB',
      commit: { rows: 500 },
    });
    const wide = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`c${i}`, 'x'.repeat(20)]),
    );
    const rows = Array.from({ length: 1_000 }, (_, i) => ({ id: i, ...wide }));
    await shop.run(rows, { table: 'wide' });
    const limits = new Set(usage.map(({ limit }) => limit));
    // A sixth of 128 MB, then 512 KiB for each column and what compression takes.
    expect(limits).toContain('20.3 MiB');
    expect([...limits].some((limit) => /^11\d\.\d MiB$/.test(limit))).toBe(true);
    expect(await shop.dataset().query('SELECT count(c199)::INT AS n FROM wide')).toEqual([
      { n: 1_000 },
    ]);
    await shop.close();
  });

  it('is not limited for whoever reads during a load, and is what a user sets', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const setting = async (): Promise<unknown> =>
      (await destination.query("SELECT current_setting('memory_limit') AS own"))[0];
    const own = await setting();
    const { usage } = watched();
    const reads: Promise<unknown>[] = [];
    let appended = 0;
    await loaded(destination, range(0, 12).pipe(map((i) => noisy(['t'], 8, 30_000, i))), {
      commit: { rows: 30_000 },
      observe: ({ kind }) => {
        appended += Number(kind === 'append');
        if (kind !== 'append') return;
        if (appended === 7) reads.push(setting());
        if (appended === 8) reads.push(destination.query("SET memory_limit = '1GB'"));
        if (appended === 11) reads.push(setting());
      },
    });
    const [before, , after] = await Promise.all(reads);
    expect(usage.some(({ limit }) => limit.endsWith('MiB'))).toBe(true);
    expect(before).toEqual(own);
    expect(after).toEqual({ own: '953.6 MiB' });
    await destination.close();
  });
});

describe('rows that have no room in memory', () => {
  it('go beside the file, and nothing of them is left', async () => {
    const path = databasePath();
    const opened = await openFile(path, true);
    const connection = await opened.instance.connect();
    await connection.run(`${opened.setUp}; SET GLOBAL memory_limit = '30MB'; BEGIN`);
    await connection.run('CREATE TEMP TABLE t AS SELECT hash(range) AS n FROM range(6_000_000)');
    expect(existsSync(`${path}.tmp`)).toBe(true);
    await connection.run('ROLLBACK');
    connection.closeSync();
    await opened.close({ merges: false, isChanged: false });
    expect(existsSync(`${path}.tmp`)).toBe(false);
    const next = await openFile(databasePath(), true);
    const other = await next.instance.connect();
    const found = await other.runAndReadAll("SELECT system.main.current_setting('temp_directory')");
    expect(found.getRows()).not.toEqual([[`${path}.tmp`]]);
    other.closeSync();
    await next.close({ merges: false, isChanged: false });
  });
});
