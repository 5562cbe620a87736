import { expect, it } from 'vitest';
import { duckdb, pipeline } from 'sluice';
import { databasePath } from '../destination/duckdb/tools.js';

/** Rows of which those from `late` on have a column more. */
function* rows(count: number, late: number): Generator<object> {
  for (let id = 0; id < count; id += 1) yield id < late ? { id } : { id, late: id };
}

// DuckDB fails where a transaction has some 80,000 rows of a table, alters it, and goes on.
it.each(['append', 'replace', 'merge'] as const)(
  'loads rows with a new column behind many without it (%s)',
  async (writeDisposition) => {
    await using shop = pipeline({ name: 'shop', destination: duckdb(databasePath()) });
    await shop.run(() => rows(150_000, 95_000), {
      table: 'orders',
      writeDisposition,
      ...(writeDisposition === 'merge' && { primaryKey: 'id' }),
    });
    expect(
      await shop
        .dataset()
        .query(
          'SELECT count(*)::INT AS n, count(late)::INT AS late, sum(late - id)::INT AS off FROM orders',
        ),
    ).toEqual([{ n: 150_000, late: 55_000, off: 0 }]);
  },
);

it('loads rows that bring one new column after another with a small `memory`', async () => {
  await using shop = pipeline({
    name: 'shop',
    destination: duckdb(databasePath()),
    memory: '128MB',
  });
  const growing = Array.from({ length: 60_000 }, (_, id) => ({ id, [`k${id >> 9}`]: id }));
  await shop.run(growing, { table: 'orders' });
  expect(
    await shop.dataset().query('SELECT count(*)::INT AS n, count(k117)::INT AS last FROM orders'),
  ).toEqual([{ n: 60_000, last: 96 }]);
});
