import { DuckDBInstance } from '@duckdb/node-api';
import { firstValueFrom } from 'rxjs';
import { batchColumns } from '#operators/arrow/batch-columns.js';
import { appendRows, type ColumnSource } from '#src/destination/duckdb/append/chunk-writer.js';
import { duckdbDialect } from '#src/destination/duckdb/dialect.js';
import { createTable, realColumn } from '#src/destination/sql/ddl.js';
import { batch, evolve, flatten, select, type Batch, type DataType } from 'sluice/operators';
import { arrivingPages } from '../data/arriving-pages.js';
import { pageBodies, pageFiles } from '../data/pages.js';
import { measured } from '../harness/measure.js';
import type { Measure } from '../harness/results.js';
import { withDatabase } from '../harness/with-database.js';

/**
 * Appends the root table's columns by block copies. Closing and committing are DuckDB's own work
 * and the same for both.
 */
export function appendBlocks(rows: number): Promise<Measure> {
  return appended(rows, (appender, columns, count) =>
    appendRows(
      appender,
      columns.map(({ buffers }) => buffers),
      count,
    ),
  );
}

/**
 * Appends by the rival: the per-value appender of @duckdb/node-api, its values ready in JavaScript.
 */
export function appendValues(rows: number): Promise<Measure> {
  return appended(rows, (appender, columns, count) => {
    for (let row = 0; row < count; row += 1) {
      for (const { dataType, values } of columns) {
        const value = values[row];
        if (value === undefined) appender.appendNull();
        else if (dataType === 'bigint') appender.appendBigInt(value as bigint);
        else if (dataType === 'double') appender.appendDouble(value as number);
        else if (dataType === 'bool') appender.appendBoolean(value as boolean);
        else appender.appendVarchar(value as string);
      }
      appender.endRow();
    }
  });
}

/** Rows appended before the clock runs: the loader's thread lives as long as its process. */
const WARM_UP = 20_480;

interface Column {
  dataType: DataType;
  buffers: NonNullable<ColumnSource>;
  values: readonly unknown[];
}

type Appender = Parameters<typeof appendRows>[0];

async function appended(
  rows: number,
  append: (appender: Appender, columns: readonly Column[], count: number) => void,
): Promise<Measure> {
  const columns = await rootColumns(rows);
  return withDatabase(async (path) => {
    const instance = await DuckDBInstance.create(path, { storage_compatibility_version: 'v1.3.0' });
    const connection = await instance.connect();
    const dialect = duckdbDialect(false);
    await connection.run(
      createTable(
        { catalog: 'bench', dataset: 'main', dialect },
        'issues',
        columns.map((column, i) =>
          realColumn(dialect, {
            name: `c${i}`,
            dataType: column.dataType,
            nullable: true,
            variant: false,
            exactAsDouble: true,
          }),
        ),
      ),
    );
    const appender = await connection.createAppender('issues');
    append(appender, columns, WARM_UP);
    const { cost } = await measured(async () => append(appender, columns, rows));
    appender.closeSync();
    connection.closeSync();
    instance.closeSync();
    return { ...cost, rows };
  });
}

/**
 * Returns the columns of the root table without its timestamps, which the per-value appender takes
 * in another form.
 */
async function rootColumns(rows: number): Promise<Column[]> {
  const whole: Batch = await firstValueFrom(
    arrivingPages('issues', pageBodies(pageFiles('issues', rows))).pipe(
      select(),
      flatten({ table: 'issues' }),
      evolve(),
      batch({ rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, ms: 2 ** 30 }),
    ),
  );
  const [root] = whole.tables;
  if (root === undefined) throw new Error('no rows');
  return batchColumns(root.batch).flatMap((buffers): Column[] => {
    const dataType =
      root.schema.columns.find(({ name }) => name === buffers.name)?.dataType ?? 'text';
    if (dataType === 'timestamp') return [];
    const vector = root.batch.getChild(buffers.name);
    const values = Array.from({ length: rows }, (_, row): unknown => vector?.get(row) ?? undefined);
    return [{ dataType, buffers: { ...buffers, dataType }, values }];
  });
}
