import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { duckdb, load } from 'sluice';
import { loaded, read } from './load-tools.js';
import { databasePath, numbers } from './tools.js';

describe('a dataset with the name of its database', () => {
  it.each([true, false])('is refused when it would be new (thread: %s)', async (thread) => {
    const destination = duckdb(databasePath('shop.duckdb'), { thread });
    await expect(loaded(destination, of(numbers([1])), { dataset: 'Shop' })).rejects.toMatchObject({
      code: 'ERR_SLUICE_CONFIG',
      message: expect.stringMatching(
        /Dataset shop .* ambiguous\. Give `dataset` another name, for example shop_data/,
      ) as string,
    });
    await loaded(destination, of(numbers([1])), { dataset: 'shop_data' });
    expect(
      await destination.query(
        "SELECT schema_name FROM duckdb_schemas() WHERE schema_name = 'shop'",
      ),
    ).toEqual([]);
  });

  it.each(['memory', 'temp', 'system'])('is refused in memory: %s', async (dataset) => {
    await expect(loaded(duckdb(':memory:'), of(numbers([1])), { dataset })).rejects.toThrow(
      /ambiguous/,
    );
  });

  it('is loaded, read and queried when it exists already', async () => {
    const path = databasePath('shop.duckdb');
    const destination = duckdb(path);
    await destination.query('CREATE SCHEMA shop.shop');
    await loaded(destination, of(numbers([1])), { dataset: 'shop' });
    await loaded(destination, of(numbers([2])), { dataset: 'shop' });
    const reader = destination.dataset('shop');
    expect(await reader.query?.('SELECT n FROM t ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await reader.rows('t')).length).toBe(2);
    expect(await read(path, 'SELECT sum(n) FROM shop.shop.t')).toEqual([[3n]]);
  });
});

describe('an empty name of a dataset', () => {
  it.each(['', '  '])('is refused at once: %j', (dataset) => {
    expect(() => load(duckdb(databasePath()), { dataset })).toThrow(
      'load(): `dataset`: found an empty text; it must be text, not empty.',
    );
  });
});
