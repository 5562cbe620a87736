import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who loads a dataset. */
export interface Writer {
  pipeline: string;
  host: string;
  /** Number of the process. */
  process: number;
  /** When that began, as its system counts; null where that does not say. */
  since: string | null;
}

/** This process. */
export function thisWriter(pipeline: string): Writer {
  return { pipeline, host: hostname(), process: process.pid, since: beganAt(process.pid) };
}

/** Whether a writer is a process of this computer that still runs. */
export function isAlive({ host, process: pid, since }: Omit<Writer, 'pipeline'>): boolean {
  if (host !== hostname()) return false;
  const now = beganAt(pid);
  if (now !== null || since !== null) return now === since;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There is one that belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A writer for people. */
export function writerName({ pipeline, host, process: pid }: Writer): string {
  return `pipeline ${pipeline} (process ${pid} on ${host})`;
}

/** When a process began; null where there is none, and where the system has no such file. */
function beganAt(pid: number): string | null {
  try {
    // Behind the name of the program, which may hold anything, it is the 20th field.
    const [, fields = ''] = /^.*\)(.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return fields.trim().split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
