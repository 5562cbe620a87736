import type { Batch, ShapedTable } from '../types.js';
import type { ColumnBatch } from './open-batch.js';
import { type ArrowColumn, recordBatch } from './record-batch.js';

/** Makes one record batch per table of a batch of plain columns, over the same buffers. */
export function arrowBatch({ tables, changes, positions, bytes }: ColumnBatch): Batch {
  return {
    tables: tables.map((table) => {
      const { schema, hints, rows, rootRows } = table;
      const batch = recordBatch(arrowColumns(table), rows);
      return { schema, hints, ...(rootRows && { rootRows }), batch };
    }),
    changes,
    positions,
    bytes,
  };
}

function arrowColumns({ schema, columns }: ShapedTable): ArrowColumn[] {
  const nullable = new Map(schema.columns.map((column) => [column.name, column.nullable]));
  return columns.map((column) => ({ ...column, nullable: nullable.get(column.name) ?? true }));
}
