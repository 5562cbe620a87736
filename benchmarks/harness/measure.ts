import { readFileSync } from 'node:fs';
import type { Measure } from './results.js';

/**
 * Runs `work` and measures it in all threads of this process: for cases whose preparation must not
 * count. `riseMiB` is NaN where there is no /proc.
 */
export async function measured<T>(work: () => Promise<T>): Promise<{ result: T; cost: Measure }> {
  const before = residentMiB('self', 'VmRSS');
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const riseMiB = Math.max(0, residentMiB('self', 'VmHWM') - before);
  return { result, cost: { ms, cpuMs: (user + system) / 1_000, riseMiB } };
}

/**
 * Returns the memory of a process in MiB, now (`VmRSS`) or at most (`VmHWM`); NaN where there is no
 * /proc, or no such process any more.
 */
export function residentMiB(pid: number | 'self', field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
