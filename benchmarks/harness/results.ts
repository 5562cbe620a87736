/** What is measured of one run of one way. */
export type Field =
  /** Milliseconds from the start of the process to its end; of some, of the work alone. */
  | 'ms'
  /** CPU time of all threads and child processes, user and system, in milliseconds. */
  | 'cpuMs'
  /** CPU time of the site's process meanwhile. */
  | 'serverCpuMs'
  /** Most memory that the process and its children held, in MiB. */
  | 'peakMiB'
  /** How far memory rose above what the process held before the work alone. */
  | 'riseMiB'
  /** Rows of all tables that are not sluice's or dlt's own; all ways must leave as many. */
  | 'rows'
  /** The contents of tables as one number; all ways that say it must say the same. */
  | 'check'
  | 'firstCommitMs'
  | 'loopP99Ms'
  | 'loopMaxMs'
  | 'requests'
  | 'requestsPerSecond'
  | 'usedPercent'
  | 'refused';

/** The measures of one run of one way. */
export type Measure = { ms: number } & Partial<Record<Field, number>>;

/** The measures of one comparison, as they are kept in `results.json`. */
export interface Result {
  /** The day of the run, as `2026-11-28`. */
  date: string;
  machine: string;
  /** Versions of dlt and its DuckDB; null where it was skipped. */
  dlt: string | null;
  size: number;
  /** By the key of the way: a measure for each round. */
  ways: Record<string, readonly Measure[]>;
}

/** Results by the key of their comparison. */
export type Results = Readonly<Record<string, Result>>;
