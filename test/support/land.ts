import { batchColumns } from '#operators/arrow/batch-columns.js';
import { columnType, layoutOf } from '#operators/schema/column-type.js';
import type { Batch, Buffers, ColumnType, TableSchema } from '#operators/types.js';

/** A value as a test writes it: timestamps as microseconds. */
export type Value = string | number | bigint | boolean | null;

/** A table as a database would hold it. */
export interface Landed {
  /** `name type` in order, `_dlt_load_id` among them. */
  columns: string[];
  /**
   * Values that are not null. Ids are random: `_dlt_id` is left out and `_dlt_parent_id` is the
   * parent's row number.
   */
  rows: Record<string, Value>[];
}

/**
 * What a database holds after these batches; integers of a column that was widened later are
 * doubles.
 */
export function land(batches: readonly Batch[]): Record<string, Landed> {
  const tables = new Map<string, { schema: TableSchema; rows: Record<string, Value>[] }>();
  for (const { schema, batch } of batches.flatMap((one) => one.tables)) {
    const rows = tables.get(schema.name)?.rows ?? [];
    const columns = batchColumns(batch).map(
      (column) => [column.name, columnValues(column, typeOf(schema, column.name))] as const,
    );
    for (let row = 0; row < batch.numRows; row += 1)
      rows.push(
        Object.fromEntries(
          columns.flatMap(([name, values]) =>
            values[row] === null ? [] : [[name, values[row] as Value]],
          ),
        ),
      );
    tables.set(schema.name, { schema, rows });
  }
  const ids = new Map(
    [...tables.values()].flatMap(({ rows }) => rows.map((row, at) => [row['_dlt_id'], at])),
  );
  return Object.fromEntries(
    [...tables].map(([name, { schema, rows }]) => {
      const columns = schema.columns.map((column) => `${column.name} ${column.dataType}`);
      return [name, { columns, rows: rows.map((row) => settled(row, schema, ids)) }];
    }),
  );
}

function settled(
  { _dlt_id, ...row }: Record<string, Value>,
  schema: TableSchema,
  ids: ReadonlyMap<Value | undefined, number>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (name === '_dlt_parent_id') return [name, ids.get(value) ?? null];
      const { dataType } = typeOf(schema, name);
      return [name, typeof value === 'bigint' && dataType === 'double' ? Number(value) : value];
    }),
  );
}

function typeOf({ columns }: TableSchema, name: string): ColumnType {
  return columnType(columns.find((column) => column.name === name) ?? { dataType: 'text' });
}

/** The values in buffers, one by one. */
export function columnValues(
  { rows, validity, offsets, data }: Buffers,
  type: ColumnType,
): Value[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const layout = layoutOf(type);
  const read = (row: number): Value => {
    if (offsets !== null)
      return new TextDecoder().decode(data.subarray(offsets[row], offsets[row + 1]));
    if (layout === 'bits') return bit(data, row);
    if (layout === 4) return view.getInt32(row * 4, true);
    if (layout === 16)
      return view.getBigUint64(row * 16, true) + (view.getBigInt64(row * 16 + 8, true) << 64n);
    return type.dataType === 'double'
      ? view.getFloat64(row * 8, true)
      : view.getBigInt64(row * 8, true);
  };
  return Array.from({ length: rows }, (_, row) =>
    validity !== null && !bit(validity, row) ? null : read(row),
  );
}

function bit(bits: Uint8Array, at: number): boolean {
  return (((bits[at >> 3] as number) >> (at & 7)) & 1) === 1;
}
