import { type Field, Type, util } from 'apache-arrow';
import { arrowType } from '../../operators/arrow/arrow-type.js';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import { columnType } from '../../operators/schema/column-type.js';
import { DATA_TYPES } from '../../operators/schema/data-types.js';
import { QUARANTINE } from '../../operators/schema/quarantine-table.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import type { Batch, TableSchema } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import type { Capabilities } from './destination.js';
import type { BatchMessage } from './messages.js';

/**
 * A batch as plain data, over the same buffers.
 *
 * Errors: LoadError naming the column whose Arrow type is not what the table's schema says, since
 * destinations take buffers as they are; and for what the destination cannot hold.
 */
export function batchMessage(
  { tables, positions }: Batch,
  capabilities: Capabilities,
  destination: string,
): BatchMessage {
  return {
    tables: tables.map(({ schema, hints, batch, rootRows }) => {
      requireCapable(schema, capabilities, destination);
      if (schema.parent === null && schema.name !== QUARANTINE)
        rootTableName(schema.name, 'The table of a batch');
      const types = new Map(schema.columns.map((column) => [column.name, columnType(column)]));
      const columns = batchColumns(batch).map((column, i) => {
        const type = types.get(column.name);
        const found = (batch.schema.fields[i] as Field).type;
        const wanted = type && arrowType(type);
        if (type === undefined || wanted === undefined || !util.compareTypes(wanted, found))
          throw new LoadError(
            `Column ${schema.name}.${column.name} of a batch is ${Type[found.typeId]}, and the table's schema ${type === undefined || wanted === undefined ? 'has no such column' : `says ${type.dataType} (${Type[wanted.typeId]})`}. Use batches as batch() makes them.`,
          );
        return { ...column, ...type };
      });
      return { schema, hints, rows: batch.numRows, ...(rootRows && { rootRows }), columns };
    }),
    positions,
  };
}

/** Errors: LoadError for a name that is too long for the destination, and for a type it has not. */
function requireCapable(
  { name, columns }: TableSchema,
  { types = DATA_TYPES, identifierBytes }: Capabilities,
  destination: string,
): void {
  for (const column of columns)
    if (!types.includes(column.dataType))
      throw new LoadError(
        `Column ${name}.${column.name} is ${column.dataType}, and destination ${destination} holds ${types.join(', ')}. Declare another dataType for it.`,
      );
  if (identifierBytes === undefined) return;
  for (const long of [name, ...columns.map((column) => column.name)])
    if (Buffer.byteLength(long) > identifierBytes)
      throw new LoadError(
        `The name ${long} of table ${name} or its column has more than the ${identifierBytes} bytes that destination ${destination} takes. Give it a shorter one.`,
      );
}
