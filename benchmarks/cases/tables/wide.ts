import { DATASET } from '../../data/seeded-database.js';
import { WIDE_COLUMNS, wideFile } from '../../data/wide-rows.js';
import type { Measure } from '../../harness/results.js';
import { withDatabase } from '../../harness/with-database.js';
import { loadCase, sqlCase } from './load-case.js';

/** What the tables are compared by: the columns may come in any order. */
const COMPARED = WIDE_COLUMNS.map(([name]) => name).join(', ');

/** Loads rows that have 20 of 800 keys each into a new table. */
export function wide(rows: number): Promise<Measure> {
  const file = wideFile(rows);
  return withDatabase((path) => loadCase(path, file, { name: 'wide' }, COMPARED));
}

/** The same by SQL: the columns and their types are known before. */
export function sqlWide(rows: number): Promise<Measure> {
  const file = wideFile(rows);
  const columns = WIDE_COLUMNS.map(([name, type]) => `${name}: '${type}'`).join(', ');
  return withDatabase((path) =>
    sqlCase(
      path,
      [
        `CREATE SCHEMA ${DATASET}`,
        `CREATE TABLE ${DATASET}.wide AS SELECT *, '1795529414.773001' AS _dlt_load_id, replace(uuid()::VARCHAR, '-', '')[:14] AS _dlt_id
          FROM read_json('${file}', format = 'newline_delimited', columns = {${columns}})`,
      ],
      'wide',
      COMPARED,
    ),
  );
}
