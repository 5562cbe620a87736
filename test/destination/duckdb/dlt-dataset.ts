import { readFileSync } from 'node:fs';
import type { DuckdbDestination } from 'sluice';

/**
 * A dataset as dlt 1.31 left it: a source `shop` of pipeline `shop_pipe`, whose `orders` are merged
 * by `id` with an incremental over `updated_at`, `log` appended, `rep` replaced without nesting.
 */
const dataset = JSON.parse(readFileSync(new URL('dlt-dataset.json', import.meta.url), 'utf8')) as {
  tables: Record<string, string>;
  rows: Record<string, (string | null)[][]>;
};

/** Makes the dataset in schema `shop_data` of a database. */
export async function writeDltDataset(destination: DuckdbDestination): Promise<void> {
  const query = (sql: string): Promise<unknown> => destination.query(sql);
  await query('CREATE SCHEMA shop_data');
  for (const [table, sql] of Object.entries(dataset.tables)) {
    await query(sql.replace(`CREATE TABLE ${table}`, `CREATE TABLE shop_data.${table}`));
    for (const row of dataset.rows[table] ?? []) {
      const cells = row.map((cell) => (cell === null ? 'NULL' : `'${cell.replaceAll("'", "''")}'`));
      await query(`INSERT INTO shop_data.${table} VALUES (${cells.join(', ')})`);
    }
  }
}

/** The schema document of the dataset, and the text of its state. */
export const dltSchemaText: string = String(dataset.rows._dlt_version?.[0]?.[5]);
export const dltStateText: string = String(dataset.rows._dlt_pipeline_state?.[0]?.[3]);
