import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measure } from './measure.js';

/** Runs one case in a process of its own. */
export function runCase(name: string, rows: number): Measure {
  const file = fileURLToPath(new URL('./case.js', import.meta.url));
  const output = execFileSync(process.execPath, [file, name, String(rows)], { encoding: 'utf8' });
  return JSON.parse(output) as Measure;
}
