import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
