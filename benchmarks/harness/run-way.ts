import type { Comparison, Way } from './comparison.js';
import type { Measure } from './results.js';
import { rowsIn } from './rows-in.js';
import { runProcess } from './run-process.js';
import { withDatabase } from './with-database.js';
import { withSite } from './with-site.js';

/** Runs one way once, with a database and a server of its own. */
export function runWay({ site }: Comparison, way: Way, size: number): Promise<Measure> {
  return withDatabase(async (database) => {
    const run = async (url: string): Promise<Measure> =>
      runProcess(way.command({ size, url, database }), {
        ...environment(),
        BENCH_URL: url,
        BENCH_DATABASE: database,
      });
    const measure = site === undefined ? await run('') : await withSite(site, size, run);
    const rows = await rowsIn(database);
    return rows === null ? measure : { ...measure, rows };
  });
}

/** What a developer has set must change no figure: proxies, options of Node's, the time zone. */
function environment(): NodeJS.ProcessEnv {
  const own = /^(https?_proxy|all_proxy|no_proxy|node_options)$/i;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), TZ: 'UTC' };
}
