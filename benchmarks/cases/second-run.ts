import { duckdb, pipeline, restSource } from 'sluice';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';
import { smallConfig } from '../programs/small-config.js';

/** Runs a small load a second time in the same process, as an app does that loads now and then. */
export async function secondRun(): Promise<Measure> {
  const destination = duckdb(process.env['BENCH_DATABASE'] ?? '');
  const loading = pipeline({ name: 'bench', destination });
  const run = (): Promise<unknown> =>
    loading.run(restSource(smallConfig(process.env['BENCH_URL'] ?? '')));
  await run();
  const { cost } = await measured(run);
  await loading.close();
  return cost;
}
