import { engines } from '../engines/engines.js';
import type { Comparison, Way } from './comparison.js';
import type { Measure } from './results.js';
import { rowsIn } from './rows-in.js';
import { runProcess } from './run-process.js';
import { withDatabase } from './with-database.js';
import { withSite } from './with-site.js';

/** Runs one way once, with a database and servers of its own. */
export function runWay({ site, engine }: Comparison, way: Way, size: number): Promise<Measure> {
  return withDatabase(async (database) => {
    const running = engine === undefined ? undefined : await engines[engine].start();
    const address = running?.address ?? '';
    const run = async (url: string): Promise<Measure> =>
      runProcess(way.command({ size, url, database, engine: address }), {
        ...environment(),
        BENCH_URL: url,
        BENCH_DATABASE: database,
        BENCH_ENGINE: address,
      });
    try {
      const measure = site === undefined ? await run('') : await withSite(site, size, run);
      const rows = (await rowsIn(database)) ?? (await running?.rows()) ?? null;
      return rows === null ? measure : { ...measure, rows };
    } finally {
      running?.stop();
    }
  });
}

/** What a developer has set must change no figure: proxies, options of Node's, the time zone. */
function environment(): NodeJS.ProcessEnv {
  const own = /^(https?_proxy|all_proxy|no_proxy|node_options)$/i;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), TZ: 'UTC' };
}
