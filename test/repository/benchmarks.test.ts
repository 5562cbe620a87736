import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

const run = promisify(execFile);

describe('benchmarks of large tables', () => {
  const folder = tempFolder();

  it('run at a thousandth of their size, and find that all ways leave the same tables', async () => {
    const file = fileURLToPath(new URL('../../dist/benchmarks/run-tables.js', import.meta.url));
    const { stdout } = await run(process.execPath, [file, '1', '0.001'], {
      env: { ...process.env, TMPDIR: folder.path(''), DLT_PYTHON: 'no-python' },
    });
    expect(stdout).toMatch(/dlt was skipped/);
    expect(stdout.match(/^### .+ rows$/gm)).toHaveLength(4);
    expect(stdout).not.toMatch(/NaN/);
  }, 120_000);
});
