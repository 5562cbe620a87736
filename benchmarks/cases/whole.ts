import { lastValueFrom } from 'rxjs';
import { duckdb, load } from 'sluice';
import { batch, evolve, flatten, select } from 'sluice/operators';
import { arrivingPages } from '../data/arriving-pages.js';
import { pageBodies, pageFiles } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';
import { rowsIn } from '../harness/rows-in.js';
import { withDatabase } from '../harness/with-database.js';

/**
 * Loads pages in memory, loader thread included, from an unopened database to a closed one: what
 * `read_json` and SQL do in the rival case.
 */
export function whole(rows: number): Promise<Measure> {
  return withDatabase(async (path) => {
    const pages = pageBodies(pageFiles('issues', rows));
    const { cost } = await measured(async () => {
      const destination = duckdb(path);
      await lastValueFrom(
        arrivingPages('issues', pages).pipe(
          select(),
          flatten({ table: 'issues' }),
          evolve(),
          // As a run of a pipeline does.
          batch({ firstRows: 1 }),
          load(destination, { dataset: 'bench_data' }),
        ),
      );
      await destination.close();
    });
    return { ...cost, rows: (await rowsIn(path)) ?? Number.NaN };
  });
}
