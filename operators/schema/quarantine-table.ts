import type { ColumnSchema, DataType, ShapedTable } from '../types.js';
import { buildBuffers } from './build-buffers.js';
import { LOAD_ID } from './grow-table.js';
import type { QuarantinedRow } from './plan-allowed.js';

/** Where discarded rows are kept if no other name is given. */
export const QUARANTINE = '_sluice_quarantine';

const COLUMNS: readonly [
  name: string,
  dataType: DataType,
  value: (row: QuarantinedRow, resource: string) => string | null,
][] = [
  ['resource', 'text', (_, resource) => resource],
  ['table_name', 'text', ({ table }) => table],
  ['column_name', 'text', ({ column }) => column],
  ['entity', 'text', ({ entity }) => (entity === 'dataType' ? 'data_type' : entity)],
  ['mode', 'text', ({ mode }) => mode],
  ['reason', 'text', ({ message }) => message],
  ['data', 'json', ({ data }) => data],
  ['_dlt_id', 'text', ({ id }) => id],
];

/**
 * Returns the table of the rows that contracts left out of a page: the resource, table and column,
 * which rule of the contract, the reason as a sentence, the row or values as JSON. `_dlt_id` is
 * that of the row, `_dlt_load_id` the load.
 */
export function quarantineTable(
  name: string,
  resource: string,
  rows: readonly QuarantinedRow[],
): ShapedTable {
  return {
    schema: { name, parent: null, columns: SCHEMA },
    hints: { resource: name, writeDisposition: 'append', primaryKey: [] },
    rows: rows.length,
    columns: COLUMNS.map(([column, dataType, value]) => ({
      name: column,
      dataType,
      ...buildBuffers(
        { dataType },
        rows.map((row) => value(row, resource) ?? undefined),
      ),
    })).filter(({ nulls }) => nulls < rows.length),
  };
}

/** Returns true for the columns of a table that quarantined rows go to. */
export function isQuarantine(columns: readonly string[]): boolean {
  return COLUMNS.every(([name]) => columns.includes(name));
}

const SCHEMA: readonly ColumnSchema[] = COLUMNS.flatMap(([name, dataType]): ColumnSchema[] => {
  const column = { name, dataType, variant: false, exactAsDouble: true };
  return name === '_dlt_id'
    ? [LOAD_ID, { ...column, nullable: false }]
    : [{ ...column, nullable: name === 'column_name' }];
});
