import { type Data, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { columnType, layoutOf } from '../schema/column-type.js';
import type { Buffers, ColumnType } from '../types.js';
import { arrowType } from './arrow-type.js';

/** A named column for a record batch. */
export interface ArrowColumn extends Buffers, ColumnType {
  name: string;
  nullable: boolean;
}

/** Makes a record batch whose columns are views of the given buffers: nothing is copied. */
export function recordBatch(columns: readonly ArrowColumn[], rows: number): RecordBatch {
  const fields = columns.map(
    (column) => new Field(column.name, arrowType(columnType(column)), column.nullable),
  );
  const children = columns.map((column, i) => columnData(column, (fields[i] as Field).type));
  const data = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), data);
}

function columnData(column: ArrowColumn, type: Field['type']): Data {
  const { rows, nulls, validity, offsets, data } = column;
  const common = { type, length: rows, nullCount: nulls, nullBitmap: validity };
  if (offsets !== null)
    return makeData({ ...common, valueOffsets: offsets, data } as Parameters<typeof makeData>[0]);
  return makeData({ ...common, data: values(column) } as Parameters<typeof makeData>[0]);
}

function values(column: ArrowColumn): ArrayBufferView {
  const { dataType, rows, data } = column;
  const layout = layoutOf(column);
  switch (layout) {
    case 4:
      return new Int32Array(data.buffer, data.byteOffset, rows);
    case 16:
      return new Uint32Array(data.buffer, data.byteOffset, rows * 4);
    case 8:
      return dataType === 'double'
        ? new Float64Array(data.buffer, data.byteOffset, rows)
        : new BigInt64Array(data.buffer, data.byteOffset, rows);
    case 'bits':
    case 'texts':
      return data;
    default:
      return layout satisfies never;
  }
}
