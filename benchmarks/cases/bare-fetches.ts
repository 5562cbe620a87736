import fetch from 'node-fetch';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';

/** Requests the three small endpoints by node-fetch alone, after each was requested once. */
export async function bareFetches(): Promise<Measure> {
  const run = async (): Promise<void> => {
    await Promise.all(
      ['users', 'orders', 'products'].map(async (path) =>
        (await fetch(`${process.env['BENCH_URL']}/${path}`)).json(),
      ),
    );
  };
  await run();
  const { cost } = await measured(run);
  return cost;
}
