import { firstFile, ORDER_COLUMNS, ORDER_NAMES } from '../../data/orders.js';
import { DATASET } from '../../data/seeded-database.js';
import type { Measure } from '../../harness/results.js';
import { loadCase, sqlCase } from './load-case.js';
import { withTable } from './merge.js';

/** Loads as many rows as a table has in their place. */
export async function replace(rows: number): Promise<Measure> {
  const file = await firstFile(rows);
  return withTable(rows, (path) =>
    loadCase(path, file, { name: 'orders', writeDisposition: 'replace' }, ORDER_NAMES),
  );
}

/** The same by SQL: the columns and their types are known before. */
export async function sqlReplace(rows: number): Promise<Measure> {
  const file = await firstFile(rows);
  const table = `${DATASET}.orders`;
  return withTable(rows, (path) =>
    sqlCase(
      path,
      [
        `CREATE OR REPLACE TABLE ${table} AS SELECT *, '1795529414.773001' AS _dlt_load_id, replace(uuid()::VARCHAR, '-', '')[:14] AS _dlt_id
          FROM read_json('${file}', format = 'newline_delimited', columns = ${ORDER_COLUMNS})`,
      ],
      'orders',
      ORDER_NAMES,
    ),
  );
}
