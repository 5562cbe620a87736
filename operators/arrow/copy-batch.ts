import { SchemaError } from '../errors.js';
import { columnType } from '../schema/column-type.js';
import type { Batch } from '../types.js';
import { batchColumns } from './batch-columns.js';
import { concatColumn, concatSize, type Piece } from './concat-columns.js';
import { recordBatch } from './record-batch.js';
import { requireUnspent } from './spent-batch.js';

/**
 * Copies a batch into memory of its own, so that it can be loaded once more, or read after a load:
 * `load` takes the memory of the batches that it is given.
 *
 * Errors: `ERR_SLUICE_BATCH_SPENT` for a batch that was loaded already; SchemaError for a column
 * that its table's schema does not have.
 *
 * @example batches.pipe(tap((batch) => kept.push(copyBatch(batch))), load(destination, config))
 */
export function copyBatch(batch: Batch): Batch {
  requireUnspent(batch);
  const plans = batch.tables.map((table) => {
    const known = new Map(table.schema.columns.map((column) => [column.name, column]));
    const columns = batchColumns(table.batch).map((buffers) => {
      const column = known.get(buffers.name);
      if (column === undefined)
        throw new SchemaError(
          `Column ${buffers.name} of a batch is not in the schema of table ${table.schema.name}.`,
        );
      const { name, nullable } = column;
      const type = columnType(column);
      const pieces: Piece[] = [{ rows: buffers.rows, column: { ...buffers, ...type } }];
      return { name, ...type, nullable, pieces, size: concatSize(pieces, type) };
    });
    return { table, columns };
  });
  const sizes = plans.flatMap(({ columns }) => columns.map(({ size }) => size));
  const buffer = new ArrayBuffer(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  const tables = plans.map(({ table, columns }) => ({
    ...table,
    batch: recordBatch(
      columns.map(({ pieces, size, ...column }) => {
        const copied = concatColumn(pieces, column, buffer, at);
        at += size;
        return { ...column, ...copied };
      }),
      table.batch.numRows,
    ),
  }));
  return { ...batch, tables };
}
