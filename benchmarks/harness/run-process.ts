import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { residentMiB } from './measure.js';
import type { Measure } from './results.js';

/** How often memory is looked at, in milliseconds; the kernel keeps each process's highest. */
const SAMPLE_MS = 20;
/** Linux counts CPU time of other processes in these (`USER_HZ`). */
const TICK_MS = 10;

/**
 * Runs a program to its end and measures it from outside: time from start to end, CPU time of all
 * its threads and children, and their memory. CPU time and memory need Linux; elsewhere they are
 * left out. A last line of output that is JSON says more, and counts before what was measured here.
 * Throws where the program fails.
 */
export async function runProcess(
  [program = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Measure> {
  const cpuBefore = childrenCpuMs();
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors, peakMiB] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const sampling = setInterval(() => {
    peakMiB = Math.max(peakMiB, memoryMiB(child.pid));
  }, SAMPLE_MS);
  const closed = once(child, 'close');
  const [code] = (await once(child, 'exit')) as [number | null];
  const ms = performance.now() - start;
  clearInterval(sampling);
  await closed;
  if (code !== 0)
    throw new Error(`\`${[program, ...args].join(' ')}\` ends with ${code}.\n${errors}${output}`);
  const cpuMs = childrenCpuMs() - cpuBefore;
  return {
    ms,
    ...(Number.isNaN(cpuMs) ? {} : { cpuMs }),
    ...(peakMiB > 0 ? { peakMiB } : {}),
    ...saidBy(output),
  };
}

function saidBy(output: string): Partial<Measure> {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Partial<Measure>) : {};
}

/** CPU time of all children that have ended, and of theirs; NaN where there is no /proc. */
function childrenCpuMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(13, 15);
    return (Number(user) + Number(system)) * TICK_MS;
  } catch {
    return Number.NaN;
  }
}

/** Memory of a process and its children: the highest of the process alone, or of all now. */
function memoryMiB(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const children = childrenOf(pid);
  const alone = residentMiB(pid, 'VmHWM') || 0;
  if (children.length === 0) return alone;
  const all = [pid, ...children].map((one) => residentMiB(one, 'VmRSS') || 0);
  return Math.max(
    alone,
    all.reduce((sum, one) => sum + one),
  );
}

function childrenOf(pid: number): number[] {
  try {
    const direct = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return direct.flatMap((child) => [Number(child), ...childrenOf(Number(child))]);
  } catch {
    return [];
  }
}
