import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { GoldenCase, GoldenRun } from './golden-case.js';

/** What dlt did: an error, or what it found. */
export interface Done {
  error?: { type: string; message?: string } | null;
  rows?: Record<string, number>;
  state?: unknown;
}

/** One process of dlt that runs cases, each from a machine without local state. */
export interface DltWorker {
  run(given: GoldenCase, run: GoldenRun, folder: string): Promise<Done>;
  attach(given: GoldenCase, folder: string): Promise<Done>;
  close(): void;
}

/** Starts `dlt_worker.py` with a Python that has dlt. */
export function dltWorker(python: string): DltWorker {
  const script = fileURLToPath(new URL('../../../test/golden/dlt_worker.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const order = async (message: object): Promise<Done> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('dlt_worker.py ended.');
    return JSON.parse(line.value) as Done;
  };
  return {
    run: (given, run, folder) => order({ do: 'run', case: given, run, folder }),
    attach: (given, folder) => order({ do: 'attach', case: given, folder }),
    close: () => child.stdin.end(),
  };
}
