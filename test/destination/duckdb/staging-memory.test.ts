import { afterEach, describe, expect, it, vi } from 'vitest';
import { stagingMemory } from '#src/destination/duckdb/staging-memory.js';
import { duckdb, pipeline } from 'sluice';
import { DuckDBConnection } from 'sluice/duckdb';
import type { LoadStep } from 'sluice/operators';
import { databasePath } from './tools.js';

describe('staged rows', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** Merges rows into a table that is there, with a commit after each; `ms`: time between reads. */
  async function merged(
    ms: number,
  ): Promise<{ statements: string[]; rows: unknown[]; committed: LoadStep[] }> {
    const shop = pipeline({
      name: 'shop',
      dataset: 'data',
      destination: duckdb(databasePath(), { thread: false }),
      batch: { rows: 1 },
      commit: { rows: 1 },
    });
    const rows = (version: number, ...ids: number[]): object[] =>
      ids.map((id) => ({ id, version, parts: [{ part: id }] }));
    const hints = { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
    await shop.run(rows(1, 1, 2), hints);
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += ms));
    const run = vi.spyOn(DuckDBConnection.prototype, 'run');
    const committed: LoadStep[] = [];
    await shop.run(rows(2, 2, 3, 4, 3), {
      ...hints,
      observe: (event) => {
        if (event.kind === 'commit') committed.push(event);
      },
    });
    const statements = run.mock.calls.map(([sql]) => sql);
    const found = await shop
      .dataset()
      .query(
        'SELECT id, version, list(part) AS parts FROM data.orders o JOIN data.orders__parts p ON p._dlt_parent_id = o._dlt_id GROUP BY ALL ORDER BY id',
      );
    await shop.close();
    return { statements, rows: found, committed };
  }
  const inFile = /CREATE TABLE "t[^"]*"\."data"\."_sluice_new__orders(__parts)?"/g;
  const inMemory = /CREATE TEMP TABLE "temp"\."main"\."_sluice_new__orders(__parts)?"/g;

  it.each([
    ['in memory alone while a load is young', 0, 0],
    ['in memory first, and in the file when the load is old', 10_000, 2],
  ])('wait %s', async (_, ms, tablesInFile) => {
    const { statements, rows } = await merged(ms);
    const tables = (name: RegExp): number => statements.join('\n').match(name)?.length ?? 0;
    expect([tables(inMemory), tables(inFile)]).toEqual([2, tablesInFile]);
    expect(
      JSON.parse(
        JSON.stringify(rows, (__, value) => (typeof value === 'bigint' ? Number(value) : value)),
      ),
    ).toEqual([
      { id: 1, version: 1, parts: [1] },
      { id: 2, version: 2, parts: [2] },
      { id: 3, version: 2, parts: [3] },
      { id: 4, version: 2, parts: [4] },
    ]);
  });

  it('are committed, with their positions, only once they are in the file', async () => {
    const kept = async (ms: number): Promise<number[]> => {
      const { committed } = await merged(ms);
      const rows = committed.map(({ tables }) => tables?.['orders'] ?? 0);
      const positions = committed.map((step) => step.positions?.length ?? 0);
      return [rows, positions].map((counts) => counts.reduce((sum, count) => sum + count, 0));
    };
    expect(await kept(0)).toEqual([0, 0]);
    expect(await kept(10_000)).toEqual([4, 1]);
  });

  it('are too many for memory beyond 128 MiB', () => {
    const memory = stagingMemory();
    const add = (bytes: number): void =>
      memory.add({
        schema: { name: 'orders', parent: null, columns: [] },
        hints: { resource: 'orders', writeDisposition: 'merge', primaryKey: [] },
        rows: 1,
        columns: [
          {
            name: 'id',
            dataType: 'bigint',
            rows: 1,
            nulls: 0,
            validity: null,
            offsets: null,
            data: new Uint8Array(bytes),
          },
        ],
      } as never);
    add(100 * 1024 * 1024);
    expect(memory.isFull()).toBe(false);
    add(30 * 1024 * 1024);
    expect(memory.isFull()).toBe(true);
  });
});
