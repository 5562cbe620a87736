import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { array, assert, asyncProperty, option, string } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchColumns } from '#operators/arrow/batch-columns.js';
import { recordBatch } from '#operators/arrow/record-batch.js';
import { appendRows, type ColumnSource } from '#src/destination/duckdb/append/chunk-writer.js';
import { canWriteStringLayout } from '#src/destination/duckdb/append/string-layout-check.js';
import { SQL_TYPE } from '#src/destination/duckdb/column-type.js';
import type { DataType, ShapedColumn } from 'sluice/operators';
import { column, count, type Value } from './tools.js';

let instance: DuckDBInstance;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
});
afterAll(() => instance.closeSync());

/** What the driver would give as objects, as numbers or texts. */
const READ: Readonly<Record<string, (column: string) => string>> = {
  'TIMESTAMP WITH TIME ZONE': (column) => `epoch_us(${column})`,
  TIMESTAMP: (column) => `epoch_us(${column})`,
  'DECIMAL(38,9)': (column) => `CAST(replace(CAST(${column} AS VARCHAR), '.', '') AS HUGEINT)`,
  'DECIMAL(38,0)': (column) => `CAST(${column} AS HUGEINT)`,
  DATE: (column) => `CAST(${column} - DATE '1970-01-01' AS INTEGER)`,
  TIME: (column) => `epoch_us(${column})`,
  BLOB: (column) => `decode(${column})`,
};

/** Appends the columns to a new table and reads them back, column by column. */
async function throughDuckdb(
  sources: readonly ColumnSource[],
  types: readonly string[],
  rows: number,
  blockStrings?: boolean,
): Promise<DuckDBValue[][]> {
  const connection = await instance.connect();
  try {
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE t (${types.map((type, i) => `c${i} ${type}`).join(', ')})`,
    );
    const appender = await connection.createAppender('t');
    try {
      appendRows(appender, sources, rows, blockStrings);
    } catch (error) {
      appender.clear();
      throw error;
    } finally {
      appender.closeSync();
    }
    const selected = types.map((type, i) => READ[type]?.(`c${i}`) ?? `c${i}`);
    const result = await connection.runAndReadAll(
      `SELECT ${selected.join(', ')} FROM t ORDER BY rowid`,
    );
    return result.getColumns();
  } finally {
    connection.closeSync();
  }
}

async function roundTrip(
  dataType: DataType,
  values: readonly Value[],
  blockStrings?: boolean,
): Promise<DuckDBValue[]> {
  const [read] = await throughDuckdb(
    [column('c', dataType, values)],
    [SQL_TYPE[dataType]],
    values.length,
    blockStrings,
  );
  return read ?? [];
}

/** A value of each type for a row; long and short texts by turns. */
const VALUE: Readonly<Record<DataType, (row: number) => Value>> = {
  text: (row) =>
    row % 2 === 0 ? `row ${row}` : `row ${row}, beyond the twelve bytes that lie in place`,
  json: (row) => `{"row":${row},"list":[1,2,3]}`,
  bigint: (row) => 9_007_199_254_740_993n * BigInt(row % 2 === 0 ? 1 : -1) + BigInt(row),
  double: (row) => row / 3,
  bool: (row) => row % 3 === 0,
  timestamp: (row) => BigInt(row) * 86_400_000_001n - 100_000_000_000_000n,
  decimal: (row) => BigInt(row - 1_000) * 12_345_678_901_234_567n,
  wei: (row) => BigInt(row - 1_000) * 10n ** 34n + BigInt(row),
  date: (row) => row - 1_000,
  time: (row) => BigInt(row) * 12_345_678n,
  binary: (row) => (row % 2 === 0 ? `${row}` : `row ${row} has more bytes than lie in place`),
};

describe('appendRows', () => {
  describe.each(Object.keys(VALUE) as DataType[])('%s', (dataType) => {
    it.each([0, 1, 2_047, 2_048, 2_049, 4_097])('appends %i rows', async (rows) => {
      const values = count(rows).map(VALUE[dataType]);
      expect(await roundTrip(dataType, values)).toEqual(rows === 0 ? [] : values);
    });

    it.each([
      ['at the ends of a chunk', (row: number) => row >= 2_046 && row <= 2_049],
      ['in the first row', (row: number) => row === 0],
      ['in every other row', (row: number) => row % 2 === 1],
      ['everywhere', () => true],
    ])('keeps nulls %s', async (_, isNull) => {
      const values = count(2_050).map((row) => (isNull(row) ? null : VALUE[dataType](row)));
      expect(await roundTrip(dataType, values)).toEqual(values);
    });
  });

  it('keeps integers and doubles to the last bit', async () => {
    const integers = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n)];
    expect(await roundTrip('bigint', integers)).toEqual(integers);
    const doubles = [0, -0, 5e-324, -1.7976931348623157e308, 0.1, 1 / 3];
    const read = await roundTrip('double', doubles);
    expect(read.every((value, i) => Object.is(value, doubles[i]))).toBe(true);
  });

  it('keeps instants before 1970 and years beyond 9999', async () => {
    const instants = [-1n, -62_135_596_800_000_000n, 253_402_300_800_000_000n];
    expect(await roundTrip('timestamp', instants)).toEqual(instants);
  });

  describe.each([
    ['by block copies', true],
    ['one by one', false],
  ])('text %s', (_, blockStrings) => {
    it('keeps every length from 0 to 64 bytes', async () => {
      const texts = count(65).flatMap((length) => ['x'.repeat(length), 'é'.repeat(length / 2)]);
      expect(await roundTrip('text', texts, blockStrings)).toEqual(texts);
    });

    it('keeps a text of 1 MiB among short ones', async () => {
      const texts = [
        'short',
        'a😀b'.repeat((1024 * 1024) / 6),
        '',
        'longer than twelve bytes',
        null,
      ];
      expect(await roundTrip('text', texts, blockStrings)).toEqual(texts);
    });

    it('keeps any Unicode', async () => {
      const text = string({ unit: 'binary', maxLength: 40 });
      await assert(
        asyncProperty(array(option(text), { minLength: 1, maxLength: 60 }), async (values) => {
          expect(await roundTrip('text', values, blockStrings)).toEqual(values);
        }),
        { numRuns: 40 },
      );
    });

    it.each([
      ['long texts', ['short', 'long enough to be copied as one block']],
      ['texts that are stored inline', ['short', 'twelve chars', 'and', 'a fifth']],
    ])('refuses bytes that are not UTF-8 in %s', async (_, values) => {
      const source = column('c', 'text', values);
      source.data.set([0xff], 20);
      await expect(
        throughDuckdb([source], ['VARCHAR'], values.length, blockStrings),
      ).rejects.toThrow(/not UTF-8/);
    });

    it.each([12, 13])(
      'appends texts of up to %i bytes, whichever row is the longest',
      async (longest) => {
        for (const rows of [1, 2, 3, 4, 5, 8, 9]) {
          for (const at of count(rows)) {
            const values = count(rows).map((row) => 'x'.repeat(row === at ? longest : row % 12));
            expect(await roundTrip('text', values, blockStrings)).toEqual(values);
          }
        }
      },
    );

    it('refuses offsets that cut a character in two', async () => {
      const source = {
        ...column('c', 'text', ['ééééé', 'ééééé']),
        offsets: Int32Array.of(0, 9, 20),
      };
      await expect(throughDuckdb([source], ['VARCHAR'], 2, blockStrings)).rejects.toThrow(
        /not UTF-8/,
      );
    });
  });

  it('refuses offsets that fall', async () => {
    const source = {
      ...column('c', 'text', ['some text here', 'and some more']),
      offsets: Int32Array.of(0, 200, 10),
    };
    await expect(throughDuckdb([source], ['VARCHAR'], 2)).rejects.toThrow(/do not rise/);
  });

  it('refuses columns whose buffers are too short', async () => {
    for (const dataType of Object.keys(VALUE) as DataType[]) {
      const values = count(20).map(VALUE[dataType]);
      const whole = column('c', dataType, values);
      const cut = { ...whole, data: whole.data.subarray(0, whole.data.byteLength - 1) };
      await expect(throughDuckdb([cut], [SQL_TYPE[dataType]], 20)).rejects.toThrow(
        /less data than its 20 rows need/,
      );
      await expect(throughDuckdb([whole], [SQL_TYPE[dataType]], 21)).rejects.toThrow(
        /less data than its 21 rows need/,
      );
      const unsure = {
        ...column('c', dataType, [...values.slice(1), null]),
        validity: new Uint8Array(2),
      };
      await expect(throughDuckdb([unsure], [SQL_TYPE[dataType]], 20)).rejects.toThrow(/less data/);
    }
  });

  it('refuses text buffers for a column of fixed width, and the other way round', async () => {
    const text = column('c', 'text', ['sixteen bytes ok', '']);
    await expect(throughDuckdb([{ ...text, dataType: 'bigint' }], ['BIGINT'], 2)).rejects.toThrow(
      /bigint column/,
    );
    const integer = column('c', 'bigint', [1n, 2n]);
    await expect(throughDuckdb([{ ...integer, dataType: 'text' }], ['VARCHAR'], 2)).rejects.toThrow(
      /text column/,
    );
  });

  it.each([true, false])(
    'fills columns that the batch lacks with nulls and constants (block copies: %s)',
    async (blockStrings) => {
      const texts = count(2_050).map((row) => `text of row number ${row}`);
      const sources = [
        null,
        column('c', 'text', texts),
        { constant: '1749667187.541553' },
        { constant: 'short' },
      ];
      const [nulls, read, long, short] = await throughDuckdb(
        sources,
        ['BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
        2_050,
        blockStrings,
      );
      expect(nulls).toEqual(texts.map(() => null));
      expect(read).toEqual(texts);
      expect(new Set(long)).toEqual(new Set(['1749667187.541553']));
      expect(new Set(short)).toEqual(new Set(['short']));
      expect(short).toHaveLength(2_050);
    },
  );

  it('lets DuckDB cast to the types that an existing table has', async () => {
    const sources = [
      column('a', 'bigint', [300n]),
      column('b', 'text', ['2026-02-03']),
      column('c', 'text', ['12.345']),
      column('d', 'timestamp', [1_700_000_000_123_456n]),
    ];
    const [integer, date, decimal, timestamp] = await throughDuckdb(
      sources,
      ['INTEGER', 'DATE', 'DECIMAL(10, 2)', 'TIMESTAMP'],
      1,
    );
    expect([integer?.[0], date?.[0], String(decimal?.[0]), timestamp?.[0]]).toEqual([
      300,
      20_487,
      '12.35',
      1_700_000_000_123_456n,
    ]);
  });

  it('reads sliced record batches where they begin', async () => {
    const rows = 2_100;
    const columns = (Object.keys(VALUE) as DataType[]).map((dataType) =>
      column(
        dataType,
        dataType,
        count(rows).map((row) => (row % 7 === 3 ? null : VALUE[dataType](row))),
      ),
    );
    const whole = recordBatch(
      columns.map((each) => ({ ...each, nullable: true })),
      rows,
    );
    for (const [from, to] of [
      [3, 2_099],
      [8, 16],
      [2_047, 2_100],
      [5, 5],
    ] as const) {
      const sliced = batchColumns(
        whole.slice(from - 2 < 0 ? 0 : from - 2).slice(2, to - from + 2),
      ).map((each, i): ShapedColumn => ({
        ...each,
        dataType: (columns[i] as ShapedColumn).dataType,
      }));
      const read = await throughDuckdb(
        sliced,
        columns.map(({ dataType }) => SQL_TYPE[dataType]),
        to - from,
      );
      for (const [i, { dataType }] of columns.entries())
        expect(read[i] ?? []).toEqual(
          count(rows)
            .slice(from, to)
            .map((row) => (row % 7 === 3 ? null : VALUE[dataType](row))),
        );
    }
  });

  it('respects where views begin in a shared buffer', async () => {
    const source = column('c', 'double', [1, 2, 3, null]);
    const shared = new Uint8Array(100).fill(0xff);
    shared.set(source.data, 40);
    shared.set(source.validity as Uint8Array, 3);
    const moved = { ...source, data: shared.subarray(40, 72), validity: shared.subarray(3, 4) };
    expect(await throughDuckdb([moved], ['DOUBLE'], 4)).toEqual([[1, 2, 3, null]]);
  });
});

describe('canWriteStringLayout', () => {
  it('recognises DuckDB’s strings as its C header describes them', () => {
    expect(canWriteStringLayout()).toBe(true);
  });
});
