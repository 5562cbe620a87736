import { lastValueFrom, of } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { duckdb, pipeline, type Pipeline, type RowsConfig } from 'sluice';
import { flatten, type FlattenConfig, select } from 'sluice/operators';
import { tempFolder } from '../../support/temp-folder.js';

type Hints = Omit<RowsConfig, 'table' | 'columns'> & Pick<FlattenConfig, 'columns'>;

/** Ids of the root rows that `flatten` makes of a list of rows. */
async function flatIds(hints: Hints, text: string): Promise<string[]> {
  const body = new TextEncoder().encode(text);
  const page = {
    resource: 'orders',
    parent: null,
    index: 0,
    body,
    rows: { kind: 'array', start: 0, end: body.length, count: 1 } as const,
    next: null,
    stamp: null,
    state: null,
  };
  const flat = await lastValueFrom(of(page).pipe(select(), flatten({ table: 'orders', ...hints })));
  const column = flat.tables[0]?.columns.find(({ name }) => name === '_dlt_id');
  const { offsets, data } = column?.lanes[0] ?? {};
  return [...(offsets ?? [])]
    .slice(1)
    .map((end, row) => new TextDecoder().decode(data?.subarray(offsets?.[row], end)));
}

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

  it('makes new tables of the first rows, which have no columns or tables of staging', async () => {
    const query = await loaded(merge, [
      { id: 1, l: [1] },
      { id: 2, l: [2, 3] },
      { id: 3, l: [] },
    ]);
    expect(
      await query(
        `SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
         WHERE starts_with(table_name, 'orders') OR starts_with(table_name, '_sluice_new')
         GROUP BY 1 ORDER BY 1`,
      ),
    ).toEqual([
      ['orders', ['id', '_dlt_load_id', '_dlt_id']],
      ['orders__l', ['value', '_dlt_root_id', '_dlt_parent_id', '_dlt_list_idx', '_dlt_id']],
    ]);
    expect(await query('SELECT id FROM data.orders')).toEqual([[1], [2], [3]]);
    expect(await query(numbers)).toEqual([[1], [2], [3]]);
  });

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

  describe('upsert', () => {
    const upsert: Hints = {
      writeDisposition: { disposition: 'merge', strategy: 'upsert' },
      primaryKey: 'id',
    };
    it('keeps the id of a row, which is the hash that dlt makes of its key', async () => {
      const query = await loaded(upsert, [{ id: 1, l: [7] }], [{ id: 1, n: 2, l: [8, 9] }]);
      expect(await query('SELECT n, _dlt_id FROM data.orders')).toEqual([[2, 'z5jIxXIbUnmbKw']]);
      expect(
        await query(
          'SELECT value, _dlt_root_id, _dlt_id FROM data.orders__l ORDER BY _dlt_list_idx',
        ),
      ).toEqual([
        [8, 'z5jIxXIbUnmbKw', '0DuDscRYI8A78A'],
        [9, 'z5jIxXIbUnmbKw', 'IcZ8SGajroNHNg'],
      ]);
    });

    // Made with dlt 1.31: the ids of rows with these keys.
    it.each([
      ['1.0', 'cvXT4XHjvZjFxg'],
      ['1e-5', '/xfddsYNuBNu8A'],
      ['1e22', '58pJLHEhw3ztmQ'],
      ['123456789012345678.0', '6YiitS68cCKJfA'],
      ['1.5e300', 'KLCgb5YrE/+B4A'],
      ['0.0001', 'BnZef/YfGXSLZA'],
      ['-0.0', 'skUCgLHpatPvkg'],
      ['1', 'z5jIxXIbUnmbKw'],
      ['2', 'M6/KlLzJ2FeV/w'],
    ])('hashes the key %s as dlt does', async (key, id) => {
      expect(await flatIds(upsert, `[{"id":${key}}]`)).toEqual([id]);
    });

    it('takes the last row of a key with its children, and of others none', async () => {
      const query = await loaded(
        upsert,
        [{ id: 1, l: [1] }],
        [
          { id: 1, n: 1, l: [2, 3] },
          { id: 1, n: 2 },
          { id: 2, l: [4] },
          { id: 2, n: 3, l: [5] },
        ],
      );
      expect(await query('SELECT id, n FROM data.orders ORDER BY 1')).toEqual([
        [1, 2],
        [2, 3],
      ]);
      expect(await query(numbers)).toEqual([[5]]);
    });

    it('inserts no row that is marked as deleted, which dlt does', async () => {
      const hints: Hints = {
        ...upsert,
        columns: { gone: { hardDelete: true, dataType: 'bool' } },
      };
      const runs = [
        [{ id: 1, l: [1] }, { id: 2 }],
        [
          { id: 1, gone: true },
          { id: 3, gone: true, l: [3] },
        ],
      ];
      const query = await loaded(hints, ...runs);
      expect(await query('SELECT id FROM data.orders')).toEqual([[2]]);
      expect(await query(numbers)).toEqual([]);
      compat = 'dlt';
      const inDlt = await loaded({ ...hints }, ...runs);
      expect(await inDlt('SELECT id FROM data.orders ORDER BY 1')).toEqual([[2], [3]]);
    });
  });

  describe('insert-only', () => {
    it('keeps rows that are there, and adds new keys and new elements of lists', async () => {
      const query = await loaded(
        { writeDisposition: { disposition: 'merge', strategy: 'insert-only' }, primaryKey: 'id' },
        [{ id: 1, n: 1, l: [1] }],
        [
          { id: 1, n: 2, l: [5, 6] },
          { id: 2, n: 3 },
        ],
      );
      expect(await query('SELECT id, n FROM data.orders ORDER BY 1')).toEqual([
        [1, 1],
        [2, 3],
      ]);
      expect(await query(numbers)).toEqual([[1], [6]]);
    });
  });

  describe('scd2', () => {
    const scd2 = (about: object = {}): Hints => ({
      writeDisposition: { disposition: 'merge', strategy: 'scd2', ...about },
    });
    const versions =
      'SELECT id, n, _dlt_valid_to IS NULL FROM data.orders ORDER BY id, _dlt_valid_from';

    it('keeps every version of a row, and one that comes back', async () => {
      const query = await loaded(
        scd2(),
        [
          { id: 1, n: 'a', l: [1] },
          { id: 2, n: 'b' },
        ],
        [{ id: 1, n: 'a2', l: [1, 2] }],
        [{ id: 1, n: 'a', l: [1] }],
      );
      expect(await query(versions)).toEqual([
        [1, 'a', false],
        [1, 'a2', false],
        [1, 'a', true],
        [2, 'b', false],
      ]);
      expect(await query(numbers)).toEqual([[1], [1], [2]]);
    });

    // Made with dlt 1.31: the id of this row.
    it('hashes the whole row as dlt does', async () => {
      const row =
        '[{"a":1.0,"b":[1e16,{"z":null,"Ä":"é\\u2028\\u007f\\u0001","a":true}],"c":-0.0}]';
      expect(await flatIds(scd2(), row)).toEqual(['j7OSti1P8Fk+Xg']);
    });

    it('ends versions of staged merge keys alone, compound ones column by column', async () => {
      const query = await loaded(
        { ...scd2(), mergeKey: ['a', 'b'] },
        [
          { id: 1, n: 'x', a: '1', b: '11' },
          { id: 2, n: 'x', a: '11', b: '1' },
        ],
        [{ id: 1, n: 'y', a: '1', b: '11' }],
      );
      expect(await query(versions)).toEqual([
        [1, 'x', false],
        [1, 'y', true],
        [2, 'x', true],
      ]);
    });

    it('takes times and names of columns as they are given', async () => {
      const query = await loaded(
        scd2({
          validityColumnNames: ['from', 'to'],
          activeRecordTimestamp: '9999-12-31',
          boundaryTimestamp: '2024-01-01T00:00:00.25Z',
        }),
        [{ id: 1 }],
      );
      expect(
        await query('SELECT id, "from"::VARCHAR, "to"::VARCHAR FROM data.orders ORDER BY 1, 2'),
      ).toEqual([[1, '2024-01-01 00:00:00.25+00', '9999-12-31 00:00:00+00']]);
    });

    it('tells versions apart by a key of the rows, and adds nothing below those that stay', async () => {
      const query = await loaded(
        scd2({ rowVersionColumnName: 'ver' }),
        [{ id: 1, ver: 'a', n: 1, l: [1] }],
        [
          { id: 1, ver: 'a', n: 2, l: [2] },
          { id: 2, ver: 'b', n: 3, l: [3] },
        ],
      );
      expect(await query('SELECT id, n FROM data.orders ORDER BY 1')).toEqual([
        [1, 1],
        [2, 3],
      ]);
      expect(await query(numbers)).toEqual([[1], [3]]);
    });
  });

  it('leaves tables as they were when a run fails', async () => {
    const query = await loaded(merge, [{ id: 1, n: 1, l: [1] }]);
    const [shop] = open;
    await expect(
      shop?.run([{ id: 1, n: 2, l: [2] }, { n: 3 }], { table: 'orders', ...merge }),
    ).rejects.toThrow('must have a value in every row');
    expect(await query('SELECT n FROM data.orders')).toEqual([[1]]);
    expect(await query(numbers)).toEqual([[1]]);
  });

  it('requests nothing where a strategy lacks its key', async () => {
    const rows = (): never => {
      throw new Error('rows were requested');
    };
    const shop = pipeline({ name: 'shop', destination: duckdb(':memory:') });
    open.push(shop);
    await expect(
      shop.run(rows, {
        table: 'orders',
        writeDisposition: { disposition: 'merge', strategy: 'upsert' },
      }),
    ).rejects.toThrow('merge strategy upsert finds rows by their primary key');
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
