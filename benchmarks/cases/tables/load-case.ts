import { duckdb, pipeline, type Resource } from 'sluice';
import { pageSource, pagesOf } from '../../data/page-source.js';
import { contents, DATASET, PIPELINE, withConnection } from '../../data/seeded-database.js';
import { measured } from '../../harness/measure.js';
import type { Measure } from '../../harness/results.js';

/**
 * Loads a file's rows, as pages in memory, through the whole pipeline; the measure ends when the
 * database is closed. `columns`: what the table's contents are compared by.
 */
export async function loadCase(
  path: string,
  file: string,
  resource: Resource,
  columns: string,
): Promise<Measure> {
  const pages = pagesOf(file);
  const { cost } = await measured(async () => {
    const loading = pipeline({ name: PIPELINE, dataset: DATASET, destination: duckdb(path) });
    await loading.run(pageSource(resource, pages));
    await loading.close();
  });
  return { ...cost, ...(await contents(path, resource.name, columns)) };
}

/**
 * Runs SQL by hand in one transaction; the measure ends when the database is closed, as that of a
 * load.
 */
export async function sqlCase(
  path: string,
  statements: readonly string[],
  table: string,
  columns: string,
): Promise<Measure> {
  const { cost } = await measured(() =>
    withConnection(path, async (connection) => {
      for (const statement of ['BEGIN', ...statements, 'COMMIT']) await connection.run(statement);
    }),
  );
  return { ...cost, ...(await contents(path, table, columns)) };
}
