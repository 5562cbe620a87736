import { setImmediate } from 'node:timers/promises';
import { from, lastValueFrom, map, tap } from 'rxjs';
import { batch, evolve, flatten, type Page, select } from '../../operators/index.js';
import { locate } from '../../operators/json/locate.js';
import { duckdb } from '../../src/destination/duckdb/duckdb.js';
import { load } from '../../src/destination/load.js';
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
      from(arriving(pages)).pipe(
        map((body, index): Page => {
          const { span } = locate(body, { selectors: ['data'] });
          return {
            resource: 'issues',
            parent: null,
            index,
            body,
            rows: span,
            next: null,
            stamp: null,
            state: null,
          };
        }),
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

/**
 * Emits pages one after another as a server's responses come: each in a turn of its own of the
 * event loop.
 */
async function* arriving(pages: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const page of pages) {
    await setImmediate();
    yield page;
  }
}
