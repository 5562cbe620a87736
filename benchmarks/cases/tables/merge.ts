import type { Resource } from 'sluice';
import { mergeFile, ORDER_COLUMNS, ORDER_NAMES, orderPage } from '../../data/orders.js';
import { addOrders, DATASET, loadPages, withCopy } from '../../data/seeded-database.js';
import type { Measure } from '../../harness/results.js';
import { loadCase, sqlCase } from './load-case.js';

/** Merges rows into a table of ten times as many; half of them have keys that are there. */
export const mergeUpsert = (rows: number): Promise<Measure> => merged(rows, 'upsert');
/** The same with dlt's default strategy. */
export const mergeDeleteInsert = (rows: number): Promise<Measure> => merged(rows, 'delete-insert');
/** Merges the same rows by SQL: the keys are deleted, and the rows inserted. */
export const sqlDeleteInsert = (rows: number): Promise<Measure> =>
  byHand(rows, [
    `DELETE FROM ${TABLE} old USING staged WHERE old.id = staged.id`,
    `INSERT INTO ${TABLE} (${NAMES.join(', ')}) SELECT ${NAMES.join(', ')} FROM staged`,
  ]);
/** Merges the same rows by SQL's MERGE. */
export const sqlMerge = (rows: number): Promise<Measure> =>
  byHand(rows, [
    `MERGE INTO ${TABLE} old USING staged ON old.id = staged.id
       WHEN MATCHED THEN UPDATE SET ${NAMES.map((name) => `${name} = staged.${name}`).join(', ')}
       WHEN NOT MATCHED THEN INSERT (${NAMES.join(', ')}) VALUES (${NAMES.map((name) => `staged.${name}`).join(', ')})`,
  ]);

const TABLE = `${DATASET}.orders`;
const NAMES = [...ORDER_NAMES.split(', '), '_dlt_load_id', '_dlt_id'];

function orders(strategy: 'upsert' | 'delete-insert'): Resource {
  return {
    name: 'orders',
    primaryKey: 'id',
    writeDisposition: { disposition: 'merge', strategy },
  };
}

/** Runs `work` with a database of as many rows, which a pipeline's load has made. */
export function withTable<T>(rows: number, work: (path: string) => Promise<T>): Promise<T> {
  return withCopy(
    `orders-${rows}`,
    async (path) => {
      await loadPages(path, orders('delete-insert'), [orderPage()]);
      await addOrders(path, 1, rows);
    },
    work,
  );
}

async function merged(rows: number, strategy: 'upsert' | 'delete-insert'): Promise<Measure> {
  const file = await mergeFile(rows);
  return withTable(rows * 10, (path) => loadCase(path, file, orders(strategy), ORDER_NAMES));
}

async function byHand(rows: number, statements: readonly string[]): Promise<Measure> {
  const file = await mergeFile(rows);
  // Its author knows that no key is there twice.
  const stage = `CREATE TEMP TABLE staged AS SELECT *, '1795529414.773001' AS _dlt_load_id, replace(uuid()::VARCHAR, '-', '')[:14] AS _dlt_id
    FROM read_json('${file}', format = 'newline_delimited', columns = ${ORDER_COLUMNS})`;
  return withTable(rows * 10, (path) =>
    sqlCase(path, [stage, ...statements], 'orders', ORDER_NAMES),
  );
}
