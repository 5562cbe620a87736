import type { OperatorFunction } from 'rxjs';
import { requireKeys } from '../../operators/settings/require-keys.js';
import type { Batch, LoadStep } from '../../operators/types.js';
import type { Destination } from './destination.js';
import type { LoadConfig } from './load-config.js';
import { loadFrom } from './load-from.js';

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
  requireKeys('load()', config, {
    dataset: true,
    pipeline: true,
    schemaName: true,
    commit: true,
    resources: true,
    completeness: true,
    observe: true,
    gate: true,
    signal: true,
  });
  const load = loadFrom(destination, config);
  return (source) => load(() => source);
}
