import { map, type OperatorFunction } from 'rxjs';
import { spendBatch } from '../../operators/arrow/spent-batch.js';
import { isObject } from '../../operators/json/is-object.js';
import type { SchemaSettings } from '../../operators/schema/dlt-tables.js';
import { fits } from '../../operators/settings/fits.js';
import { givenOptions } from '../../operators/settings/given-options.js';
import { requireInput } from '../../operators/settings/require-input.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import {
  flag,
  fn,
  list,
  made,
  name,
  record,
  required,
  type Shape,
  signal,
  words,
} from '../../operators/settings/shape.js';
import type { Batch, LoadStep } from '../../operators/types.js';
import type { Gate } from '../run/gate.js';
import { batchMessage } from './batch-message.js';
import { destinationShape } from './destination-shape.js';
import type { Destination } from './destination.js';
import { commitShape, type LoadConfig } from './load-config.js';
import { loadFrom } from './load-from.js';
import type { PendingBatch } from './load-run.js';
import type { RootTable } from './messages.js';
import { altersTables } from './pending-columns.js';

/**
 * Loads batches into the tables of a dataset.
 *
 * - In: batches.
 * - Out: `append` for every batch; `commit` when the open transaction is old or large enough;
 *   `complete` at the end, when replaced tables are swapped, merged rows are in place and
 *   `_dlt_loads` has its row. No batches: `complete` alone.
 * - Errors: `LoadError` naming dataset and load; an error of the source is passed on. Either way,
 *   and when unsubscribed or aborted, what is not committed is rolled back; a running commit is
 *   waited for. When called: `ConfigError` for an option that is wrong.
 * - State: one session of the destination; the bytes not yet appended, which `gate` counts.
 *
 * A load that fails leaves replaced and merged tables as they were. Rows that an appending load has
 * committed stay until the next load of the same pipeline removes them. `_dlt_loads` lists the
 * loads that are complete.
 *
 * The buffers of a batch are transferred: do not use the batch afterwards.
 *
 * @example batches.pipe(load(duckdb('shop.duckdb'), { dataset: 'shop' }))
 */
export function load(
  destination: Destination,
  config: LoadConfig,
): OperatorFunction<Batch, LoadStep> {
  requireShape('The destination of load()', destination, destinationShape);
  const load = loadFrom(destination, givenOptions('load()', config, SHAPE));
  return (source) =>
    load(() => source.pipe(map((batch) => pending(requireInput('load()', batch, 'batch')))));
}

function pending(batch: Batch): PendingBatch {
  return {
    bytes: batch.bytes,
    rootRows: batch.tables.reduce(
      (sum, { schema, batch: { numRows } }) => sum + (schema.parent === null ? numRows : 0),
      0,
    ),
    mostRows: Math.max(0, ...batch.tables.map(({ batch: { numRows } }) => numRows)),
    alters: altersTables(batch.changes),
    take(capabilities, destination) {
      spendBatch(batch);
      return batchMessage(batch, capabilities, destination);
    },
  };
}

const TABLE: Shape<RootTable> = {
  kind: 'value',
  label: 'an object with the names `resource` and `table`, and a `writeDisposition`',
  is: (value) =>
    isObject(value) &&
    ['resource', 'table', 'writeDisposition'].every((key) => fits(value[key], name)),
};

const SETTINGS: Shape<SchemaSettings> = {
  kind: 'value',
  label: 'an object with `contract`, `maxNesting` and `rootKey`',
  is: (value) =>
    isObject(value) && ['contract', 'maxNesting', 'rootKey'].every((key) => key in value),
};

const SHAPE = record<LoadConfig>('load()', {
  dataset: required(name),
  pipeline: name,
  schemaName: name,
  inDefaultSchema: flag,
  commit: commitShape,
  compat: words('sluice', 'dlt'),
  naming: words('snake_case', 'direct'),
  resources: list(TABLE),
  directResources: list(TABLE),
  completeness: fn,
  cursors: fn,
  schemaSettings: SETTINGS,
  refresh: words('drop_sources', 'drop_resources', 'drop_data'),
  observe: fn,
  gate: made<Gate>('a Gate', 'add', 'release'),
  signal,
});
