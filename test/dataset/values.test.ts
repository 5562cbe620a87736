import { execFileSync } from 'node:child_process';
import { DuckDBDateValue, DuckDBDecimalValue, DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Dataset, dataset, duckdb } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

beforeEach(async () => {
  const instance = await DuckDBInstance.create(folder.path('values.duckdb'));
  const connection = await instance.connect();
  await connection.run(`
    CREATE SCHEMA shop;
    CREATE TABLE shop.numbers AS SELECT i::INTEGER AS id FROM range(5) t(i);
    CREATE TABLE shop.moments AS SELECT
      TIMESTAMP '1969-12-31 23:59:59.999999' AS before, TIMESTAMPTZ 'infinity' AS never,
      DATE '-infinity' AS always, DATE '1969-12-31' AS day, TIMESTAMP_NS '1969-12-31 23:59:59.999999999' AS nanos,
      TIME WITH TIME ZONE '12:00:00+02' AS opens, INTERVAL '1 month 2 days' AS lasts, '101'::BIT AS bits;
    CREATE TABLE shop.large AS SELECT 99999999999999999999999999999999999999::HUGEINT AS "n ""1""",
      340282366920938463463374607431768211455::UHUGEINT AS u, 'a' AS t;
    CREATE VIEW shop.even AS SELECT id FROM shop.numbers WHERE id % 2 = 0;
    CREATE TABLE shop.dropped AS SELECT 1 AS x;
    CREATE VIEW shop.broken AS SELECT x FROM shop.dropped;
    DROP TABLE shop.dropped`);
  connection.closeSync();
  instance.closeSync();
});

/** DuckDB in a thread of its own, and in the caller's. */
describe.each([true, false])('values of a dataset (thread: %s)', (thread) => {
  const data = (): Dataset => dataset(duckdb(folder.path('values.duckdb'), { thread }), 'shop');
  const ids = async (condition: string, ...parameters: unknown[]): Promise<unknown[]> => {
    const found = data()
      .table('numbers')
      .where(condition, ...parameters);
    return (await found.arrow()).toArray().map((row: { id: number }) => row.id);
  };
  const typeOf = async (value: unknown): Promise<unknown> => {
    const sql = 'SELECT typeof($1) AS type, $1::VARCHAR AS text';
    const [row] = await data().query<{ type: string; text: string }>(sql, [value]);
    return `${row?.type} ${row?.text}`;
  };

  it('take lists as parameters', async () => {
    expect(await ids('id = ANY($1) AND NOT id = ANY($2)', [1, 3, null], [3])).toEqual([1]);
    expect(await ids('id = ANY($1)', [])).toEqual([]);
    expect(await typeOf([null, 2])).toBe('INTEGER[] [NULL, 2]');
    expect(await typeOf([1, 2.5])).toBe('DOUBLE[] [1.0, 2.5]');
    expect(await typeOf([1, 2n ** 70n])).toBe('HUGEINT[] [1, 1180591620717411303424]');
    expect(await typeOf([['a'], []])).toBe('VARCHAR[][] [[a], []]');
    expect(await typeOf([new Date(0)])).toMatch(/^TIMESTAMP WITH TIME ZONE\[\] /);
  });

  it('take numbers as they are, and values of the binding', async () => {
    expect(await typeOf(1e300)).toBe('DOUBLE 1e+300');
    expect(await typeOf(-0)).toBe('DOUBLE -0.0');
    expect(await typeOf(2 ** 53 + 2)).toBe('BIGINT 9007199254740994');
    expect(await typeOf(2n ** 127n)).toBe('UHUGEINT 170141183460469231731687303715884105728');
    expect(await typeOf(new DuckDBDateValue(1))).toBe('DATE 1970-01-02');
    expect(await typeOf([new DuckDBDecimalValue(150n, 4, 2)])).toBe('DECIMAL(4,2)[] [1.50]');
  });

  it.each([
    [2n ** 128n, /Parameter \$1 of the query is a BigInt beyond 128 bits/],
    [['a', 1], /a list of string and integer values/],
    [[1n, 0.5], /a list of BigInt and fractions/],
    [[2n ** 127n, -1n], /no integer type holds together/],
    [[undefined], /a list with undefined: give null/],
    [{ a: 1 }, /an object: give null/],
  ])('refuse what no parameter can be: %s', async (value, message) => {
    await expect(typeOf(value)).rejects.toThrow(message);
  });

  it('are Dates of the millisecond that they are in, and text where there is no Date', async () => {
    const [row] = await data().rows('moments');
    expect(row).toEqual({
      before: new Date(-1),
      never: 'infinity',
      always: '-infinity',
      day: new Date(-86_400_000),
      nanos: new Date(-1),
      opens: '12:00:00+02',
      lasts: '1 month 2 days',
      bits: '101',
    });
  });

  it('stay exact in Parquet, where integers are beyond 64 bits', async () => {
    const path = folder.path(`large-${thread}.parquet`);
    expect(await data().table('large').where('t = $1', 'a').toParquet(path)).toBe(1);
    const [row] = await data().query(`SELECT *, typeof("n ""1""") AS type FROM '${path}'`);
    expect(row).toEqual({
      'n "1"': '99999999999999999999999999999999999999',
      u: '340282366920938463463374607431768211455',
      t: 'a',
      type: 'DECIMAL(38,0)',
    });
  });

  it('are found again by what rows give, whatever the time zone of the process is', () => {
    const code = `
      import { dataset, duckdb } from 'sluice';
      const data = dataset(duckdb(process.argv[1], { thread: ${thread} }), 'shop');
      const [row] = await data.rows('moments');
      const days = data.table('moments').where('day = $1', row.day);
      const [zone] = await data.query("SELECT current_setting('TimeZone') AS name");
      console.log(await days.count(), zone.name);`;
    const args = ['--input-type=module', '-e', code, folder.path('values.duckdb')];
    const env = { ...process.env, TZ: 'America/New_York' };
    expect(execFileSync(process.execPath, args, { env, encoding: 'utf8' })).toBe('1 UTC\n');
  });

  it('are read from views too, which are no tables of loads', async () => {
    const even = data().table('even').where('id > $1', 0).orderBy('id', 'desc');
    expect((await even.arrow()).getChild('id')?.toArray()).toEqual(Int32Array.of(4, 2));
    expect(await data().rows('even')).toHaveLength(3);
    expect(await data().tables()).toEqual(['large', 'moments', 'numbers']);
    await expect(data().table('broken').count()).rejects.toThrow(/The query failed: .*dropped/);
  });

  it('name the tables that there are, where one is missing', async () => {
    const message = 'no table `number`. Did you mean `numbers`? Tables: ';
    await expect(data().rows('number')).rejects.toThrow(message);
    await expect(data().table('number').count()).rejects.toThrow(message);
  });
});
