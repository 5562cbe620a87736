import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchColumns } from '#operators/arrow/batch-columns.js';
import { batchRows, duckdb } from 'sluice';
import { type Batch, copyBatch } from 'sluice/operators';
import { loaded } from '../destination/duckdb/load-tools.js';
import { batchOf, column, databasePath, page } from '../destination/duckdb/tools.js';

const mixed = (): Batch =>
  batchOf(
    page('t', [
      column('n', 'bigint', [1, null, 3]),
      column('x', 'double', [0.5, null, -0]),
      column('b', 'bool', [true, false, null]),
      column('s', 'text', ['a', null, 'ä ☕']),
      column('at', 'timestamp', [0, 1_000_000, null]),
    ]),
  );

const rowsOf = ({ tables }: Batch): unknown[] =>
  tables.flatMap(({ schema, batch }) => batchRows([batch], schema));

describe('copyBatch()', () => {
  it('gives the same rows in memory of their own', () => {
    const batch = mixed();
    const copy = copyBatch(batch);
    expect(rowsOf(copy)).toEqual(rowsOf(batch));
    const values = ({ tables: [table] }: Batch): unknown =>
      batchColumns((table as Batch['tables'][number]).batch)[0]?.data.buffer;
    expect(values(copy)).not.toBe(values(batch));
    expect(copy.bytes).toBe(batch.bytes);
  });

  it.each([true, false])('lets a batch be loaded twice (thread: %s)', async (thread) => {
    const destination = duckdb(databasePath(), { thread });
    const batch = mixed();
    const copy = copyBatch(batch);
    await loaded(destination, of(batch, copy));
    expect(await destination.query('SELECT count(*) AS n, sum(x) AS x FROM data.t')).toEqual([
      { n: 6, x: 1 },
    ]);
  });
});

describe('a batch that was loaded', () => {
  it.each([true, false])('is refused by a second load (thread: %s)', async (thread) => {
    const destination = duckdb(databasePath(), { thread });
    const batch = mixed();
    const spent = {
      code: 'ERR_SLUICE_BATCH_SPENT',
      message: expect.stringMatching(
        /^A batch of table t was loaded before.*copyBatch\(\)/,
      ) as string,
    };
    await expect(loaded(destination, of(batch, batch))).rejects.toMatchObject(spent);
    expect(() => copyBatch(batch)).toThrow(expect.objectContaining(spent) as Error);
  });
});
