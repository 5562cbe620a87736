import {
  type Data,
  type DataType,
  Field,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Type,
  type Vector,
} from 'apache-arrow';
import { requireShape } from '../settings/require-shape.js';
import { anything, list, name as aName } from '../settings/shape.js';
import type { Batch } from '../types.js';
import { arrowType } from './arrow-type.js';
import { batchShape } from './batch-shape.js';

/**
 * Puts the rows of one table of several batches into one Arrow table: with all columns of the
 * latest structure, null where a batch lacks one, and integers as doubles where the column was
 * widened since. Takes the batches' buffers as they are where nothing has to change.
 *
 * No batch with rows of that table: a table without columns and rows.
 *
 * @example const table = tableOf(await lastValueFrom(batches.pipe(toArray())), 'orders');
 */
export function tableOf(batches: readonly Batch[], name: string): Table {
  for (const batch of requireShape('The batches of tableOf()', batches, list(anything)))
    requireShape('Each batch of tableOf()', batch, batchShape);
  requireShape('The name of the table of tableOf()', name, aName);
  const parts = batches.flatMap(({ tables }) =>
    tables.filter(({ schema }) => schema.name === name),
  );
  const present = new Set(
    parts.flatMap(({ batch }) => batch.schema.fields.map((field) => field.name)),
  );
  const fields = (parts.at(-1)?.schema.columns ?? [])
    .filter((column) => present.has(column.name))
    .map((column) => new Field(column.name, arrowType(column.dataType), true));
  const schema = new Schema(fields);
  return new Table(
    schema,
    parts.map(({ batch }) => {
      const children = fields.map((field) =>
        columnOf(batch.getChild(field.name), field.type, batch.numRows),
      );
      const type = new Struct(fields);
      return new RecordBatch(schema, makeData({ type, length: batch.numRows, children }));
    }),
  );
}

function columnOf(column: Vector | null, type: DataType, rows: number): Data {
  const data = column?.data[0];
  if (data === undefined) return nulls(type, rows);
  if (data.typeId === type.typeId) return data;
  // The one way in which columns widen.
  const values = Float64Array.from(data.values as BigInt64Array, Number);
  const { length, nullCount, nullBitmap } = data;
  return makeData({ type, length, nullCount, nullBitmap, data: values } as never);
}

function nulls(type: DataType, length: number): Data {
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  const empty = { type, length, nullCount: length, nullBitmap };
  if (type.typeId === Type.Utf8)
    return makeData({
      ...empty,
      valueOffsets: new Int32Array(length + 1),
      data: new Uint8Array(),
    } as never);
  const data =
    type.typeId === Type.Bool
      ? nullBitmap
      : type.typeId === Type.Float
        ? new Float64Array(length)
        : new BigInt64Array(length);
  return makeData({ ...empty, data } as never);
}
