import { DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literal } from '#src/destination/duckdb/literal.js';
import { identifier } from '#src/destination/sql/identifier.js';

/** What ends a text or a name in some SQL, and what only looks so. */
const PARTS = [
  "'",
  '"',
  '\\',
  ';',
  '--',
  '/*',
  '$$',
  "E'",
  '\0',
  '\n',
  '\u2019',
  "'; DROP TABLE t; --",
  '"; DROP TABLE t; --',
  'é',
  '😀',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));

describe('in a statement of DuckDB', () => {
  it('a text stays a text, and a name a name, whatever is in it', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run('CREATE TABLE t (kept INTEGER)');
    await fc.assert(
      fc.asyncProperty(hostile, async (value) => {
        const name = value.replaceAll('\0', '') || 'empty';
        const read = await connection.runAndReadAll(
          `SELECT ${literal(value)} AS ${identifier(name)}, kept FROM (SELECT 1 AS kept) AS ${identifier(name)}`,
        );
        expect(read.columnNames()).toEqual([name, 'kept']);
        expect(read.getRows()).toEqual([[value, 1]]);
      }),
      { numRuns: 300 },
    );
    const left = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM t');
    expect(left.getRows()).toEqual([[0]]);
  });
});
