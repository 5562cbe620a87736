import { describe, expect, it } from 'vitest';
import { loadError } from '#src/destination/duckdb/load-error.js';

const OUT_OF_MEMORY = new Error(
  "Out of Memory Error: could not allocate block of size 256.0 KiB (24.3 MiB/24.4 MiB used)\n\nPossible solutions:\n* Reducing the number of threads (SET threads=X)\n* Increasing the memory limit (SET memory_limit='...GB')",
);

describe('loadError', () => {
  it('says to raise `memory` where DuckDB lacks it, in place of settings that the load makes', () => {
    const memory = { stagedBytes: 1, databaseBytes: 1 };
    const { message } = loadError(
      'appending failed',
      { dataset: 'd', memory },
      '1.5',
      OUT_OF_MEMORY,
    );
    expect(message).toBe(
      'Load 1.5 into dataset d: appending failed: Out of Memory Error: could not allocate block of size 256.0 KiB (24.3 MiB/24.4 MiB used). What was not committed was rolled back. DuckDB has a sixth of the `memory` of the pipeline: raise it, or leave it out.',
    );
  });

  it('passes on what DuckDB advises where no `memory` is given', () => {
    const { message } = loadError('appending failed', { dataset: 'd' }, '1.5', OUT_OF_MEMORY);
    expect(message).toContain('Increasing the memory limit');
    expect(message).not.toContain('`memory`');
  });

  it('advises nothing about files where a server refuses', () => {
    const denied = (said: string): string =>
      loadError('appending failed', { dataset: 'd' }, '1.5', new Error(said)).message;
    expect(denied('IO Error: Permission denied')).toContain('This process may not write there');
    expect(denied('table a: COPY "d"."a": ERROR:  permission denied for table a')).toMatch(
      /for table a\. What was not committed was rolled back\.$/,
    );
  });
});
