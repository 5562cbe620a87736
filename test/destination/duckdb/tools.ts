import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { arrowBatch } from '#operators/arrow/arrow-batch.js';
import { openBatch } from '#operators/arrow/open-batch.js';
import { buildBuffers } from '#operators/schema/build-buffers.js';
import type { Batch, DataType, Shaped, ShapedColumn, TableSchema } from 'sluice/operators';

export type Value = string | number | bigint | boolean | null;

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'sluice-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A path for a database that is gone after the test. */
export function databasePath(name = 'test.duckdb'): string {
  return join(folder(), name);
}

/** A column of values; timestamps are microseconds. */
export function column(name: string, dataType: DataType, values: readonly Value[]): ShapedColumn {
  const rows = values.length;
  const nulls = values.filter((value) => value === null).length;
  const validity = nulls === 0 ? null : bits(values.map((value) => value !== null));
  if (dataType === 'text' || dataType === 'json' || dataType === 'binary') {
    const texts = values.map((value) => Buffer.from(value === null ? '' : String(value)));
    const offsets = new Int32Array(rows + 1);
    for (const [row, text] of texts.entries())
      offsets[row + 1] = (offsets[row] as number) + text.byteLength;
    return {
      name,
      dataType,
      rows,
      nulls,
      validity,
      offsets,
      data: new Uint8Array(Buffer.concat(texts)),
    };
  }
  if (dataType === 'bool')
    return {
      name,
      dataType,
      rows,
      nulls,
      validity,
      offsets: null,
      data: bits(values.map(Boolean)),
    };
  if (dataType === 'decimal' || dataType === 'wei' || dataType === 'date')
    return {
      name,
      dataType,
      ...buildBuffers(
        { dataType },
        values.map((value) => value ?? undefined),
      ),
    };
  const words =
    dataType === 'double'
      ? Float64Array.from(values, Number)
      : BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  return {
    name,
    dataType,
    rows,
    nulls,
    validity,
    offsets: null,
    data: new Uint8Array(words.buffer),
  };
}

function bits(flags: readonly boolean[]): Uint8Array {
  const packed = new Uint8Array((flags.length + 7) >> 3);
  for (const [i, flag] of flags.entries())
    if (flag) packed[i >> 3] = (packed[i >> 3] as number) | (1 << (i & 7));
  return packed;
}

/** A schema for a root table of these columns; `_dlt_load_id` comes with it. */
export function schemaOf(
  name: string,
  columns: readonly ShapedColumn[],
  about: Partial<TableSchema> = {},
): TableSchema {
  const system = (column: string): boolean => column.startsWith('_dlt_');
  return {
    name,
    parent: null,
    columns: [
      ...columns.map(({ name: own, dataType }) => ({ name: own, dataType })),
      { name: '_dlt_load_id', dataType: 'text' as const },
    ].map((column) => ({
      ...column,
      nullable: !system(column.name),
      variant: false,
      exactAsDouble: true,
    })),
    ...about,
  };
}

let nextId = 0;

/** Ids that no other row has. */
export function ids(rows: number): string[] {
  return Array.from({ length: rows }, () => `id${(nextId++).toString().padStart(10, '0')}`);
}

/** A page of one root table, with ids. */
export function page(
  table: string,
  columns: readonly ShapedColumn[],
  about: Partial<TableSchema> = {},
  index = 0,
): Shaped {
  const rows = columns[0]?.rows ?? 0;
  const all = [...columns, column('_dlt_id', 'text', ids(rows))];
  return {
    page: {
      resource: table,
      parent: null,
      index,
      body: new Uint8Array(),
      rows: { kind: 'none', start: 0, end: 0, count: rows },
      next: { page: index + 1 },
      stamp: null,
      state: null,
    },
    tables: [
      {
        schema: schemaOf(table, all, about),
        hints: { resource: table, writeDisposition: 'append', primaryKey: [] },
        rows,
        columns: all,
      },
    ],
    changes: [],
  };
}

/** A batch as `batch()` makes it: one buffer beneath all its record batches. */
export function batchOf(...pages: readonly Shaped[]): Batch {
  const open = openBatch();
  for (const each of pages) open.add(each);
  return arrowBatch(open.close());
}

/** A batch of one table `t` with one integer column `n`. */
export function numbers(values: readonly Value[], table = 't', index = 0): Batch {
  return batchOf(page(table, [column('n', 'bigint', values)], {}, index));
}

/** 0, 1, 2, … */
export function count(rows: number): number[] {
  return Array.from({ length: rows }, (_, i) => i);
}
