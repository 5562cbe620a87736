import { issuePages } from '../data.js';
import type { Measure } from '../measure.js';

/** Runs the rival of the kernel: bytes → text → JavaScript objects, and nothing after that. */
export async function jsonParse(rows: number): Promise<Measure> {
  const pages = issuePages(rows);
  const decoder = new TextDecoder();
  const start = performance.now();
  let seen = 0;
  for (const page of pages)
    seen += (JSON.parse(decoder.decode(page)) as { data: unknown[] }).data.length;
  return { ms: performance.now() - start, rows: seen };
}
