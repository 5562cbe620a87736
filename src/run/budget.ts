import type { DestinationMemory } from '../destination/messages.js';

/** Who may hold how much memory in one run, in bytes. Every owner has its share from here. */
export interface Budget {
  /**
   * A response body that is larger is kept in a file, and read in slices: one page takes ten times
   * as much on its way into the database. @default 32 MiB
   */
  readonly bodyBytes: number;
  /** Batches on their way to the destination, above which no request starts. @default 16 MiB */
  readonly inFlightBytes: number;
  /** Columns at which a batch closes, where `batch.bytes` does not say. @default 6 MiB */
  readonly batchBytes: number;
  /** The most that `batch.bytes` may say. @default Infinity */
  readonly largestBatchBytes: number;
  /** Bodies of small pages that wait for others. @default 8 MiB */
  readonly waitingBytes: number;
  /** Buffers that are kept for the next page or batch. @default 24 MiB */
  readonly spareBytes: number;
  /** What the destination may hold. @default as much as it does by itself */
  readonly destination: DestinationMemory | null;
}

const MIB = 1024 * 1024;

/**
 * Divides the memory of a run.
 *
 * The shares are parts of the whole process's memory, of which Node, DuckDB's code and ours take
 * about 100 MB. Only part of the owners are full at once: a page is a body first, then columns,
 * then part of a batch. What makes a load no faster has no more than its default.
 *
 * @param memory bytes that the process is to take (`memoryBytes`). @default no limit: every share
 *   has its default
 */
export function budget(memory: number = Number.POSITIVE_INFINITY): Budget {
  const part = (of: number, most = Number.POSITIVE_INFINITY): number =>
    Math.min(most, Math.floor(memory / of));
  return {
    bodyBytes: memory === Number.POSITIVE_INFINITY ? 32 * MIB : part(64),
    inFlightBytes: part(32, 16 * MIB),
    batchBytes: part(64, 6 * MIB),
    largestBatchBytes: part(16),
    waitingBytes: part(32, 8 * MIB),
    spareBytes: part(32, 24 * MIB),
    destination:
      memory === Number.POSITIVE_INFINITY ? null : { stagedBytes: part(8), databaseBytes: part(6) },
  };
}
