import { type Data, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import type { Buffers, DataType } from '../types.js';
import { arrowType } from './arrow-type.js';

/** A named column for a record batch. */
export interface ArrowColumn extends Buffers {
  name: string;
  dataType: DataType;
  nullable: boolean;
}

/** Makes a record batch whose columns are views of the given buffers: nothing is copied. */
export function recordBatch(columns: readonly ArrowColumn[], rows: number): RecordBatch {
  const fields = columns.map(
    ({ name, dataType, nullable }) => new Field(name, arrowType(dataType), nullable),
  );
  const children = columns.map((column, i) => columnData(column, (fields[i] as Field).type));
  const data = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  return new RecordBatch(new Schema(fields), data);
}

function columnData(
  { dataType, rows, nulls, validity, offsets, data }: ArrowColumn,
  type: Field['type'],
): Data {
  const common = { type, length: rows, nullCount: nulls, nullBitmap: validity };
  if (offsets !== null)
    return makeData({ ...common, valueOffsets: offsets, data } as Parameters<typeof makeData>[0]);
  const values =
    dataType === 'double'
      ? new Float64Array(data.buffer, data.byteOffset, rows)
      : dataType === 'bool'
        ? data
        : new BigInt64Array(data.buffer, data.byteOffset, rows);
  return makeData({ ...common, data: values } as Parameters<typeof makeData>[0]);
}
