import { pageFiles } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';
import { rowsIn } from '../harness/rows-in.js';
import { withDatabase } from '../harness/with-database.js';
import { loadByReadJson } from '../rivals/load-by-read-json.js';

/**
 * Runs the rival of `whole` within a process that has begun: from an unopened database to a closed
 * one.
 */
export function readJson(rows: number): Promise<Measure> {
  return withDatabase(async (path) => {
    const files = pageFiles('issues', rows);
    const { cost } = await measured(() => loadByReadJson(path, 'issues', rows, files));
    return { ...cost, rows: (await rowsIn(path)) ?? Number.NaN };
  });
}
