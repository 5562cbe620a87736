import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openFile, type OpenDatabase } from '#src/destination/duckdb/open-database.js';
import { duckdb } from 'sluice';
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
});
