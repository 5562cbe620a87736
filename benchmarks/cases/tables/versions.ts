import type { Resource } from 'sluice';
import { firstFile, ORDER_COLUMNS, ORDER_NAMES, versionsFile } from '../../data/orders.js';
import { pagesOf } from '../../data/page-source.js';
import { DATASET, loadPages, withCopy } from '../../data/seeded-database.js';
import type { Measure } from '../../harness/results.js';
import { loadCase, sqlCase } from './load-case.js';

const ORDERS: Resource = {
  name: 'orders',
  writeDisposition: { disposition: 'merge', strategy: 'scd2' },
};
const TABLE = `${DATASET}.orders`;
const DATA = ORDER_NAMES.split(', ');
/** Versions that are valid, and those that have ended. */
export const COMPARED: string = `${ORDER_NAMES}, _dlt_valid_to IS NULL`;

/** Loads the second versions of rows, of which most are as they were (`versionsFile`). */
export async function versions(rows: number): Promise<Measure> {
  const file = await versionsFile(rows);
  return withVersions(rows, (path) => loadCase(path, file, ORDERS, COMPARED));
}

/** The same by SQL, which compares the rows themselves and not their hashes. */
export async function sqlVersions(rows: number): Promise<Measure> {
  const file = await versionsFile(rows);
  const isSame = DATA.map((name) =>
    name === 'id' ? 'old.id = new.id' : `old.${name} IS NOT DISTINCT FROM new.${name}`,
  ).join(' AND ');
  const names = [...DATA, '_dlt_load_id', '_dlt_id'].join(', ');
  return withVersions(rows, (path) =>
    sqlCase(
      path,
      [
        `CREATE TEMP TABLE staged AS SELECT *, '1795529414.773001' AS _dlt_load_id, replace(uuid()::VARCHAR, '-', '')[:14] AS _dlt_id
          FROM read_json('${file}', format = 'newline_delimited', columns = ${ORDER_COLUMNS})`,
        // What begins is decided before what ends.
        `CREATE TEMP TABLE begun AS SELECT * FROM staged new WHERE NOT EXISTS (SELECT 1 FROM ${TABLE} old WHERE old._dlt_valid_to IS NULL AND ${isSame})`,
        `UPDATE ${TABLE} old SET _dlt_valid_to = now() WHERE _dlt_valid_to IS NULL AND NOT EXISTS (SELECT 1 FROM staged new WHERE ${isSame})`,
        `INSERT INTO ${TABLE} (${names}, _dlt_valid_from) SELECT ${names}, now() FROM begun`,
      ],
      'orders',
      COMPARED,
    ),
  );
}

/** Runs `work` with a database of as many rows in their first version, which a load has made. */
export async function withVersions<T>(
  rows: number,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const file = await firstFile(rows);
  return withCopy(
    `versions-${rows}`,
    async (path) => void (await loadPages(path, ORDERS, pagesOf(file))),
    work,
  );
}
