import { availableParallelism } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFile, type OpenDatabase } from '#src/destination/duckdb/open-database.js';
import { duckdb, pipeline } from 'sluice';
import { DuckDBAppender, DuckDBConnection } from 'sluice/duckdb';
import { tempFolder } from '../../support/temp-folder.js';

const SQL = "SELECT current_setting('threads') AS threads";

async function threadsOf({ instance, setUp }: OpenDatabase): Promise<number> {
  const connection = await instance.connect();
  await connection.run(setUp);
  const result = await connection.runAndReadAll(SQL);
  connection.closeSync();
  return Number(result.getRows()[0]?.[0]);
}

describe('a database', () => {
  const folder = tempFolder();

  it('has one thread of DuckDB’s until all are wanted, and one again for the next file', async () => {
    const first = await openFile(folder.path('a.duckdb'), true);
    expect(await threadsOf(first)).toBe(1);
    await first.useAllThreads();
    expect(await threadsOf(first)).toBe(availableParallelism());
    await first.close({ merges: false, isChanged: false });
    const second = await openFile(folder.path('b.duckdb'), true);
    expect(await threadsOf(second)).toBe(1);
    await second.close({ merges: false, isChanged: true });
  });

  it('has all threads for queries', async () => {
    const destination = duckdb(folder.path('q.duckdb'));
    const [row] = await destination.query(SQL);
    expect(Number(row?.['threads'])).toBe(availableParallelism());
    await destination.close();
  });

  it('has all threads for staged rows once the last of them is appended', async () => {
    const run = vi.spyOn(DuckDBConnection.prototype, 'run');
    const append = vi.spyOn(DuckDBAppender.prototype, 'appendDataChunk');
    onTestFinished(() => [run, append].forEach((spy) => spy.mockRestore()));
    const shop = pipeline({
      name: 'shop',
      destination: duckdb(folder.path('shop.duckdb'), { thread: false }),
    });
    const orders = { table: 'orders', writeDisposition: 'merge', primaryKey: 'id' } as const;
    await shop.run([{ id: 1 }], orders);
    run.mockClear();
    append.mockClear();
    await shop.run([{ id: 1 }, { id: 2 }], orders);
    const order = (of: (sql: string) => boolean): number =>
      run.mock.invocationCallOrder[run.mock.calls.findIndex(([sql]) => of(sql))] ?? 0;
    const threads = order((sql) => sql.includes('RESET GLOBAL threads'));
    expect(threads).toBeGreaterThan(append.mock.invocationCallOrder.at(-1) as number);
    expect(threads).toBeLessThan(order((sql) => sql.includes('DELETE FROM')));
    expect(run.mock.calls.filter(([sql]) => sql.includes('threads'))).toHaveLength(2);
  });
});
