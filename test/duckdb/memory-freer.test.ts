import { memoryFreer } from '#src/duckdb/memory-freer.js';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished } from 'vitest';

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
  return (await connection.runAndReadAll("SELECT current_setting('memory_limit')")).getRowsJS()[0]?.[0];
}

describe('what frees DuckDB’s memory', () => {
  it('leaves the limit as it is, however often it runs', async () => {
    const connection = await connected();
    const free = await memoryFreer(connection);
    const before = await limitOf(connection);
    for (let i = 0; i < 20; i += 1) await free(connection);
    expect(await limitOf(connection)).toBe(before);
  });

  it('leaves a limit alone that somebody has set since', async () => {
    const connection = await connected();
    const free = await memoryFreer(connection);
    await connection.run("SET memory_limit = '1200MiB'");
    const set = await limitOf(connection);
    await free(connection);
    expect(set).toMatch(/^1\.1/);
    expect(await limitOf(connection)).toBe(set);
  });
});
