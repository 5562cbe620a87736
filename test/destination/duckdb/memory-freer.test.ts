import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memoryFreer } from '#src/destination/duckdb/memory/memory-freer.js';

async function connected(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  onTestFinished(() => {
    connection.closeSync();
    instance.closeSync();
  });
  return connection;
}

async function limitOf(connection: DuckDBConnection): Promise<unknown> {
  return (
    await connection.runAndReadAll("SELECT current_setting('memory_limit')")
  ).getRowsJS()[0]?.[0];
}

describe('the memory freer', () => {
  it('sets DuckDB’s memory limit to its present value, however often it runs', async () => {
    const connection = await connected();
    const free = await memoryFreer(connection);
    const before = await limitOf(connection);
    const run = vi.spyOn(connection, 'run');
    for (let i = 0; i < 20; i += 1) await free(connection);
    expect(run.mock.calls.filter(([sql]) => sql.startsWith('SET memory_limit'))).toHaveLength(20);
    expect(await limitOf(connection)).toBe(before);
  });

  it('does not change a limit that was set since', async () => {
    const connection = await connected();
    const free = await memoryFreer(connection);
    await connection.run("SET memory_limit = '1200MiB'");
    const set = await limitOf(connection);
    await free(connection);
    expect(set).toMatch(/^1\.1/);
    expect(await limitOf(connection)).toBe(set);
  });
});
