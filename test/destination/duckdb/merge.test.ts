import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { duckdb, pipeline, type Pipeline, type RowsConfig } from 'sluice';
import { tempFolder } from '../../support/temp-folder.js';

type Hints = Omit<RowsConfig, 'table'>;

describe('merging loads', () => {
  const folder = tempFolder();
  const open: Pipeline[] = [];
  let compat: 'sluice' | 'dlt';
  beforeEach(() => {
    compat = 'sluice';
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** Loads rows run by run, two a page, and gives the query that reads what they left. */
  async function loaded(
    hints: Hints,
    ...runs: readonly object[][]
  ): Promise<(sql: string) => Promise<unknown[][]>> {
    const shop = pipeline({
      name: 'shop',
      dataset: 'data',
      destination: duckdb(folder.path('t.duckdb'), { thread: false }),
      batch: { rows: 1 },
      compat,
    });
    open.push(shop);
    for (const rows of runs) await shop.run(rows, { table: 'orders', ...hints });
    return async (sql) => (await shop.dataset().query(sql)).map((row) => Object.values(row));
  }
  const merge = { writeDisposition: 'merge', primaryKey: 'id' } as const;
  const numbers = 'SELECT value FROM data.orders__l ORDER BY 1';

  describe('delete-insert', () => {
    it('replaces all rows that share a merge key, children with them', async () => {
      const query = await loaded(
        { writeDisposition: 'merge', mergeKey: 'day' },
        [
          { id: 1, day: 1, l: [1] },
          { id: 2, day: 1, l: [2] },
          { id: 3, day: 2, l: [3] },
        ],
        [{ id: 4, day: 1, l: [4] }],
      );
      expect(await query('SELECT id FROM data.orders ORDER BY 1')).toEqual([[3], [4]]);
      expect(await query(numbers)).toEqual([[3], [4]]);
    });

    it('finds rows by either of both keys', async () => {
      const query = await loaded(
        { ...merge, mergeKey: 'day' },
        [
          { id: 1, day: 1 },
          { id: 2, day: 1 },
          { id: 3, day: 2 },
          { id: 4, day: 3 },
        ],
        [{ id: 3, day: 1 }],
      );
      expect(await query('SELECT id, day FROM data.orders ORDER BY 1')).toEqual([
        [3, 1],
        [4, 3],
      ]);
    });

    it.each([
      ['asc', 1, [10]],
      ['desc', 3, [31, 32]],
    ] as const)('keeps the first row in the order %s of a column', async (dedupSort, n, l) => {
      const query = await loaded({ ...merge, columns: { n: { dedupSort } } }, [
        { id: 1, n: 3, l: [30] },
        { id: 1, n: 1, l: [10] },
        { id: 1, l: [0] },
        { id: 1, n: 3, l: [31, 32] },
      ]);
      expect(await query('SELECT n FROM data.orders')).toEqual([[n]]);
      expect(await query(numbers)).toEqual(l.map((value) => [value]));
    });

    it('deletes rows whose key comes with a mark, children with them, and inserts no marked row', async () => {
      const query = await loaded(
        { ...merge, columns: { gone: { hardDelete: true, dataType: 'bool' } } },
        [
          { id: 1, l: [1] },
          { id: 2, l: [2] },
        ],
        [
          { id: 1, gone: true, l: [8] },
          { id: 2, gone: false },
          { id: 3, gone: true, l: [9] },
        ],
      );
      expect(await query('SELECT id, gone FROM data.orders')).toEqual([[2, false]]);
      expect(await query(numbers)).toEqual([]);
    });

    it('takes every value but null as a mark where the column is no boolean', async () => {
      const query = await loaded(
        { ...merge, columns: { gone: { hardDelete: true } } },
        [{ id: 1 }, { id: 2 }],
        [
          { id: 1, gone: '' },
          { id: 2, gone: null },
        ],
      );
      expect(await query('SELECT id FROM data.orders')).toEqual([[2]]);
    });

    it('lets a later row of the load take back a mark', async () => {
      const query = await loaded(
        { ...merge, columns: { gone: { hardDelete: true } } },
        [{ id: 1, gone: true }, { id: 2 }],
        [
          { id: 2, gone: true },
          { id: 2, gone: null, n: 5 },
        ],
      );
      expect(await query('SELECT id, n FROM data.orders')).toEqual([[2, 5]]);
    });

    it('does not compare rows of a load that is declared deduplicated', async () => {
      const query = await loaded(
        { primaryKey: 'id', writeDisposition: { disposition: 'merge', deduplicated: true } },
        [{ id: 1 }, { id: 1 }],
      );
      expect(await query('SELECT id FROM data.orders')).toEqual([[1], [1]]);
    });

    it('keeps rows without a key apart where the key may be null', async () => {
      const hints: Hints = { writeDisposition: 'merge', columns: { id: { primaryKey: true } } };
      const query = await loaded(
        hints,
        [
          { id: null, n: 1 },
          { id: null, n: 2 },
          { id: 1, n: 3 },
        ],
        [{ id: 1, n: 4 }, { n: 5 }],
      );
      expect(await query('SELECT n FROM data.orders ORDER BY 1')).toEqual([[1], [2], [4], [5]]);
    });

    it('takes the first of equal keys, and one row without a key, as dlt with `compat`', async () => {
      compat = 'dlt';
      const query = await loaded(
        { writeDisposition: 'merge', columns: { id: { primaryKey: true } } },
        [
          { id: null, n: 1 },
          { id: 1, n: 2, l: [2] },
          { id: 1, n: 3, l: [3] },
          { id: null, n: 4 },
        ],
      );
      expect(await query('SELECT n FROM data.orders ORDER BY 1')).toEqual([[1], [2]]);
      expect(await query(numbers)).toEqual([[2]]);
    });

    it('finds nested and compound keys', async () => {
      const query = await loaded(
        { writeDisposition: 'merge', primaryKey: ['shop', 'ref__id'] },
        [
          { shop: 'a', ref: { id: 1 }, n: 1 },
          { shop: 'b', ref: { id: 1 }, n: 2 },
        ],
        [{ shop: 'b', ref: { id: 1 }, n: 3 }],
      );
      expect(await query('SELECT n FROM data.orders ORDER BY 1')).toEqual([[1], [3]]);
    });

    it('leaves no column of its own in a table', async () => {
      const query = await loaded(merge, [{ id: 1, l: [1] }, { id: 1 }]);
      expect(
        await query(
          "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'data' AND table_name LIKE 'orders%' AND column_name LIKE '_sluice%'",
        ),
      ).toEqual([]);
    });
  });

  describe('replace', () => {
    it.each([
      ['sluice', [[3], [4]], [[3], [4]]],
      ['dlt', [[1], [2], [3], [4]], [[1], [3], [4]]],
    ] as const)('keeps keys of a load as %s does', async (mode, rows, below) => {
      compat = mode;
      const query = await loaded(
        { writeDisposition: 'replace', primaryKey: 'id' },
        [{ id: 9 }],
        [
          { id: 1, n: 1, l: [1] },
          { id: 2, n: 2 },
          { id: 1, n: 3, l: [3] },
          { id: 2, n: 4, l: [4] },
        ],
      );
      expect(await query('SELECT n FROM data.orders ORDER BY 1')).toEqual(rows);
      expect(await query(numbers)).toEqual(below);
    });
  });
});
