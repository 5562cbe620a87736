import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { duckdb } from '../../src/destination/duckdb/duckdb.js';
import { pageNumber } from '../../src/rest/paginators/page-number.js';
import { restSource } from '../../src/rest/rest-source.js';
import { pipeline } from '../../src/run/pipeline.js';
import { type Measure, withDatabase } from '../measure.js';

/**
 * Loads a local API into committed tables, through the whole pipeline; the server is a process of
 * its own.
 */
export async function http(rows: number): Promise<Measure> {
  const server = fork(fileURLToPath(new URL('../page-server.js', import.meta.url)), [String(rows)]);
  const [port] = (await once(server, 'message')) as [number];
  try {
    return await withDatabase(async (path) => {
      const source = restSource({
        name: 'bench',
        client: { baseUrl: `http://127.0.0.1:${port}` },
        resources: [
          {
            name: 'issues',
            endpoint: {
              dataSelector: 'data',
              paginator: pageNumber({ basePage: 0, maximumPage: Math.ceil(rows / 1_000) }),
            },
          },
        ],
      });
      const loading = pipeline({ name: 'bench', destination: duckdb(path), commit: { ms: 500 } });
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const start = performance.now();
      let first = Number.NaN;
      const info = await loading.run(source, {
        observe: (event) => {
          if ((event.kind === 'commit' || event.kind === 'complete') && Number.isNaN(first))
            first = performance.now() - start;
        },
      });
      const ms = performance.now() - start;
      delay.disable();
      await loading.close();
      return {
        ms,
        rows: info.tables['issues'] ?? 0,
        rssMiB: process.resourceUsage().maxRSS / 1024,
        firstCommitMs: first,
        loopP99Ms: delay.percentile(99) / 1e6,
        loopMaxMs: delay.max / 1e6,
      };
    });
  } finally {
    server.kill();
  }
}
