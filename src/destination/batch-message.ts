import type { Field } from 'apache-arrow';
import { arrowText, carrierText } from '../../operators/arrow/arrow-text.js';
import { batchColumns } from '../../operators/arrow/batch-columns.js';
import type { ColumnBatch } from '../../operators/arrow/open-batch.js';
import { columnType } from '../../operators/schema/column-type.js';
import { DATA_TYPES } from '../../operators/schema/data-types.js';
import { QUARANTINE } from '../../operators/schema/quarantine-table.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import type { Batch, ShapedTable, TableSchema } from '../../operators/types.js';
import { LoadError } from '../errors.js';
import type { Capabilities } from './destination.js';
import type { BatchMessage } from './messages.js';

/**
 * A batch of columns as the message that a session is sent.
 *
 * Errors: LoadError for what the destination cannot hold.
 */
export function columnMessage(
  { tables, positions }: Pick<ColumnBatch, 'tables' | 'positions'>,
  capabilities: Capabilities,
  destination: string,
): BatchMessage {
  for (const { schema } of tables) {
    requireCapable(schema, capabilities, destination);
    if (schema.parent === null && schema.name !== QUARANTINE)
      rootTableName(schema.name, 'The table of a batch');
  }
  return { tables, positions };
}

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
  const plain = tables.map(({ batch, rootRows, ...table }): ShapedTable => {
    const types = new Map(table.schema.columns.map((column) => [column.name, columnType(column)]));
    const columns = batchColumns(batch).map((column, i) => {
      const type = types.get(column.name);
      const found = arrowText((batch.schema.fields[i] as Field).type);
      if (type === undefined || carrierText(type) !== found)
        throw new LoadError(
          `Column ${table.schema.name}.${column.name} of a batch is ${found}, and the table's schema ${type === undefined ? 'has no such column' : `says ${type.dataType} (${carrierText(type)})`}. Use batches as batch() makes them.`,
        );
      return { ...column, ...type };
    });
    return { ...table, rows: batch.numRows, ...(rootRows && { rootRows }), columns };
  });
  return columnMessage({ tables: plain, positions }, capabilities, destination);
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
        `The name ${long} of table ${name} or its column has more than the ${identifierBytes} bytes that destination ${destination} takes. Give flatten() \`naming: 'snake_case:${identifierBytes}'\`, which shortens names as a pipeline does.`,
      );
}
