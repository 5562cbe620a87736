import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  IntervalMonthDayNano,
  List,
  makeData,
  Map_,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimeMicrosecond,
  TimeNanosecond,
  Timestamp,
  TimeUnit,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
} from 'apache-arrow';
import type {
  BlockColumn,
  BlockType,
  BufferBlock,
  ResultColumn,
} from '../destination/column-block.js';

/**
 * Makes one Arrow table of the blocks of a query's result, a record batch for each, without copying
 * their buffers. Columns of JSON are text whose field says so (`ARROW:extension:name`). No blocks:
 * a table with these columns and no rows.
 */
export function arrowTable(
  columns: readonly ResultColumn[],
  blocks: readonly BufferBlock[],
): Table {
  const schema = new Schema(columns.map(({ name, type }) => fieldOf(name, type)));
  const batches = blocks.map((block) => {
    const children = block.columns.map((column, i) =>
      dataOf((schema.fields[i] as Field).type, column),
    );
    const type = new Struct(schema.fields);
    return new RecordBatch(schema, makeData({ type, length: block.rows, children }));
  });
  return new Table(schema, batches);
}

function fieldOf(name: string, type: BlockType): Field {
  const isJson = type.kind === 'text' && type.isJson;
  return new Field(
    name,
    arrowType(type),
    true,
    isJson ? new Map([['ARROW:extension:name', 'arrow.json']]) : undefined,
  );
}

const INTEGERS = {
  signed: { 8: Int8, 16: Int16, 32: Int32, 64: Int64 },
  unsigned: { 8: Uint8, 16: Uint16, 32: Uint32, 64: Uint64 },
};
const UNITS = {
  s: TimeUnit.SECOND,
  ms: TimeUnit.MILLISECOND,
  us: TimeUnit.MICROSECOND,
  ns: TimeUnit.NANOSECOND,
};

function arrowType(type: BlockType): DataType {
  switch (type.kind) {
    case 'bool':
      return new Bool();
    case 'text':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'integer':
      return new INTEGERS[type.isSigned ? 'signed' : 'unsigned'][type.bits]();
    case 'float':
      return type.bits === 32 ? new Float32() : new Float64();
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'date':
      return new DateDay();
    case 'time':
      return type.unit === 'us' ? new TimeMicrosecond() : new TimeNanosecond();
    case 'timestamp':
      return new Timestamp(UNITS[type.unit], type.timezone);
    case 'interval':
      return new IntervalMonthDayNano();
    case 'null':
      return new Null();
    case 'list':
      return new List(new Field('item', arrowType(type.of), true));
    case 'array':
      return new FixedSizeList(type.size, new Field('item', arrowType(type.of), true));
    case 'map':
      return new Map_(new Field('entries', arrowType(type.of) as Struct, false));
    case 'struct':
      return new Struct(type.fields.map(({ name, type: own }) => fieldOf(name, own)));
    default:
      return type satisfies never;
  }
}

/** A column's buffers as they are. */
function dataOf(type: DataType, column: BlockColumn): Data {
  const { rows, nulls, validity, offsets, data, children } = column;
  const below = (type.children as Field[] | null) ?? [];
  const [first, ...others] = children.map((child, i) => dataOf((below[i] as Field).type, child));
  return makeData({
    type,
    length: rows,
    nullCount: nulls,
    nullBitmap: validity,
    ...(offsets !== null && { valueOffsets: offsets }),
    ...(data !== null && { data }),
    ...(first !== undefined && { child: first, children: [first, ...others] }),
  } as never);
}
