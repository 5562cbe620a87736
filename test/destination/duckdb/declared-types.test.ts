import { describe, expect, it } from 'vitest';
import { type ColumnHint, type Compat, duckdb, pipeline, type RunEvent } from 'sluice';
import { databasePath } from './tools.js';

interface Stored {
  /** Name and DuckDB's type, without those of sluice's own. */
  columns: string[];
  /** Values as DuckDB prints them. */
  rows: Record<string, string | null>[];
  notices: string[];
}

/** Loads JSON rows, each run's in a load of its own. */
async function stored(
  columns: Readonly<Record<string, ColumnHint>>,
  runs: readonly (readonly string[])[],
  compat: Compat = 'sluice',
): Promise<Stored> {
  const loading = pipeline({
    name: 'p',
    dataset: 'd',
    destination: duckdb(databasePath(), { thread: false }),
    compat,
  });
  const notices: string[] = [];
  const observe = (event: RunEvent): void => {
    if (event.kind === 'notice') notices.push(event.message);
  };
  try {
    for (const rows of runs)
      await loading.run(
        rows.map((row) => JSON.parse(row) as object),
        { table: 't', columns, observe },
      );
    const own = `column_name NOT LIKE '\\_dlt%' ESCAPE '\\'`;
    const types = await loading
      .dataset()
      .query<{ column: string }>(
        `SELECT column_name || ' ' || data_type AS column FROM duckdb_columns() WHERE table_name = 't' AND ${own} ORDER BY column_index`,
      );
    const rows = await loading
      .dataset()
      .query<Record<string, string | null>>(
        `SELECT columns(* EXCLUDE (_dlt_id, _dlt_load_id))::VARCHAR FROM t ORDER BY rowid`,
      );
    return { columns: types.map(({ column }) => column), rows, notices };
  } finally {
    await loading.close();
  }
}

describe('declared columns', () => {
  it('have the types of their hints, in later loads too', async () => {
    const hints: Readonly<Record<string, ColumnHint>> = {
      price: { dataType: 'decimal', precision: 12, scale: 3 },
      any: { dataType: 'decimal' },
      w: { dataType: 'wei' },
      day: { dataType: 'date' },
      t: { dataType: 'time' },
      bytes: { dataType: 'binary' },
      small: { dataType: 'bigint', precision: 16 },
      huge: { dataType: 'bigint', precision: 128 },
      plain: { dataType: 'timestamp', timezone: false },
      seconds: { dataType: 'timestamp', timezone: false, precision: 0 },
      nine: { dataType: 'timestamp', precision: 9 },
      s: { dataType: 'timestamp', epoch: 's' },
      ms: { dataType: 'timestamp', epoch: 'ms', timezone: false, precision: 3 },
    };
    const row = JSON.stringify({
      price: '12.5',
      any: 0.1,
      w: '12345678901234567890123',
      day: '1969-12-31',
      t: '23:59:59.5',
      bytes: 'aGk=',
      small: -32_768,
      huge: 1,
      plain: '2024-01-01T00:00:00+02:00',
      seconds: '2024-01-01T00:00:00',
      nine: '2024-01-01T00:00:00.123456789Z',
      s: 1_700_000_000.5,
      ms: 1_700_000_000_123,
    });
    const { columns, rows, notices } = await stored(hints, [[row], [row]]);
    expect(columns).toEqual([
      'price DECIMAL(12,3)',
      'any DECIMAL(38,9)',
      'w DECIMAL(38,0)',
      'day DATE',
      't TIME',
      'bytes BLOB',
      'small SMALLINT',
      'huge HUGEINT',
      'plain TIMESTAMP',
      'seconds TIMESTAMP_S',
      'nine TIMESTAMP_NS',
      's TIMESTAMP WITH TIME ZONE',
      'ms TIMESTAMP_MS',
    ]);
    const printed = {
      price: '12.500',
      any: '0.100000000',
      w: '12345678901234567890123',
      day: '1969-12-31',
      t: '23:59:59.5',
      bytes: 'hi',
      small: '-32768',
      huge: '1',
      plain: '2023-12-31 22:00:00',
      seconds: '2024-01-01 00:00:00',
      nine: '2024-01-01 00:00:00.123456789',
      s: '2023-11-14 22:13:20.5+00',
      ms: '2023-11-14 22:13:20.123',
    };
    expect(rows).toEqual([printed, printed]);
    expect(notices).toEqual([]);
  });

  it('keep nine digits of a second where only the precision is declared', async () => {
    const row = '{"at":"2024-01-01T00:00:00.123456789Z"}';
    const { columns, rows, notices } = await stored({ at: { precision: 9 } }, [[row], [row]]);
    expect(columns).toEqual(['at TIMESTAMP_NS']);
    expect(rows).toEqual(
      Array.from({ length: 2 }, () => ({ at: '2024-01-01 00:00:00.123456789' })),
    );
    expect(notices).toEqual([]);
  });

  it('report once that digits of a second are cut', async () => {
    const hints = { at: { dataType: 'timestamp', timezone: false, precision: 3 } } as const;
    const row = '{"at":"2024-01-01T00:00:00.123456Z"}';
    const { rows, notices } = await stored(hints, [[row, row]]);
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ at: '2024-01-01 00:00:00.123' })));
    expect(notices).toEqual([expect.stringMatching(/more digits of a second than the column/)]);
  });

  it('refuse hints that make no sense', async () => {
    const wrong: [ColumnHint, RegExp][] = [
      [{ dataType: 'decimal', precision: 39 }, /`precision` of decimal is from 1 to 38/],
      [{ dataType: 'decimal', precision: 5, scale: 6 }, /`scale` is at most `precision`/],
      [{ dataType: 'bigint', precision: 129 }, /`precision` of bigint is from 1 to 128/],
      [{ dataType: 'text', precision: 3 }, /`precision` is for columns with `dataType`/],
      [{ dataType: 'bigint', epoch: 's' }, /`epoch` is for columns/],
      [{ dataType: 'timestamp', precision: 3 }, /Add `timezone: false`/],
      [{ dataType: 'timestamp', precision: 9, timezone: true }, /six digits of a second/],
      [{ dataType: 'timestamp', precision: 10 }, /from 0 to 9/],
    ];
    for (const [hint, message] of wrong)
      await expect(stored({ a: hint }, [['{"a":1}']])).rejects.toThrow(message);
  });
});

describe('integers beyond 64 bits', () => {
  it('widen their column to HUGEINT, rows of earlier loads too', async () => {
    const loading = pipeline({
      name: 'p',
      dataset: 'd',
      destination: duckdb(databasePath(), { thread: false }),
    });
    await loading.run([{ n: 1 }, { n: -1 }], { table: 't' });
    await loading.run([{ n: 2n ** 64n }, { n: -(2n ** 70n) }, { n: 1.5 }], { table: 't' });
    await loading.run([{ n: 3 }, { n: 2n ** 127n }], { table: 't' });
    const rows = await loading
      .dataset()
      .query('SELECT n::VARCHAR AS n, n__v_double AS d, n__v_text AS t FROM t ORDER BY rowid');
    await loading.close();
    expect(rows).toEqual([
      { n: '1', d: null, t: null },
      { n: '-1', d: null, t: null },
      { n: String(2n ** 64n), d: null, t: null },
      { n: String(-(2n ** 70n)), d: null, t: null },
      { n: null, d: 1.5, t: null },
      { n: '3', d: null, t: null },
      { n: null, d: null, t: String(2n ** 127n) },
    ]);
  });

  it('are kept by a merge and a replace', async () => {
    for (const writeDisposition of ['merge', 'replace'] as const) {
      const loading = pipeline({
        name: 'p',
        dataset: 'd',
        destination: duckdb(databasePath(), { thread: false }),
      });
      const hints = { table: 't', writeDisposition, primaryKey: 'id' };
      await loading.run([{ id: 1, n: 1 }], hints);
      await loading.run([{ id: 1, n: 2n ** 100n }], hints);
      const rows = await loading.dataset().query('SELECT id, n::VARCHAR AS n FROM t');
      await loading.close();
      expect(rows).toEqual([{ id: 1, n: String(2n ** 100n) }]);
    }
  });
});

describe("compat: 'dlt'", () => {
  it('coerces as dlt does, and never widens', async () => {
    const { columns, rows } = await stored(
      {},
      [['{"n":1,"b":true,"t":"x"}'], ['{"n":" 12 ","b":5,"t":true}', '{"n":1.5,"b":"N","t":1}']],
      'dlt',
    );
    expect(columns).toEqual(['n BIGINT', 'b BOOLEAN', 't VARCHAR', 'n__v_double DOUBLE']);
    expect(rows).toEqual([
      { n: '1', b: 'true', t: 'x', n__v_double: null },
      { n: '12', b: 'true', t: 'True', n__v_double: null },
      { n: null, b: 'false', t: '1', n__v_double: '1.5' },
    ]);
  });

  it('refuses rows by which dlt’s load fails, and names the value', async () => {
    await expect(
      stored({}, [['{"n":1}', '{"n":"2024-01-01T00:00:00Z"}', '{"n":"x"}']], 'dlt'),
    ).rejects.toThrow(/dlt fails by the value "x" of column t\.n__v_text, row 3/);
  });
});
