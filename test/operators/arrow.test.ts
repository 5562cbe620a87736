import { tableFromIPC as readFlechette } from '@uwdata/flechette';
import {
  Float32,
  Int32,
  makeData,
  type RecordBatch,
  RecordBatch as ArrowBatch,
  RecordBatchReader,
  Schema,
  Struct,
  Field,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Uint64,
  vectorFromArray,
} from 'apache-arrow';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrowType } from '#operators/arrow/arrow-type.js';
import { batchColumns } from '#operators/arrow/batch-columns.js';
import { recordBatch } from '#operators/arrow/record-batch.js';
import { buildBuffers } from '#operators/schema/build-buffers.js';
import type { DataType } from '#operators/types.js';
import { SchemaError } from 'sluice/operators';
import { columnValues, type Value } from '../support/land.js';

/** The types that values have without a hint. */
type Inferred = Exclude<DataType, 'decimal' | 'wei' | 'date' | 'time' | 'binary'>;
type Row = Record<Inferred, Value>;
const DATA_TYPES: Inferred[] = ['text', 'double', 'bool', 'timestamp', 'bigint', 'json'];

function batchOf(rows: readonly Row[]): RecordBatch {
  return recordBatch(
    DATA_TYPES.map((dataType) => ({
      name: dataType,
      dataType,
      nullable: true,
      ...buildBuffers(
        { dataType },
        rows.map((row) => row[dataType] ?? undefined),
      ),
    })),
    rows.length,
  );
}

/** What the buffers of a batch hold, row by row. */
function rowsOf(batch: RecordBatch): Row[] {
  const columns = batchColumns(batch).map(
    (column) => [column.name, columnValues(column, { dataType: column.name as DataType })] as const,
  );
  return Array.from(
    { length: batch.numRows },
    (_, row) => Object.fromEntries(columns.map(([name, values]) => [name, values[row]])) as Row,
  );
}

const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(values, { nil: null, freq: 3 });
const rows = fc.array(
  fc.record<Row>({
    text: nullable(fc.string({ unit: 'binary', maxLength: 20 })),
    double: nullable(fc.double({ noNaN: true })),
    bool: nullable(fc.boolean()),
    timestamp: nullable(
      fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
    ),
    bigint: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    json: nullable(fc.json({ maxDepth: 1 })),
  }),
  { maxLength: 40 },
);

describe('record batches', () => {
  it('carry each data type in one Arrow type', () => {
    expect(
      Object.fromEntries(
        DATA_TYPES.map((dataType) => [
          dataType,
          new Field('', arrowType({ dataType })).toString().slice(2),
        ]),
      ),
    ).toEqual({
      text: 'Utf8',
      json: 'Utf8',
      bigint: 'Int64',
      double: 'Float64',
      bool: 'Bool',
      timestamp: 'Timestamp<MICROSECOND, UTC>',
    });
  });

  it('are views of the buffers that they are made of', () => {
    const buffers = buildBuffers({ dataType: 'bigint' }, [1n, 2n]);
    const batch = recordBatch([{ name: 'n', dataType: 'bigint', nullable: false, ...buffers }], 2);
    expect(batch.data.children[0]?.values.buffer).toBe(buffers.data.buffer);
    expect(batch.schema.fields[0]?.nullable).toBe(false);
  });

  it('are read by another Arrow library with the same values', () => {
    fc.assert(
      fc.property(rows, (all) => {
        fc.pre(all.length > 0);
        const table = readFlechette(tableToIPC(new Table(batchOf(all))), { useBigInt: true });
        const timestamps = table
          .getChild('timestamp')
          .data.flatMap(({ values }) => [...(values as BigInt64Array)]);
        const read = table.toArray().map((row, at) => ({
          ...row,
          timestamp: row['timestamp'] === null ? null : timestamps[at],
        }));
        expect(read).toEqual(all);
      }),
      { numRuns: 100 },
    );
  });

  it('are read by apache-arrow with the same values', () => {
    const batch = batchOf([
      { text: 'é', double: -0, bool: true, timestamp: 1_500_000n, bigint: 2n ** 60n, json: '[1]' },
    ]);
    expect(batch.get(0)?.toJSON()).toEqual({
      text: 'é',
      double: -0,
      bool: true,
      timestamp: 1_500,
      bigint: 2n ** 60n,
      json: '[1]',
    });
  });
});

describe('batchColumns', () => {
  it('gives the buffers of a batch back, the same ones', () => {
    const columns = DATA_TYPES.map((dataType) => ({
      name: dataType,
      dataType,
      nullable: true,
      ...buildBuffers({ dataType }, [undefined]),
    }));
    const back = batchColumns(recordBatch(columns, 1));
    expect(back).toEqual(columns.map(({ dataType: _, nullable: __, ...buffers }) => buffers));
  });

  it('gives the rows of a slice, wherever it begins', () => {
    fc.assert(
      fc.property(rows, fc.nat(40), fc.nat(40), fc.nat(10), (all, some, other, again) => {
        // apache-arrow turns a slice round that ends before it begins.
        const [from, to] = [Math.min(some, other), Math.max(some, other)];
        const slice = batchOf(all).slice(from, to);
        expect(rowsOf(slice)).toEqual(all.slice(from, to));
        expect(rowsOf(slice.slice(again))).toEqual(all.slice(from, to).slice(again));
        for (const { offsets, rows: count, nulls, validity } of batchColumns(slice)) {
          expect(offsets?.[0] ?? 0).toBe(0);
          expect(count).toBe(slice.numRows);
          expect(nulls === 0).toBe(validity === null);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the rows of a batch that came through IPC', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [batch] = RecordBatchReader.from(tableToIPC(new Table(batchOf(all)), 'stream'));
        expect(batch === undefined ? [] : rowsOf(batch)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['Int32', new Int32()],
    ['Uint64', new Uint64()],
    ['Float32', new Float32()],
    ['Timestamp<MILLISECOND>', new TimestampMillisecond()],
  ])('refuses a column of %s', (name, type) => {
    const field = new Field('odd', type, true);
    const child = makeData({ type, length: 0, nullCount: 0 } as Parameters<typeof makeData>[0]);
    const batch = new ArrowBatch(
      new Schema([field]),
      makeData({ type: new Struct([field]), length: 0, nullCount: 0, children: [child] }),
    );
    expect(() => batchColumns(batch)).toThrow(SchemaError);
    expect(() => batchColumns(batch)).toThrow(`Column odd of a record batch is ${name}`);
  });

  it('refuses a dictionary, which apache-arrow makes of strings by itself', () => {
    const [batch] = new Table({ odd: vectorFromArray(['x']) }).batches;
    expect(() => batchColumns(batch as RecordBatch)).toThrow(
      'Column odd of a record batch is Dictionary',
    );
  });
});
