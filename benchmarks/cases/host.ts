import { monitorEventLoopDelay } from 'node:perf_hooks';
import { duckdb, pageNumber, pipeline, restSource } from 'sluice';
import { shapes } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';
import { withDatabase } from '../harness/with-database.js';
import { withSite } from '../harness/with-site.js';

/**
 * Loads pages over HTTP within a process that has other things to do: how late its event loop is,
 * and when the first rows can be read where a commit is due every 500 ms.
 */
export function host(rows: number): Promise<Measure> {
  return withSite('issues', rows, (baseUrl) =>
    withDatabase(async (path) => {
      const maximumPage = Math.ceil(rows / shapes.issues.pageRows);
      const paginator = pageNumber({ basePage: 0, maximumPage });
      const source = restSource({
        name: 'bench',
        client: { baseUrl },
        resources: [
          { name: 'issues', endpoint: { path: 'pages', dataSelector: 'data', paginator } },
        ],
      });
      const loading = pipeline({ name: 'bench', destination: duckdb(path), commit: { ms: 500 } });
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const start = performance.now();
      let firstCommitMs = Number.NaN;
      const { cost } = await measured(async () => {
        await loading.run(source, {
          observe: ({ kind }) => {
            if ((kind === 'commit' || kind === 'complete') && Number.isNaN(firstCommitMs))
              firstCommitMs = performance.now() - start;
          },
        });
        await loading.close();
      });
      delay.disable();
      return {
        ...cost,
        firstCommitMs,
        loopP99Ms: delay.percentile(99) / 1e6,
        loopMaxMs: delay.max / 1e6,
      };
    }),
  );
}
