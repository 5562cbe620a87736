import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { duckdb, load, pipeline } from 'sluice';
import { batch, evolve, flatten, fromObjects } from 'sluice/operators';

const rows = [
  { id: 1, _dlt_id: 'mine', list: [{ x: 1 }, { x: 2, _dlt_id: 'child', deep: [7] }] },
  { id: 2, _dlt_id: 5 },
  { id: 3, _dlt_id: '' },
  { id: 4, _dlt_id: 0 },
  { id: 5 },
  { id: 6, _dltId: 'other' },
  { id: 7, _dltId: 'left', _dlt_id: '2026-01-01T00:00:00Z', list: [{ x: 3 }] },
  { id: 8, _dlt_id: { a: 1 } },
  { id: 9, _dlt_id: true },
];

describe('an `_dlt_id` of a row', () => {
  it.each([
    ['append', 9],
    ['append', 1],
    ['replace', 9],
    ['merge', 9],
    ['merge', 1],
  ] as const)('is the row’s id, as dlt has it: %s, %d rows a page', async (disposition, size) => {
    const database = duckdb(':memory:');
    const pages = size === 1 ? rows.map((row) => [row]) : [rows];
    await lastValueFrom(
      fromObjects<object>(pages, { resource: 't' }).pipe(
        flatten({ table: 't', primaryKey: 'id', writeDisposition: disposition }),
        evolve(),
        batch(),
        load(database, { dataset: 'd' }),
      ),
    );
    const dataset = database.dataset('d');
    type Query = (sql: string) => Promise<Record<string, unknown>[]>;
    const query: Query = async (sql) => await (dataset as Required<typeof dataset>).query(sql);
    const ids = await query('SELECT id, _dlt_id FROM t ORDER BY id');
    const made = expect.stringMatching(/^[A-Za-z0-9+/]{12}$/) as string;
    expect(ids.map(({ _dlt_id }) => _dlt_id)).toEqual([
      'mine',
      '5',
      made,
      made,
      made,
      'other',
      '2026-01-01T00:00:00Z',
      made,
      made,
    ]);
    expect(await query('SELECT x, _dlt_parent_id FROM t__list ORDER BY x')).toEqual([
      { x: 1, _dlt_parent_id: 'mine' },
      { x: 2, _dlt_parent_id: 'mine' },
      { x: 3, _dlt_parent_id: '2026-01-01T00:00:00Z' },
    ]);
    expect(await query('SELECT value, _dlt_parent_id FROM t__list__deep')).toEqual([
      { value: 7, _dlt_parent_id: 'child' },
    ]);
    if (disposition === 'merge')
      expect(await query('SELECT _dlt_root_id FROM t__list__deep')).toEqual([
        { _dlt_root_id: 'mine' },
      ]);
    // What is no id, or a second one, is data, and kept under another name.
    const others = await query(
      "SELECT COLUMNS('_dlt_id__.*') FROM t WHERE id IN (3, 4, 7, 8, 9) ORDER BY id",
    );
    expect(others.map((row) => Object.values(row).filter((value) => value !== null))).toEqual([
      [''],
      ['0'],
      ['left'],
      [1],
      ['true'],
    ]);
  });

  it("is the text of `true` with `compat: 'dlt'`", async () => {
    const own = pipeline({ name: 'own', destination: duckdb(':memory:'), compat: 'dlt' });
    await own.run([{ _dlt_id: true, list: [1] }, { _dlt_id: false }, { _dlt_id: 'mine' }], {
      table: 't',
    });
    const ids = await own.dataset().query<{ _dlt_id: string }>('SELECT _dlt_id FROM t');
    expect(ids.map(({ _dlt_id }) => _dlt_id)).toEqual([
      'True',
      expect.stringMatching(/^[A-Za-z0-9+/]{12}$/) as string,
      'mine',
    ]);
    expect(await own.dataset().query('SELECT _dlt_parent_id FROM t__list')).toEqual([
      { _dlt_parent_id: 'True' },
    ]);
    await own.close();
  });
});
