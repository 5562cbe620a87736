import { type Field, Type, util } from 'apache-arrow';
import { arrowType } from '../../operators/arrow/arrow-type.js';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import type { Batch } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import type { BatchMessage } from './duckdb/session.js';

/**
 * A batch as plain data, over the same buffers.
 *
 * Errors: LoadError naming the column whose Arrow type is not what the table's schema says: buffers
 * are copied into DuckDB as they are.
 */
export function batchMessage({ tables, positions }: Batch): BatchMessage {
  return {
    tables: tables.map(({ schema, hints, batch }) => {
      const types = new Map(schema.columns.map(({ name, dataType }) => [name, dataType]));
      const columns = batchColumns(batch).map((column, i) => {
        const dataType = types.get(column.name);
        const found = (batch.schema.fields[i] as Field).type;
        const wanted = dataType && arrowType(dataType);
        if (dataType === undefined || wanted === undefined || !util.compareTypes(wanted, found))
          throw new LoadError(
            `Column ${schema.name}.${column.name} of a batch is ${Type[found.typeId]}, and the table's schema ${wanted === undefined ? 'has no such column' : `says ${dataType} (${Type[wanted.typeId]})`}. Use batches as batch() makes them.`,
          );
        return { ...column, dataType };
      });
      return { schema, hints, rows: batch.numRows, columns };
    }),
    positions,
  };
}
