import { DuckDBTypeId, type DuckDBDataChunk } from '@duckdb/node-api';
import duckdbBinding from '@duckdb/node-bindings';
import {
  Bool,
  type Data,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import { dataset, duckdb } from 'sluice';
import { DATASET, withConnection } from '../../data/seeded-database.js';
import { measured } from '../../harness/measure.js';
import type { Measure } from '../../harness/results.js';
import { withTable } from './merge.js';

/** Reads a table of orders as an Arrow table: from the loader's thread, as an app has it. */
export function arrow(rows: number): Promise<Measure> {
  return withTable(rows, async (path) => {
    const { result, cost } = await measured(() =>
      dataset(duckdb(path), DATASET).table('orders').arrow(),
    );
    return { ...cost, ...contentsOf(result) };
  });
}

/**
 * Makes the same table by hand with DuckDB's binding, the fastest that it allows: numbers are
 * copied chunk by chunk, and texts, which it gives one by one, are encoded into one buffer a chunk.
 */
export function arrowByHand(rows: number): Promise<Measure> {
  return withTable(rows, async (path) => {
    const { result, cost } = await measured(() =>
      withConnection(path, async (connection) => {
        const read = await connection.stream(`SELECT * FROM ${DATASET}.orders`);
        const types = read.columnTypes().map(({ typeId }) => typeId);
        const schema = new Schema(
          read
            .columnNames()
            .map((name, i) => new Field(name, arrowTypeOf(types[i] as DuckDBTypeId), true)),
        );
        const batches: RecordBatch[] = [];
        for (
          let chunk = await read.fetchChunk();
          chunk !== null && chunk.rowCount > 0;
          chunk = await read.fetchChunk()
        )
          batches.push(batchOf(schema, types, chunk));
        return new Table(schema, batches);
      }),
    );
    return { ...cost, ...contentsOf(result) };
  });
}

/** Reads the values of the same table as JavaScript values, column by column. */
export function arrowValues(rows: number): Promise<Measure> {
  return withTable(rows, async (path) => {
    const { result, cost } = await measured(() =>
      withConnection(path, async (connection) => {
        const read = await connection.runAndReadAll(`SELECT * FROM ${DATASET}.orders`);
        return read.getColumns();
      }),
    );
    return { ...cost, rows: result[0]?.length ?? 0 };
  });
}

/** Fetches the same rows and reads none of them: what no way through the binding can do without. */
export function arrowFloor(rows: number): Promise<Measure> {
  return withTable(rows, async (path) => {
    const { result, cost } = await measured(() =>
      withConnection(path, async (connection) => {
        const read = await connection.stream(`SELECT * FROM ${DATASET}.orders`);
        let count = 0;
        for (
          let chunk = await read.fetchChunk();
          chunk !== null && chunk.rowCount > 0;
          chunk = await read.fetchChunk()
        )
          count += chunk.rowCount;
        return count;
      }),
    );
    return { ...cost, rows: result };
  });
}

function arrowTypeOf(type: DuckDBTypeId): Bool | Float64 | Int64 | TimestampMicrosecond | Utf8 {
  if (type === DuckDBTypeId.BIGINT) return new Int64();
  if (type === DuckDBTypeId.DOUBLE) return new Float64();
  if (type === DuckDBTypeId.BOOLEAN) return new Bool();
  return type === DuckDBTypeId.VARCHAR ? new Utf8() : new TimestampMicrosecond('UTC');
}

function batchOf(
  schema: Schema,
  types: readonly DuckDBTypeId[],
  chunk: DuckDBDataChunk,
): RecordBatch {
  const { rowCount: length } = chunk;
  const children = types.map((typeId, i): Data => {
    const type = arrowTypeOf(typeId);
    if (typeId === DuckDBTypeId.VARCHAR) return textsOf(chunk.getColumnValues(i));
    const vector = duckdbBinding.data_chunk_get_vector(chunk.chunk, i);
    if (typeId === DuckDBTypeId.BOOLEAN) {
      const bytes = duckdbBinding.vector_get_data(vector, length);
      const data = new Uint8Array((length + 7) >> 3);
      for (let row = 0; row < length; row += 1)
        if (bytes[row] === 1) data[row >> 3] = (data[row >> 3] as number) | (1 << (row & 7));
      return makeData({ type, length, data, nullCount: 0 } as never);
    }
    const bytes = duckdbBinding.vector_get_data(vector, length * 8).slice();
    const data =
      typeId === DuckDBTypeId.DOUBLE
        ? new Float64Array(bytes.buffer, 0, length)
        : new BigInt64Array(bytes.buffer, 0, length);
    return makeData({ type, length, data, nullCount: 0 } as never);
  });
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, children }));
}

const encoder = new TextEncoder();

/** All values are there and in ASCII: whose author knows that. */
function textsOf(values: readonly unknown[]): Data {
  const texts = values as readonly string[];
  const valueOffsets = new Int32Array(texts.length + 1);
  for (const [row, text] of texts.entries())
    valueOffsets[row + 1] = (valueOffsets[row] as number) + text.length;
  return makeData({
    type: new Utf8(),
    length: texts.length,
    nullCount: 0,
    valueOffsets,
    data: encoder.encode(texts.join('')),
  });
}

/** Rows, and the sum of what is in every thousandth. */
function contentsOf(table: Table): { rows: number; check: number } {
  const columns = table.schema.fields.map((_, i) => table.getChildAt(i));
  let check = 0;
  for (let row = 0; row < table.numRows; row += 1_000)
    for (const column of columns) {
      const value: unknown = column?.get(row);
      check += typeof value === 'string' ? value.length : Number(value);
    }
  return { rows: table.numRows, check };
}
