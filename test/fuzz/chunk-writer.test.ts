import { isDeepStrictEqual } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendRows, type ColumnSource } from '#src/destination/duckdb/append/chunk-writer.js';
import { seededRandom } from '../support/seeded-random.js';
import { COLUMN_KINDS, type ColumnKind } from './column-kinds.js';
import { scattered } from './scattered-buffers.js';

/** Tables of `npm test`, always the same; `npm run test:fuzz` makes more, and others each time. */
const TABLES = Number(process.env['FUZZ_TABLES'] ?? 12);
const SEED = process.env['FUZZ_TABLES'] === undefined ? 12 : Date.now() % 2 ** 32;

/** Rows of a batch: around what bytes and words of bits, and vectors of DuckDB hold. */
const ROWS = [
  0, 1, 2, 7, 8, 9, 63, 64, 65, 2_047, 2_048, 2_049, 4_095, 4_096, 4_097, 10_000,
] as const;

/** How many values of a column's batch differ: making them takes the most time. */
const DIFFERENT = 300;

/** Which rows of a column are null. */
const NULLS: readonly ((row: number, next: () => number) => boolean)[] = [
  () => false,
  () => true,
  (row) => row === 0,
  (row) => row % 2_048 === 2_047 || row % 2_048 === 0,
  (row) => row % 8 < 4,
  (_, next) => next() < 0.5,
  (_, next) => next() < 0.02,
];

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** A column of one batch, and what the table must have of it. */
function randomColumn(
  kind: ColumnKind,
  rows: number,
  next: () => number,
): { source: ColumnSource; expected: unknown[] } {
  const way = next();
  if (way < 0.08) return { source: null, expected: Array.from({ length: rows }, () => null) };
  if (way < 0.16 && kind.isText) {
    const text = next() < 0.5 ? 'twelve bytes' : `more than twelve ${next()}`;
    const hex = Buffer.from(text).toString('hex').toUpperCase();
    return { source: { constant: text }, expected: Array.from({ length: rows }, () => hex) };
  }
  const isNull = NULLS[Math.floor(next() * NULLS.length)] as (typeof NULLS)[number];
  const make = kind.values(next);
  const values = Array.from({ length: Math.min(rows, DIFFERENT) }, make);
  const chosen = Array.from({ length: rows }, (_, row) =>
    isNull(row, next) ? -1 : Math.floor(next() * values.length),
  );
  const expected = values.map(kind.expected);
  return {
    source: {
      ...kind.type,
      ...scattered(
        kind.type,
        chosen.map((i) => values[i]),
        next,
      ),
    },
    expected: chosen.map((i) => expected[i] ?? null),
  };
}

async function check(next: () => number): Promise<void> {
  const kinds = Array.from(
    { length: 1 + Math.floor(next() * 6) },
    () => COLUMN_KINDS[Math.floor(next() * COLUMN_KINDS.length)] as ColumnKind,
  );
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE t (${kinds.map(({ sql }, i) => `c${i} ${sql}`).join(', ')})`,
  );
  const expected: unknown[][] = kinds.map(() => []);
  const appender = await connection.createAppender('t');
  // Batches share what the writer keeps for an appender.
  for (let left = 1 + Math.floor(next() * 3); left > 0; left -= 1) {
    const rows = ROWS[Math.floor(next() * ROWS.length)] as number;
    const columns = kinds.map((kind) => randomColumn(kind, rows, next));
    appendRows(
      appender,
      columns.map(({ source }) => source),
      rows,
      next() < 0.7,
    );
    if (next() < 0.2) appender.flushSync();
    for (const [i, column] of columns.entries())
      for (const value of column.expected) expected[i]?.push(value);
  }
  appender.closeSync();
  const read = await connection.runAndReadAll(
    `SELECT ${kinds.map(({ read: sql }, i) => sql(`c${i}`)).join(', ')} FROM t ORDER BY rowid`,
  );
  const stored = read.getColumns();
  for (const [i, values] of expected.entries()) {
    const column = stored[i] ?? [];
    if (isDeepStrictEqual(column, values)) continue;
    const row = values.findIndex((value, at) => !isDeepStrictEqual(column[at], value));
    expect([kinds[i]?.sql, values.length, row, column[row]]).toEqual([
      kinds[i]?.sql,
      column.length,
      row,
      values[row],
    ]);
  }
}

it('writes columns of every type that DuckDB reads back as they were', async () => {
  for (let table = 0; table < TABLES; table += 1) {
    const seed = SEED + table;
    try {
      await check(seededRandom(seed));
    } catch (error) {
      throw new Error(`Seed ${seed}`, { cause: error });
    }
  }
}, 14_400_000);
