import { execFileSync } from 'node:child_process';
import { PYTHON } from './programs.js';

/** Returns which dlt is there; null for none. */
export function dltVersion(): string | null {
  const code = 'import dlt, duckdb; print(dlt.__version__, "with DuckDB", duckdb.__version__)';
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync(PYTHON, ['-c', code], { encoding: 'utf8', stdio: [...stdio] }).trim();
  } catch {
    return null;
  }
}
