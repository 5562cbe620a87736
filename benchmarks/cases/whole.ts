import { lastValueFrom, tap } from 'rxjs';
import { batch, evolve, flatten, select } from '../../operators/index.js';
import { duckdb } from '../../src/destination/duckdb/duckdb.js';
import { load } from '../../src/destination/load.js';
import { arrivingPages } from '../arriving-pages.js';
import { issuePages } from '../data.js';
import { type Measure, withDatabase } from '../measure.js';

/**
 * Loads pages in memory into committed tables, loader thread included: what `read_json` and SQL do
 * in the rival case.
 */
export function whole(rows: number): Promise<Measure> {
  return withDatabase(async (path) => {
    const pages = issuePages(rows);
    const destination = duckdb(path);
    const start = performance.now();
    let childRows = 0;
    const last = await lastValueFrom(
      arrivingPages('issues', pages).pipe(
        select(),
        flatten({ table: 'issues' }),
        evolve(),
        // As a run of a pipeline does.
        batch({ firstRows: 1 }),
        load(destination, { dataset: 'bench_data' }),
        tap((step) => {
          if (step.kind === 'complete')
            childRows =
              (step.tables['issues__labels'] ?? 0) + (step.tables['issues__assignees'] ?? 0);
        }),
      ),
    );
    const ms = performance.now() - start;
    await destination.close();
    return { ms, rows: last.tables['issues'] ?? 0, childRows };
  });
}
