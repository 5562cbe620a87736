import type { OperatorFunction } from 'rxjs';
import type { Batch, LoadStep } from '../../operators/types.js';
import type { Gate } from '../run/gate.js';
import type { Destination } from './destination.js';
import { loadFrom } from './load-from.js';
import type { CompletenessRow, RootTable } from './messages.js';

export interface CommitConfig {
  /**
   * Rows of root tables after which the open transaction commits; Infinity: none. @default 500,000
   */
  rows?: number;
  /**
   * Age of the open transaction, in milliseconds, after which it commits; Infinity: none. @default
   * 5,000
   */
  ms?: number;
}

export interface LoadConfig {
  /** Schema that holds the tables; normalized as dlt does. */
  dataset: string;
  /**
   * Whose load it is: what an unfinished load of the same pipeline left is removed first. @default
   * 'sluice'
   */
  pipeline?: string;
  /** Name of the source in `_dlt_loads`. @default the pipeline's name */
  schemaName?: string;
  commit?: CommitConfig;
  /**
   * Root tables of the run; one that replaces is emptied when no rows come for it. @default those
   * that batches bring
   */
  resources?: readonly RootTable[];
  /**
   * Asked at the end what goes into `_sluice_completeness`; an error that it throws ends the load
   * uncompleted. @default nothing
   */
  completeness?: () => readonly CompletenessRow[];
  /**
   * Is called with every step before it is emitted, and with notices: what the user should know
   * and what fails nothing. An error that it throws ends the load as one of the source does; after
   * `complete` it changes nothing any more. @default nothing
   */
  observe?: (event: LoadStep | LoadNotice) => void;
  /** Told of bytes on their way. @default the process's */
  gate?: Gate;
  /** Aborting means the same as unsubscribing, and the error comes when the roll-back is done. */
  signal?: AbortSignal;
}

/** What the user of a load should know and what fails nothing. */
export interface LoadNotice {
  kind: 'notice';
  /** The whole load is meant, and no resource. */
  resource: null;
  message: string;
}

/**
 * Loads batches into the tables of a dataset. A load that fails leaves replaced and merged tables
 * as they were; of an appending one what was committed by then stays until the next load of the
 * same pipeline removes it. `_dlt_loads` tells which are complete.
 *
 * In:     batches.
 * Out: `append` for every batch, `commit` when the open transaction is old or large enough,
 * `complete` at the end, when
 * replaced tables are swapped, merged rows are in place and `_dlt_loads` has its row. No batches:
 * `complete` alone. Errors: `LoadError` naming dataset and load; a source's own error is passed on.
 * Either way, and when unsubscribed or
 * aborted, what is not committed is rolled back; a commit under way is waited for. When called:
 * `ERR_SLUICE_CONFIG`
 *         for a setting of `commit` that is no number above 0.
 * State:  one session in the database; bytes on their way, which the gate is told of.
 *
 * A batch's buffer is taken away: do not use it afterwards.
 *
 * @example batches.pipe(load(duckdb('shop.duckdb'), { dataset: 'shop' }))
 */
export function load(
  destination: Destination,
  config: LoadConfig,
): OperatorFunction<Batch, LoadStep> {
  const load = loadFrom(destination, config);
  return (source) => load(() => source);
}
