import { type BatchConfig, gatherPages } from '../../operators/arrow/gather-pages.js';
import { contractShape } from '../../operators/columns/contract-shape.js';
import { type SmallPages, smallPages } from '../../operators/columns/small-pages.js';
import { givenOptions } from '../../operators/settings/given-options.js';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import {
  above0,
  anything,
  checked,
  either,
  type Fields,
  flag,
  fn,
  limit,
  name as aName,
  object,
  record,
  type RecordShape,
  signal,
  words,
} from '../../operators/settings/shape.js';
import type { Compat, NamingConvention, SchemaContract } from '../../operators/types.js';
import type { Destination } from '../destination/destination.js';
import { COMMIT_MS, type CommitConfig, commitShape } from '../destination/load-config.js';
import type { Refresh } from '../destination/messages.js';
import { ConfigError } from '../errors.js';
import { type Budget, budget } from './budget.js';
import { memoryBytes } from './memory-bytes.js';
import type { ResumeOption } from './resume-spec.js';
import { type RowsConfig, rowsFields } from './rows-source.js';
import type { RunEvent } from './run-event.js';

/** Options of a pipeline: its name, destination and dataset, and how often it commits. */
export interface PipelineConfig {
  /** Who loads: kept with every load; two pipelines may share a database. */
  name: string;
  /** Where the rows go, for example `duckdb('shop.duckdb')`. */
  destination: Destination;
  /**
   * Schema of the database that holds the tables; normalized as dlt does. @default `<name>_dataset`
   */
  dataset?: string;
  /**
   * When a batch closes: rows, bytes, or age of its first page; the first batch of a run:
   * `firstRows`.
   * @default 32,768 rows, 6 MiB, 1,000 ms (of more than 50 resources 20 ms for each; or
   * `commit.ms`, where that is less), 1 row
   */
  batch?: BatchConfig;
  /**
   * When the open transaction commits. @default as the destination says, else after 500,000 root
   * rows or 5,000 ms
   */
  commit?: CommitConfig;
  /**
   * Memory that the process is to take while it loads, about, of which Node and DuckDB themselves
   * take 100 MB: bytes, or text such as `256MB` or `1GiB`; at least 128 MB. Shares of it bound
   * pages, batches, rows that are staged, and DuckDB, which moves to disk what has no room; it has
   * more where a table is so wide that its rows need more at once, in commits, and for rows that
   * are merged or replaced: 48 bytes of each, and 16 MiB a thread. The host's own objects, and
   * databases in memory, are not counted. @default no bound but for each owner's own; DuckDB has
   * four fifths of the machine's memory for merging and for reading
   */
  memory?: number | string;
  /**
   * `dlt` leaves the tables that dlt leaves, with its names, coercions and dispositions, also where
   * dlt loses, changes or splits values. Rows that make dlt fail are an error.
   * @default 'sluice': no value is lost or changed without a notice
   */
  compat?: Compat;
  /**
   * How keys become names: dlt's `snake_case` (`userId`: `user_id`, nested `a__b`), or `direct`,
   * which leaves them as they are (nested `a▶b`; the dataset's name too). Hints name nested keys
   * joined alike. Another than that of tables with rows is an error. @default dlt's setting
   * `schema.naming` (`SCHEMA__NAMING`), else as stored in the database, else 'snake_case'
   */
  naming?: NamingConvention;
}

/** Options of one run: what missing rows mean, how it is stopped, and who observes its events. */
export interface RunOptions {
  /**
   * What missing rows of a resource mean: `warn` reports them in the load info and goes on; `fail`
   * ends the run before it is complete. @default 'warn'
   */
  incomplete?: 'warn' | 'fail';
  /**
   * What of earlier runs is dropped, with the run's first commit. `drop_sources`: every table of
   * the source with its state; `drop_resources`: tables and state of the run's resources, with
   * their child tables; `drop_data`: rows and state of the run's resources, while tables stay. A
   * run that fails before its first commit drops nothing. @default nothing
   */
  refresh?: Refresh;
  /**
   * What becomes of data for which tables have no place, over the contracts of the source, of its
   * resources and columns. Later runs have it too until they are given another, as in dlt. @default
   * theirs, else that of the run before, else 'evolve'
   */
  schemaContract?: SchemaContract;
  /**
   * Keeps rows and values that a contract discards as JSON in a table of the dataset, with the
   * reason and the load: true for `_sluice_quarantine`, or its name. Committed together with the
   * rows of the same pages. @default false
   */
  quarantine?: boolean | string;
  /**
   * Whether a run goes on with what an earlier one of the same source has committed and not
   * finished: with the same load id, and without requesting it again. It does where the
   * configuration is the same but for secrets, limits and values that are computed at the start,
   * the committed rows are still there, and the last commit is no older than `maxAgeMs`
   * (milliseconds). Else, and with `false`, the load is begun anew, and a notice says why. Rows
   * that come without a source are always loaded anew. @default { maxAgeMs: 86_400_000 }: a day
   */
  resume?: ResumeOption;
  /**
   * Aborting means the same as unsubscribing: what is not committed is rolled back; a commit under
   * way is waited for.
   */
  signal?: AbortSignal;
  /**
   * Aborting it stops the run and keeps what has come: nothing more is requested, the pages that
   * are there are committed, and the run ends with an AbortError. The next run goes on from there.
   * Where it could not (rows without a source), and before the first request, it means the same as
   * `signal`. @default never stopped
   */
  stop?: AbortSignal;
  /**
   * Is called with everything that happens, in order. An error that it throws ends the run; once
   * the load is complete it is a notice.
   */
  observe?: (event: RunEvent) => void;
}

/** Batches and commits of fewer rows or bytes are wanted page by page. */
const LARGE = { rows: 1_000, bytes: 1024 * 1024 };
/**
 * A batch takes about a millisecond for each of its tables, however few rows it has: of many
 * resources it may be so many milliseconds old for each of them.
 */
const RESOURCE_MS = 20;

/**
 * Splits the age of a batch: small pages may wait for others for half of it, and the batch for the
 * other half. No page waits where batches or commits are small. What waits is in no commit, so the
 * age is no more than that of a transaction.
 *
 * @param resources their number
 */
export function waitingPages(
  { batch = {}, commit = {} }: Pick<PipelineConfig, 'batch' | 'commit'>,
  { waitingBytes, batchBytes }: Budget,
  resources: number,
): {
  small: SmallPages | undefined;
  batches: BatchConfig;
} {
  const longest = Math.max(1_000, resources * RESOURCE_MS);
  const {
    rows = LARGE.rows,
    bytes = LARGE.bytes,
    ms = Math.min(longest, commit.ms ?? COMMIT_MS),
  } = batch;
  const isWanted =
    rows < LARGE.rows || bytes < LARGE.bytes || (commit.rows ?? Infinity) < LARGE.rows;
  return {
    small: isWanted ? undefined : smallPages(Math.min(ms, longest) / 2, waitingBytes),
    batches: { firstRows: 1, bytes: batchBytes, ...batch, ms: isWanted ? ms : ms / 2 },
  };
}

/** Options of `Pipeline.drop`. */
export type DropOptions = Pick<RunOptions, 'observe'>;

const streamFields: Fields<RunOptions> = {
  incomplete: words('warn', 'fail'),
  refresh: words('drop_sources', 'drop_resources', 'drop_data'),
  schemaContract: contractShape,
  quarantine: either(flag, aName),
  resume: either(flag, record<{ maxAgeMs?: number }>('resume', { maxAgeMs: limit })),
  signal,
  stop: signal,
  observe: fn,
};
/** The options of `Pipeline.stream`. */
export const STREAM: RecordShape<RunOptions> = record<RunOptions>('stream()', streamFields);
/** The options of `Pipeline.run`. */
export const RUN: RecordShape<RunOptions & Partial<RowsConfig>> = record<
  RunOptions & Partial<RowsConfig>
>('run()', {
  ...streamFields,
  ...rowsFields,
});
/** The options of `Pipeline.drop`. */
export const DROP: RecordShape<DropOptions> = record<DropOptions>('drop()', { observe: fn });
/** The options of `Pipeline.close`. */
export const CLOSE: RecordShape<{ abort?: boolean }> = record<{ abort?: boolean }>('close()', {
  abort: flag,
});
/** What is missing has words of its own. */
const PIPELINE = record<Partial<PipelineConfig>>('pipeline()', {
  name: anything,
  destination: anything,
  dataset: aName,
  batch: object,
  commit: commitShape,
  memory: checked(either(above0, aName), memoryBytes),
  compat: words('sluice', 'dlt'),
  naming: words('snake_case', 'direct'),
});

/**
 * Checks the options, and returns them as they are used; those of `batch()` are checked before the
 * first run.
 */
export function checkedConfig(options: PipelineConfig): PipelineConfig {
  const config: Partial<PipelineConfig> = givenOptions('pipeline()', options, PIPELINE);
  const { name, destination } = config;
  if (typeof name !== 'string' || name.trim() === '')
    throw new ConfigError('A pipeline needs a name, for example pipeline({ name: "shop", … }).');
  if (typeof Object(destination).begin !== 'function')
    throw new ConfigError(
      `Pipeline ${name} needs a destination, for example \`destination: duckdb("shop.duckdb")\`; found ${described(destination)}.`,
    );
  gatherPages(config.batch);
  requireRoom(config);
  return config as PipelineConfig;
}

function requireRoom({ memory, batch: { bytes = 0 } = {} }: Partial<PipelineConfig>): void {
  if (memory === undefined) return;
  const { largestBatchBytes: most } = budget(memoryBytes(memory));
  if (bytes > most)
    throw new ConfigError(
      `\`batch.bytes\` of pipeline() is ${groupedDigits(bytes)}, and a batch has at most ${groupedDigits(most)} of \`memory\` (a sixteenth). Lower \`batch.bytes\`, or raise \`memory\`.`,
    );
}

function described(destination: unknown): string {
  if (destination === undefined) return 'none';
  if (typeof destination === 'string') return 'text. Make a destination of it: duckdb(path)';
  return typeof destination === 'function'
    ? 'a function. Call it first'
    : 'a value without begin()';
}
