import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { copyTo, filesQuery } from '#src/destination/duckdb/files/file-format.js';
import { tempFolder } from '../../support/temp-folder.js';

const folder = tempFolder();
const columns = [
  { name: 'id', sqlType: 'BIGINT', nullable: false },
  { name: 'note', sqlType: 'VARCHAR', nullable: true },
];
/** More than DuckDB looks at to find out how a file of CSV is written. */
const ROWS = 25_000;

it.each(['parquet', 'jsonl', 'csv'] as const)(
  'reads from %s what comes late, and nulls of a column that no file has',
  async (format) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const address = folder.path(`rows.${format}`);
    const rows = `(SELECT range AS id, CASE WHEN range = ${ROWS - 1} THEN 'a "b",' || chr(10) ELSE 'x' END AS note FROM range(${ROWS}))`;
    await connection.run(copyTo(format, columns, rows, address));
    const all = [...columns, { name: 'later', sqlType: 'TIMESTAMP', nullable: true }];
    const query = filesQuery(all, [{ address, extension: format }]);
    const found = await connection.runAndReadAll(
      `SELECT count(*)::INT, max_by(note, id), any_value(later), typeof(any_value(later)) FROM (${query})`,
    );
    expect(found.getRows()).toEqual([[ROWS, 'a "b",\n', null, 'TIMESTAMP']]);
    connection.closeSync();
  },
);
