import type { SchemaSettings } from '../../operators/schema/dlt-tables.js';
import { limit, record, type RecordShape } from '../../operators/settings/shape.js';
import { timerMs } from '../../operators/settings/timer-ms.js';
import type { Compat, LoadStep, NamingConvention } from '../../operators/types.js';
import type { Gate } from '../run/gate.js';
import type { CompletenessRow, CursorState, Refresh, RootTable } from './messages.js';

/**
 * When a load commits its open transaction; whichever limit is reached first counts, and the end of
 * the load commits in any case. Numbers above 0, or Infinity for no limit; without options both
 * have their defaults. Anything else is a ConfigError when `load` or `pipeline` is called.
 */
export interface CommitConfig {
  /**
   * Rows of root tables after which the open transaction commits; Infinity: none. In a load that
   * can be resumed, where it is below 50,000, a page counts for 100 rows at least: pages that no
   * commit has are requested again after a kill. @default as the destination says
   * (`Capabilities.commit`), else 500,000
   */
  rows?: number;
  /**
   * Age of the open transaction, in milliseconds, after which it commits; Infinity: none. @default
   * as the destination says, else 5,000
   */
  ms?: number;
  /**
   * Bytes of appended rows, of all tables together and as Arrow holds them, after which the open
   * transaction commits; Infinity: none. @default as the destination says, else Infinity
   */
  bytes?: number;
}

/** What says when a load commits. */
export const commitShape: RecordShape<CommitConfig> = record<CommitConfig>('commit', {
  rows: limit,
  ms: limit,
  bytes: limit,
});

/** How old a transaction becomes by default, in milliseconds. */
export const COMMIT_MS = 5_000;

/**
 * Fills in the defaults of a commit's limits; `ms` as a timer takes it.
 *
 * @param usual the destination's own limits
 */
export function commitLimits(
  commit: CommitConfig = {},
  usual: CommitConfig = {},
): { rows: number; ms: number | null; bytes: number } {
  const {
    rows = usual.rows ?? 500_000,
    ms = usual.ms ?? COMMIT_MS,
    bytes = usual.bytes ?? Number.POSITIVE_INFINITY,
  } = commit;
  return { rows, ms: timerMs(ms), bytes };
}

/**
 * Which dataset is loaded, for whom, and who observes it. Only `dataset` is needed. ConfigError
 * when `load` is called for an option that is missing, unknown or of another kind.
 */
export interface LoadConfig {
  /** Schema that holds the tables; normalized as dlt does. */
  dataset: string;
  /**
   * Whose load it is: what an unfinished load of the same pipeline left is removed first. @default
   * 'sluice'
   */
  pipeline?: string;
  /**
   * Name of the source, which is dlt's schema; one that is no identifier is normalized. @default
   * the pipeline's name
   */
  schemaName?: string;
  /**
   * Whether rows go into the schema that the pipeline loaded first, where there is one, as dlt puts
   * rows that come without a source. @default false
   */
  inDefaultSchema?: boolean;
  /**
   * When the open transaction commits. @default as the destination says, else after 500,000 root
   * rows or 5,000 ms
   */
  commit?: CommitConfig;
  /** Whose rules write rows and bookkeeping. @default 'sluice' */
  compat?: Compat;
  /**
   * Root tables of the run; one that replaces is emptied when no rows come for it. @default those
   * that batches bring
   */
  resources?: readonly RootTable[];
  /**
   * How keys are named. Another convention than that of tables with rows is an error. @default as
   * the stored schema of the source says, else 'snake_case'
   */
  naming?: NamingConvention;
  /** The root tables by naming `direct`, where the stored schema decides. @default `resources` */
  directResources?: readonly RootTable[];
  /**
   * What the source says of all its tables, for dlt's schema document. @default what earlier loads
   * left
   */
  schemaSettings?: SchemaSettings;
  /**
   * Gives at the end what goes into `_sluice_completeness`; an error that it throws ends the load
   * uncompleted. @default nothing
   */
  completeness?: () => readonly CompletenessRow[];
  /**
   * Gives at the end the cursors of incremental resources, which the destination keeps in the
   * pipeline's state. @default none: the state of every cursor stays
   */
  cursors?: () => readonly CursorState[];
  /** What of earlier loads is dropped with the first commit. @default nothing */
  refresh?: Refresh;
  /**
   * Is called with every step before it is emitted, and with notices: what the user should know
   * and what fails nothing. An error that it throws ends the load as one of the source does; after
   * `complete` it is a notice. @default nothing
   */
  observe?: (event: LoadStep | LoadNotice) => void;
  /** Counts bytes on their way. @default the process's */
  gate?: Gate;
  /** Aborting means the same as unsubscribing, and the error comes when the roll-back is done. */
  signal?: AbortSignal;
}

/** What the user of a load should know and what fails nothing. */
export interface LoadNotice {
  /** A notice. */
  kind: 'notice';
  /** The whole load is meant, and no resource. */
  resource: null;
  /** Sentences for people, without secrets. */
  message: string;
}
