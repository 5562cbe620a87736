import { DataType, type Table } from 'apache-arrow';
import { fromArrow } from 'arquero';
import { beforeAll, describe, expect, it } from 'vitest';
import { dataset, DuckDBInstance, duckdb, type DuckdbDestination, pipeline } from 'sluice';

const ROWS = 150_000;

let instance: DuckDBInstance;
let destination: DuckdbDestination;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  destination = duckdb(instance);
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA d');
  await connection.run(`CREATE TABLE d.numbers AS SELECT i AS id,
      CASE WHEN i % 7 = 0 THEN NULL ELSE i * 3 END AS some,
      i % 3 = 0 AS third,
      CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 = 0 END AS even,
      CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'ä' || i WHEN 3 THEN repeat('x', (i % 40)::INT)
        ELSE 'a text that is longer than twelve bytes: ' || i END AS text,
      CASE WHEN i % 11 = 0 THEN 'the same long text in many rows' ELSE 'another long text of many rows' END AS repeated,
      CASE WHEN i % 4 = 0 THEN NULL WHEN i % 4 = 1 THEN [] ELSE [i, NULL, i + 1] END AS list,
      {'n': i, 't': 'text ' || i} AS struct
    FROM range(${ROWS}) r(i)`);
  connection.closeSync();
});

const arrow = async (sql: string): Promise<Table> => {
  const connection = await instance.connect();
  await connection.run(`CREATE OR REPLACE TABLE d.one AS ${sql}`);
  connection.closeSync();
  return dataset(destination, 'd').table('one').arrow();
};

function rowOf(table: Table, at: number): unknown {
  return table.get(at)?.toJSON();
}

/** The bytes of a 128-bit integer as a number. */
function int128(words: Uint32Array): bigint {
  const value = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
  return BigInt.asIntN(128, value);
}

describe('arrow()', () => {
  it('gives every value of many rows, whatever their chunks', async () => {
    const numbers = dataset(destination, 'd')
      .table('numbers')
      .where('id % 1000 <> 1')
      .orderBy('id');
    const table = await numbers.arrow();
    expect(table.numRows).toBe(ROWS - ROWS / 1_000);
    let row = 0;
    let wrong = 0;
    const columns = Object.fromEntries(
      table.schema.fields.map(({ name }) => [name, table.getChild(name)]),
    );
    for await (const expected of numbers.select(
      'id',
      'some',
      'third',
      'even',
      'text',
      'repeated',
    )) {
      for (const [name, value] of Object.entries(expected)) {
        const found: unknown = columns[name]?.get(row);
        if ((typeof found === 'bigint' ? Number(found) : found) !== value) wrong += 1;
      }
      row += 1;
    }
    expect([row, wrong]).toEqual([table.numRows, 0]);
    for (const at of [0, 1, 2, 3, 4_095, 130_000, table.numRows - 1]) {
      const { id, list, struct } = rowOf(table, at) as {
        id: bigint;
        list: unknown;
        struct: { toJSON(): unknown };
      };
      expect(struct.toJSON()).toEqual({ n: id, t: `text ${id}` });
      const values = list === null ? null : [...(list as Iterable<bigint | null>)];
      expect(values).toEqual(id % 4n === 0n ? null : id % 4n === 1n ? [] : [id, null, id + 1n]);
    }
  });

  it.each([
    ['TINYINT', '-128', -128],
    ['UTINYINT', '255', 255],
    ['SMALLINT', '-32768', -32_768],
    ['USMALLINT', '65535', 65_535],
    ['INTEGER', '-2147483648', -2_147_483_648],
    ['UINTEGER', '4294967295', 4_294_967_295],
    ['BIGINT', '-9223372036854775808', -(2n ** 63n)],
    ['UBIGINT', '18446744073709551615', 2n ** 64n - 1n],
    ['FLOAT', '0.5', 0.5],
    ['DOUBLE', '0.1', 0.1],
    ['BOOLEAN', 'true', true],
    ['VARCHAR', 'ü', 'ü'],
    ['JSON', '{"a": 1}', '{"a": 1}'],
    ['UUID', '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9', '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'],
    ['UUID', 'fa1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9', 'fa1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'],
    ['TIME', '12:34:56.789012', 45_296_789_012n],
    ['DATE', '1969-12-31', -86_400_000],
    ['TIMESTAMP', '1969-12-31 23:59:59.5', -500],
    ['TIMESTAMP_S', '2020-01-01 00:00:01', 1_577_836_801_000],
    ['TIMESTAMP_MS', '2020-01-01 00:00:00.001', 1_577_836_800_001],
    ['TIMESTAMP WITH TIME ZONE', '2020-01-01 01:00:00+01', 1_577_836_800_000],
    ['TIME WITH TIME ZONE', '12:00:00+02', '12:00:00+02'],
    [
      "ENUM('a', 'a longer word of an enum')",
      'a longer word of an enum',
      'a longer word of an enum',
    ],
    [
      'UHUGEINT',
      '340282366920938463463374607431768211455',
      '340282366920938463463374607431768211455',
    ],
  ])('has %s as %s', async (type, text, expected) => {
    const table = await arrow(`SELECT CAST($$${text}$$ AS ${type}) AS x UNION ALL SELECT NULL`);
    expect([table.getChild('x')?.get(0), table.getChild('x')?.get(1)]).toEqual([expected, null]);
  });

  it.each([
    ['DECIMAL(4,2)', '-12.34', -1_234n, 2],
    ['DECIMAL(9,2)', '-1234567.89', -123_456_789n, 2],
    ['DECIMAL(18,0)', '-999999999999999999', -999_999_999_999_999_999n, 0],
    [
      'DECIMAL(38,9)',
      '-12345678901234567890123456789.123456789',
      -12_345_678_901_234_567_890_123_456_789_123_456_789n,
      9,
    ],
    ['HUGEINT', '-170141183460469231731687303715884105728', -(2n ** 127n), 0],
    ['HUGEINT', '170141183460469231731687303715884105727', 2n ** 127n - 1n, 0],
  ])('has all digits of %s', async (type, text, expected, scale) => {
    const table = await arrow(`SELECT '${text}'::${type} AS x UNION ALL SELECT NULL`);
    const column = table.getChild('x');
    expect(DataType.isDecimal(column?.type) && column.type.scale).toBe(scale);
    expect([int128(column?.get(0) as Uint32Array), column?.get(1)]).toEqual([expected, null]);
  });

  it('has bytes, nanoseconds, fixed lists, maps and intervals', async () => {
    const table = await arrow(`SELECT '\\x00\\xFF and eleven bytes more'::BLOB AS bytes,
      '2020-01-01 00:00:00.123456789'::TIMESTAMP_NS AS nanos, [1, 2]::INTEGER[2] AS pair,
      MAP {'k': 1, 'l': NULL} AS map, INTERVAL '1 month 2 days 3 seconds' AS interval,
      [[1], NULL, [2, 3]] AS lists, [{'a': 'x'}, {'a': 'another text of many bytes'}] AS structs`);
    const row = rowOf(table, 0) as Record<string, { toJSON(): unknown }>;
    expect(Buffer.from(row['bytes'] as unknown as Uint8Array).toString('latin1')).toBe(
      '\0\xff and eleven bytes more',
    );
    expect(table.getChild('nanos')?.data[0]?.values).toEqual(
      BigInt64Array.of(1_577_836_800_123_456_789n),
    );
    expect(JSON.stringify([row['pair'], row['map'], row['lists'], row['structs']])).toBe(
      '[[1,2],{"k":1,"l":null},[[1],null,[2,3]],[{"a":"x"},{"a":"another text of many bytes"}]]',
    );
    expect([...(row['interval'] as unknown as Int32Array)]).toEqual([1, 2, -1_294_967_296, 0]);
  });

  it('carries every type that a load writes', async () => {
    await using loading = pipeline({ name: 'typed', destination: duckdb(':memory:') });
    const row = {
      price: '12.50',
      wei: '123456789012345678901234567890',
      day: '2020-01-02',
      time: '10:11:12.5',
      bytes: 'aGVsbG8gd29ybGQgYW5kIG1vcmU=',
      nanos: '2020-01-01T00:00:00.123456789',
      big: 123_456_789_012_345_678_901_234_567_890n,
    };
    await loading.run([row], {
      table: 'typed',
      columns: {
        price: { dataType: 'decimal', precision: 10, scale: 2 },
        wei: { dataType: 'wei' },
        day: { dataType: 'date' },
        time: { dataType: 'time' },
        bytes: { dataType: 'binary' },
        nanos: { dataType: 'timestamp', precision: 9, timezone: false },
      },
    });
    const typed = loading
      .dataset()
      .table('typed')
      .select(...(Object.keys(row) as ['price']));
    const table = await typed.arrow();
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'price Decimal[10e+2]',
      'wei Decimal[38e0]',
      'day Date32<DAY>',
      'time Time64<MICROSECOND>',
      'bytes Binary',
      'nanos Timestamp<NANOSECOND>',
      'big Decimal[38e0]',
    ]);
    expect(int128(table.getChild('price')?.get(0) as Uint32Array)).toBe(1_250n);
    expect(int128(table.getChild('big')?.get(0) as Uint32Array)).toBe(row.big);
    for await (const read of typed)
      expect(read).toEqual({
        price: 12.5,
        wei: row.wei,
        day: new Date('2020-01-02'),
        time: '10:11:12.5',
        bytes: new Uint8Array(Buffer.from('hello world and more')),
        nanos: new Date('2020-01-01T00:00:00.123Z'),
        big: row.big,
      });
  });

  it('makes batches of large texts smaller', async () => {
    const table = await arrow(
      "SELECT i, repeat('x', 16000 + i::INT) AS text FROM range(10_000) r(i)",
    );
    expect(table.batches.length).toBeGreaterThan(1);
    const lengths = Array.from(
      { length: table.numRows },
      (_, at) => String(table.getChild('text')?.get(at)).length,
    );
    expect(lengths).toEqual(Array.from({ length: 10_000 }, (_, i) => 16_000 + i));
  });

  it('marks text that is JSON', async () => {
    const { schema } = await arrow(`SELECT '{}'::JSON AS x, '{}' AS y`);
    expect(schema.fields.map(({ metadata }) => metadata.get('ARROW:extension:name'))).toEqual([
      'arrow.json',
      undefined,
    ]);
  });

  it('has the columns of a result without rows', async () => {
    const table = await arrow(`SELECT 1 AS x, 'a' AS y LIMIT 0`);
    expect([table.numRows, table.schema.fields.map(({ name }) => name)]).toEqual([0, ['x', 'y']]);
  });

  it('is taken by arquero', async () => {
    const numbers = dataset(destination, 'd').table('numbers');
    const table = fromArrow((await numbers.arrow()) as never);
    expect(table.filter((row: { third: boolean }) => row.third).numRows()).toBe(ROWS / 3);
  });
});
