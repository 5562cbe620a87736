import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The result of one run of one case: milliseconds of the measured part, and further columns. */
export type Measure = { ms: number } & Record<string, number>;

/**
 * Runs `work` with the path of a database that does not exist yet; the file is removed afterwards.
 */
export async function withDatabase<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    return await work(join(folder, 'bench.duckdb'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a piece of work took, in all threads of the process. */
export interface Cost {
  ms: number;
  /** CPU time in milliseconds. */
  cpuMs: number;
  /** How far memory rose above what the process held before it, in MiB, at most. */
  riseMiB: number;
}

/** Runs `work` and measures it. */
export async function measured<T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  const before = residentMiB('VmRSS');
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    result,
    cost: {
      ms,
      cpuMs: (user + system) / 1_000,
      riseMiB: Math.max(0, residentMiB('VmHWM') - before),
    },
  };
}

/** Memory of this process, now (`VmRSS`) or at most (`VmHWM`); NaN where there is no /proc. */
function residentMiB(field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
