import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The command line's program, as built. */
export const MAIN: string = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** A command line that has ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  /** Without the lines of progress, which a run has that takes three seconds. */
  stderr: string;
}

const PROGRESS = /^.* rows? read, .* written \(.* committed\).*\n/gm;

/** Runs `sluice` in a folder, with a home folder in it and nothing else in its environment. */
export function runSluice(
  args: string[],
  {
    cwd,
    env = {},
    program = MAIN,
  }: { cwd: string; env?: Record<string, string>; program?: string },
): Promise<Ended> {
  return new Promise((resolve) => {
    const clean = { PATH: process.env['PATH'] ?? '', HOME: join(cwd, 'home'), ...env };
    execFile(process.execPath, [program, ...args], { cwd, env: clean }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : (error.code as unknown as number),
        stdout,
        stderr: stderr.replace(PROGRESS, ''),
      }),
    );
  });
}
