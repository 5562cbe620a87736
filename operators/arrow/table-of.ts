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
    .map((column) => new Field(column.name, arrowType(column), true));
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
  const integers = data.values as BigInt64Array;
  // The two ways in which integers widen.
  const values =
    type.typeId === Type.Float
      ? Float64Array.from(integers, Number)
      : new Uint32Array(integersOf128(integers).buffer);
  const { length, nullCount, nullBitmap } = data;
  return makeData({ type, length, nullCount, nullBitmap, data: values } as never);
}

function nulls(type: DataType, length: number): Data {
  const nullBitmap = new Uint8Array(Math.ceil(length / 8));
  const empty = { type, length, nullCount: length, nullBitmap };
  if (type.typeId === Type.Utf8 || type.typeId === Type.Binary)
    return makeData({
      ...empty,
      valueOffsets: new Int32Array(length + 1),
      data: new Uint8Array(),
    } as never);
  return makeData({ ...empty, data: zeros(type, length, nullBitmap) } as never);
}

function zeros(type: DataType, length: number, bits: Uint8Array): ArrayBufferView {
  if (type.typeId === Type.Bool) return bits;
  if (type.typeId === Type.Float) return new Float64Array(length);
  if (type.typeId === Type.Decimal) return new Uint32Array(length * 4);
  return type.typeId === Type.Date ? new Int32Array(length) : new BigInt64Array(length);
}

function integersOf128(integers: BigInt64Array): BigInt64Array {
  const wide = new BigInt64Array(integers.length * 2);
  for (const [row, integer] of integers.entries())
    wide.set([integer, integer < 0n ? -1n : 0n], row * 2);
  return wide;
}
