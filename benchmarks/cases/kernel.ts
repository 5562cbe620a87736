import { openShape } from '../../operators/columns/walk.js';
import { locate } from '../../operators/json/locate.js';
import { issuePages } from '../data.js';
import type { Measure } from '../measure.js';

/**
 * Turns bytes into columns of the root and child tables, with ids; cold, as a run has it: compiling
 * and learning included.
 */
export function kernel(rows: number): Promise<Measure> {
  const pages = issuePages(rows);
  const start = performance.now();
  const shape = openShape(() => 'flatten');
  let seen = 0;
  for (const page of pages) {
    const { span } = locate(page, { selectors: ['data'], paths: ['next'] });
    seen += shape.walk(page, span, null)[0]?.rows ?? 0;
  }
  const ms = performance.now() - start;
  shape.close();
  return Promise.resolve({ ms, rows: seen });
}
