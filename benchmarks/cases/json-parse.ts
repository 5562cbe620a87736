import { pageBodies, pageFiles } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';

/** Runs the rival of the kernel: bytes → text → JavaScript objects, and nothing after that. */
export async function jsonParse(rows: number): Promise<Measure> {
  const pages = pageBodies(pageFiles('issues', rows));
  const { result, cost } = await measured(async () => {
    const decoder = new TextDecoder();
    let seen = 0;
    for (const page of pages)
      seen += (JSON.parse(decoder.decode(page)) as { data: unknown[] }).data.length;
    return seen;
  });
  return { ...cost, rows: result };
}
