import { expect, it } from 'vitest';
import { duckdb, pipeline } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

it('loads names that every JavaScript object has, and finds its cursor, keys and columns again', async () => {
  const destination = duckdb(folder.path('names.duckdb'));
  await using loading = pipeline({ name: 'constructor', destination, dataset: 'd' });
  const run = (value: number): Promise<unknown> =>
    loading
      .run([{ constructor: value, items: [{ constructor: 1 }] }], {
        table: 'constructor',
        writeDisposition: 'merge',
        primaryKey: 'constructor',
        incremental: { cursorPath: 'constructor' },
      })
      .then(({ tables }) => tables);
  expect(await run(1)).toEqual({ constructor: 1, constructor__items: 1 });
  expect(await run(1)).toEqual({});
  expect(await run(2)).toEqual({ constructor: 1, constructor__items: 1 });
  const data = loading.dataset();
  expect(await data.rowCounts()).toEqual({ constructor: 2, constructor__items: 2 });
  const [stored] = await data.query<{ schema: string }>(
    'SELECT schema FROM _dlt_version ORDER BY version DESC LIMIT 1',
  );
  const { tables } = JSON.parse(stored?.schema ?? '') as {
    tables: Record<string, { name: string; columns: Record<string, { name: string }> }>;
  };
  for (const [name, table] of Object.entries(tables)) {
    expect(table.name).toBe(name);
    for (const [column, hints] of Object.entries(table.columns)) expect(hints.name).toBe(column);
  }
  expect(Object.keys(tables)).toContain('constructor');
});
