import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a program is given, beside `BENCH_URL`, `BENCH_DATABASE` and
 * `BENCH_ENGINE` in its environment. */
export interface Scene {
  size: number;
  /** Where the comparison's site is served; empty without one. */
  url: string;
  /** A file that does not exist yet, in a folder of its own. */
  database: string;
  /** Where the comparison's engine is reached; empty without one. */
  engine: string;
}
/** Returns a program and its arguments. */
export type Command = (scene: Scene) => readonly string[];

/** The Python that dlt is looked for in. */
export const PYTHON: string = process.env['DLT_PYTHON'] ?? 'python3';

/** A function of `cases/`, which measures its work itself (`case.ts`). */
export function innerCase(name: string): Command {
  return ({ size }) => [process.execPath, built('case.js'), name, String(size)];
}

/** A program of `programs/` or `rivals/`, measured as a whole process. */
export function program(name: string, ...args: readonly string[]): Command {
  return ({ size }) => [process.execPath, built(`${name}.js`), String(size), ...args];
}

/** A file of `rivals/` that Node runs as it is. */
export function script(name: string, ...args: readonly string[]): Command {
  return ({ size }) => [process.execPath, source(`rivals/${name}`), String(size), ...args];
}

/** A file of `rivals/` that Python runs. */
export function python(name: string, ...args: readonly string[]): Command {
  return ({ size }) => [PYTHON, source(`rivals/${name}`), String(size), ...args];
}

/** A line of JavaScript. */
export function evaluated(code: string): Command {
  return () => [process.execPath, '--input-type=module', '--eval', code];
}

/** `sluice run` with a config in a file of JSON. */
export function sluiceRun(config: (url: string) => object): Command {
  return ({ url, database }) => {
    const file = join(dirname(database), 'config.json');
    writeFileSync(file, JSON.stringify(config(url)));
    return [process.execPath, commandLine(), 'run', file, '--db', database, '--quiet'];
  };
}

/** The command line as the package names it. */
function commandLine(): string {
  const { bin } = JSON.parse(readFileSync(source('../package.json'), 'utf8')) as {
    bin: { sluice: string };
  };
  return source(`../${bin.sluice}`);
}

/** The path of a file of this folder as it is in the repository. */
export function source(path: string): string {
  return fileURLToPath(new URL(`../../../benchmarks/${path}`, import.meta.url));
}

/** The path of a file of this folder as it is built. */
export function built(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
