import { openShape } from '#operators/columns/walk.js';
import { locate } from '#operators/json/locate.js';
import { pageBodies, pageFiles } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';

/**
 * Turns bytes into columns of the root and child tables, with ids; cold, as a run has it: compiling
 * and learning included.
 */
export async function kernel(rows: number): Promise<Measure> {
  const pages = pageBodies(pageFiles('issues', rows));
  const { result, cost } = await measured(async () => {
    const shape = openShape(() => 'flatten');
    let seen = 0;
    for (const page of pages) {
      const { span } = locate(page, { selectors: ['data'] });
      seen += shape.walk(page, span, null)[0]?.rows ?? 0;
    }
    shape.close();
    return seen;
  });
  return { ...cost, rows: result };
}
