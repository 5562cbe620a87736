import type {
  DatasetSchema,
  DataType,
  LoadStep,
  MergeStrategy,
  WriteDisposition,
} from '../../operators/types.js';
import type { QueryCursor } from './column-block.js';
import type { CommitConfig } from './load-config.js';
import type {
  BatchMessage,
  Documents,
  Known,
  LoadProgress,
  LoadSpec,
  Outcome,
  Refresh,
} from './messages.js';
import type { TableStructure } from './table-structure.js';

/**
 * Where loads go. `duckdb()` makes one; others can be written from outside, and `sluice/testing`
 * checks them.
 */
export interface Destination {
  /** One word for people, as `duckdb`. */
  readonly name: string;
  /** Where the data is, for people. Holds no secrets. */
  readonly location: string;
  /** What it can do. */
  readonly capabilities: Capabilities;
  /**
   * Begins a load: opens what it needs once, goes on with an unfinished load of the pipeline and
   * source (`LoadSpec.resume`) or removes what it left, and reads what the load must know.
   *
   * Errors: LoadError when another load of the dataset is under way; ConfigError for a dataset that
   * cannot be. Nothing stays open then.
   *
   * @param notice is called with what the user should know and what fails nothing
   * @param signal aborts when the load is no longer wanted; a destination that takes long to begin
   *   stops then and rejects. A session that it gives all the same is aborted.
   */
  begin(load: LoadSpec, notice?: (message: string) => void, signal?: AbortSignal): Promise<Session>;
  /**
   * The tables of a dataset, whether it exists or not. `name` is normalized.
   *
   * @param signal stops reads: those under way are broken off and reject with its reason, when they
   *   have ended
   */
  dataset(name: string, signal?: AbortSignal): DatasetReader;
  /**
   * Waits for loads and readers, then gives everything back; what is only in memory is gone then.
   * May be called again; the destination may be used again after.
   */
  close(): Promise<void>;
}

/** What a destination can do. Loads that need more are refused before the first request. */
export interface Capabilities {
  /** Ways to write rows. */
  dispositions: readonly WriteDisposition[];
  /** Ways to merge. @default `delete-insert` alone where it merges */
  mergeStrategies?: readonly MergeStrategy[];
  /** What a load can drop of earlier ones (`LoadSpec.refresh`). @default nothing */
  refresh?: readonly Refresh[];
  /** Types that columns may have. @default all */
  types?: readonly DataType[];
  /**
   * Bytes that the name of a dataset, table or column may have in UTF-8: longer ones are shortened.
   * @default any number
   */
  identifierBytes?: number;
  /**
   * Rows of appending tables are durable and visible after `commit`. False: everything becomes
   * visible when the load is finished, and nobody calls `commit`.
   */
  commits: boolean;
  /** When a load commits that does not say when. @default after 500,000 root rows or 5,000 ms */
  commit?: CommitConfig;
  /** What loads that need more are told, as a sentence. @default nothing */
  instead?: string;
  /**
   * Readers see tables as they were while a load alters or drops them. False: they wait for its
   * next commit. @default true
   */
  isolatesTables?: boolean;
}

/**
 * One load. Calls come one after another, but for `abort`, which may come at any time.
 *
 * A step that fails rolls back what is not committed, and ends the session.
 */
export interface Session {
  /** The `_dlt_load_id` of its rows: seconds since 1970 with six decimals. */
  readonly loadId: string;
  /** What the destination holds of the dataset when the load begins. */
  readonly known: Known;
  /**
   * Adds rows to the open transaction. The batch's buffers are the session's from then on.
   *
   * `giveBack` may be called with memory of the batch, or with what became of it in another thread,
   * when the session needs it no more: the load writes its next batches into it.
   */
  append(batch: BatchMessage, giveBack?: (memory: ArrayBuffer) => void): Promise<LoadStep>;
  /**
   * Makes what was appended durable, with its positions, as one thing. `progress`: what is kept
   * with it for a load that is resumed, by resource; left out for resources without new pages.
   * `isLast`: the load is stopped behind it, so rows that could wait for a later commit are kept
   * with it as well.
   */
  commit(progress?: Readonly<Record<string, LoadProgress>>, isLast?: boolean): Promise<LoadStep>;
  /**
   * Completes the load: replaced tables are swapped, merged rows put in place, states and
   * completeness kept, as one thing. Resolves when that is durable; what comes after (a
   * checkpoint, closing) is reported as a notice when it fails. Ends the session.
   */
  finish(outcome: Outcome): Promise<LoadStep>;
  /**
   * Rolls back what is not committed and ends the session; a commit under way is waited for.
   * Resolves when that is done. May be called again, and after `finish`, when it does nothing.
   */
  abort(): Promise<void>;
}

/** A row as an object. */
export type ReadRow = Record<string, unknown>;

/** The tables of a dataset as they are; what is not committed is not seen. */
export interface DatasetReader {
  /** Name of the dataset, normalized. */
  readonly name: string;
  /** Structures of the tables; empty where nothing was loaded. */
  schema(): Promise<DatasetSchema>;
  /** Names of the tables, sorted; none of those in which destinations keep their books. */
  tables(): Promise<string[]>;
  /**
   * Rows of one table as objects: integers beyond 2^53 as BigInt, decimals beyond 15 digits and
   * times as text, timestamps and dates as Date (milliseconds), JSON as text. Errors: LoadError
   * where there is no such table.
   */
  rows(table: string): Promise<ReadRow[]>;
  /**
   * Rows that an SQL query gives, where the destination knows SQL. Tables of the dataset need no
   * prefix. Parameters are `$1`, `$2`, … Errors: LoadError for what the database refuses.
   */
  query?<T extends object = ReadRow>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /**
   * All tables and views as the database has them, those of books among them; no values are read.
   * Empty where nothing was loaded.
   */
  structure?(): Promise<TableStructure[]>;
  /**
   * Begins an SQL query whose rows are read block by block, where the destination knows SQL. Rows
   * that are not committed when it begins are not among them. Errors: as those of `query`.
   */
  open?(sql: string, parameters?: readonly unknown[]): Promise<QueryCursor>;
  /**
   * Writes the rows of an SQL query to a file, which is replaced; gives their number. Errors: as
   * those of `query`; LoadError where the file cannot be written.
   */
  write?(
    sql: string,
    parameters: readonly unknown[],
    path: string,
    format: 'parquet' | 'csv',
  ): Promise<number>;
  /**
   * dlt's documents: the state of a pipeline, and the schemas; where the destination keeps them.
   * Errors: LoadError for a document that cannot be read.
   */
  documents?(pipeline: string): Promise<Documents>;
}
