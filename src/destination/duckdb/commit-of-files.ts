import type { CommitConfig } from '../load-config.js';

/**
 * When rows become files that readers open one by one: Parquet has a fourth of what 200,000 nested
 * rows take before, so that a commit makes files of some 64 MB.
 */
export const COMMIT_OF_FILES: CommitConfig = {
  rows: Number.POSITIVE_INFINITY,
  ms: 60_000,
  bytes: 256 * 1024 * 1024,
};
