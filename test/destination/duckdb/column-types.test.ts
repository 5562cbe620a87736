import { describe, expect, it } from 'vitest';
import { duckdb, DuckDBInstance, pipeline, restSource, type RunEvent } from 'sluice';
import { databasePath } from './tools.js';

/**
 * What a column of this type has after each JSON value came in a page of its own, so that all but
 * the first come in a later one.
 */
async function stored(
  sqlType: string,
  values: readonly string[],
): Promise<{ rows: Record<string, string>[]; notices: string[] }> {
  const path = databasePath();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(
    `CREATE SCHEMA d; CREATE TABLE d.t (v ${sqlType}, _dlt_load_id VARCHAR NOT NULL, _dlt_id VARCHAR NOT NULL)`,
  );
  connection.closeSync();
  instance.closeSync();
  const notices: string[] = [];
  const observe = (event: RunEvent): void => {
    if (event.kind === 'notice') notices.push(event.message);
  };
  const made = pipeline({ name: 'p', destination: duckdb(path, { thread: false }), dataset: 'd' });
  const source = restSource({
    name: 's',
    client: {
      baseUrl: 'http://x.test/',
      fetch: async (url) => {
        const page = Number(new URL(url).searchParams.get('page'));
        const value = values[page];
        return Promise.resolve(new Response(value === undefined ? '[]' : `[{"v":${value}}]`));
      },
    },
    resources: [
      {
        name: 't',
        endpoint: {
          path: 't',
          dataSelector: '@',
          paginator: { type: 'pageNumber', basePage: 0 },
        },
      },
    ],
  });
  await made.run(source, { observe });
  const rows = await made
    .dataset()
    .query('SELECT columns(* EXCLUDE (_dlt_id, _dlt_load_id))::VARCHAR FROM d.t ORDER BY rowid');
  await made.close();
  return {
    rows: rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) =>
          value === null ? [] : [[name, value as string]],
        ),
      ),
    ),
    notices,
  };
}

type Values = Record<string, string>;

/** By type of the column: what it holds as DuckDB prints it, and what goes to which variant. */
const cases: Record<string, { takes: Values; leaves: Values }> = {
  TINYINT: {
    takes: { '-128': '-128', '1.0': '1', '"12"': '12' },
    leaves: { '128': 'bigint', '1.5': 'double', '"007"': 'text', true: 'bool' },
  },
  UTINYINT: { takes: { '255': '255' }, leaves: { '-1': 'bigint' } },
  INTEGER: {
    takes: { '2147483647': '2147483647', '2e3': '2000' },
    leaves: { '2147483648': 'bigint', '18446744073709551616': 'text', '0.5': 'double' },
  },
  UBIGINT: {
    takes: { '18446744073709551615': '18446744073709551615' },
    leaves: { '-1': 'bigint', '1.5': 'double', '18446744073709551616': 'text' },
  },
  HUGEINT: {
    takes: {
      '170141183460469231731687303715884105727': '170141183460469231731687303715884105727',
      '-5': '-5',
      '1e20': '100000000000000000000',
      '"12345678901234567890"': '12345678901234567890',
    },
    leaves: { '1.5': 'double', '"1.5"': 'text', '170141183460469231731687303715884105728': 'text' },
  },
  UHUGEINT: {
    takes: { '36893488147419103232': '36893488147419103232' },
    leaves: { '-1': 'bigint' },
  },
  'DECIMAL(38,0)': { takes: { '25': '25', '2.0': '2' }, leaves: { '2.5': 'double' } },
  'DECIMAL(5,2)': {
    takes: {
      '10.10': '10.10',
      '-0.5': '-0.50',
      '999.99': '999.99',
      '"1.25"': '1.25',
      '1e2': '100.00',
    },
    leaves: { '0.125': 'double', '1000': 'bigint', '"1.5"': 'text', '"x"': 'text', false: 'bool' },
  },
  'DECIMAL(38,20)': {
    takes: { '0.12345678901234567890': '0.12345678901234567890' },
    leaves: { '0.123456789012345678901': 'double' },
  },
  FLOAT: {
    takes: { '1.5': '1.5', '16777216': '16777216.0' },
    leaves: { '16777217': 'bigint', '0.1': 'double', '1e300': 'double', '"x"': 'text' },
  },
  TIMESTAMP_S: {
    takes: { '"2020-01-01T10:00:00+01:00"': '2020-01-01 09:00:00' },
    leaves: { '"2020-01-01T10:00:00.7Z"': 'text', '"2020-01-01"': 'text', '5': 'bigint' },
  },
  TIMESTAMP_MS: {
    takes: { '"2020-01-01T10:00:00.7Z"': '2020-01-01 10:00:00.7' },
    leaves: { '"2020-01-01T10:00:00.0007Z"': 'text' },
  },
  TIMESTAMP: {
    takes: { '"2020-01-01T10:00:00.000007Z"': '2020-01-01 10:00:00.000007' },
    leaves: { '"1999"': 'text', '5': 'bigint' },
  },
  TIMESTAMP_NS: {
    takes: {
      '"2020-01-01T10:00:00.123456789Z"': '2020-01-01 10:00:00.123456789',
      '"1960-01-01T10:00:00.1+01"': '1960-01-01 09:00:00.1',
    },
    leaves: { '"2300-01-01T00:00:00Z"': 'text' },
  },
  DATE: {
    takes: { '"2024-02-29"': '2024-02-29' },
    leaves: {
      '"2023-02-29"': 'text',
      '"2024-01-01T00:00:00Z"': 'text',
      '"2024-060"': 'text',
      '"2024-W09-4"': 'text',
      '20240101': 'bigint',
    },
  },
  TIME: {
    takes: { '"10:00:00.5"': '10:00:00.5' },
    leaves: { '"10:00"': 'text', '"24:00:00"': 'text', '"10:00:00.1234567"': 'text' },
  },
  UUID: {
    takes: { '"9d0e63e0-0b7f-4b3a-b3e7-c2c0fd1f7f0a"': '9d0e63e0-0b7f-4b3a-b3e7-c2c0fd1f7f0a' },
    leaves: { '"9D0E63E0-0B7F-4B3A-B3E7-C2C0FD1F7F0A"': 'text', '"x"': 'text' },
  },
  BLOB: {
    takes: { '"YWJj"': 'abc', '"0x616263"': 'abc' },
    leaves: { '"YWJ"': 'text', '"YWK="': 'text', '"é"': 'text', '5': 'bigint' },
  },
  "ENUM('a', 'it''s')": { takes: { '"it\'s"': "it's" }, leaves: { '"b"': 'text', '1': 'bigint' } },
  INTERVAL: { takes: {}, leaves: { '"1 day"': 'text' } },
  'INTEGER[]': { takes: {}, leaves: { '"[1]"': 'text', '5': 'bigint' } },
  'STRUCT(a INTEGER)': { takes: {}, leaves: { '"x"': 'text' } },
};

describe('an existing column of another type', () => {
  it.each(Object.entries(cases))(
    '%s stores what fits exactly and leaves the rest to variants',
    async (sqlType, { takes, leaves }) => {
      const sent = [...Object.keys(takes), ...Object.keys(leaves)];
      const { rows, notices } = await stored(sqlType, sent);
      const text = (json: string): string =>
        json.startsWith('"') ? (JSON.parse(json) as string) : json;
      expect(rows.map((row, i) => [sent[i], row])).toEqual([
        ...Object.entries(takes).map(([json, printed]) => [json, { v: printed }]),
        ...Object.entries(leaves).map(([json, variant]) => [
          json,
          { [`v__v_${variant}`]: expect.anything() as unknown },
        ]),
      ]);
      for (const [json, variant] of Object.entries(leaves))
        if (variant === 'text') expect(rows[sent.indexOf(json)]?.[`v__v_text`]).toBe(text(json));
      for (const variant of new Set(Object.values(leaves)))
        expect(notices.join('\n')).toContain(`go to v__v_${variant}`);
    },
  );
});
