import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  batch,
  evolve,
  incremental,
  type IncrementalOptions,
  type KeptCursor,
} from 'sluice/operators';
import { cut, flats } from '../support/flat.js';
import { land, type Landed } from '../support/land.js';

type Options = Omit<IncrementalOptions, 'cursorPath' | 'keep'>;

const row = fc
  .record({
    id: fc.constantFrom('1', '2', '3'),
    at: fc.constantFrom('1', '2', '2.0', '3', '4.5', '5.0', 'null'),
    a: fc.constantFrom('null', '1', '0.5', 'true', '"x"', '"2024-01-02T03:04:05Z"'),
    list: fc.constantFrom('null', '[]', '[1]', '[{"b":"x"},{"b":2}]'),
  })
  .map(({ id, at, a, list }) => `{"id":${id},"at":${at},"a":${a},"list":${list}}`);
const rows = fc.array(row, { minLength: 1, maxLength: 16 });
const cuts = fc.array(fc.nat(4), { maxLength: 8 });
const value = fc.integer({ min: 0, max: 6 });
const range = fc.constantFrom('open' as const, 'closed' as const);
const options: fc.Arbitrary<Options> = fc.record(
  {
    initialValue: value,
    endValue: value,
    lag: fc.constantFrom(1, 2),
    lastValueFunc: fc.constantFrom('max' as const, 'min' as const),
    primaryKey: fc.constantFrom('id', ['id', 'a'], []),
    rowOrder: fc.constantFrom('asc' as const, 'desc' as const),
    onCursorValueMissing: fc.constantFrom('raise' as const, 'include' as const, 'exclude' as const),
    rangeStart: range,
    rangeEnd: range,
  },
  { requiredKeys: [] },
);

/** The tables of a run and what it keeps, or the name of its error. */
async function run(
  pages: readonly (readonly string[])[],
  given: Options,
): Promise<{ tables: Record<string, Landed> | string; kept: KeptCursor | null }> {
  let kept: KeptCursor | null = null;
  try {
    const batches = from(flats(pages, { cursorPath: 'at' })).pipe(
      incremental({ cursorPath: 'at', ...given, keep: (now) => (kept = now) }),
      evolve(),
      batch({ rows: 3 }),
      toArray(),
    );
    return { tables: land(await lastValueFrom(batches)), kept };
  } catch (error) {
    return { tables: (error as Error).name, kept };
  }
}

/** Columns that begin in one row stand in the order of the rows that were dropped. */
function sorted({ tables, kept }: Awaited<ReturnType<typeof run>>): unknown {
  return {
    tables:
      typeof tables === 'string'
        ? tables
        : Object.entries(tables).map(([name, { columns, rows: landed }]) => [
            name,
            columns.toSorted(),
            landed,
          ]),
    kept: kept && { ...kept, uniqueHashes: kept.uniqueHashes.toSorted() },
  };
}

describe('the same rows behind a cursor', () => {
  it('give the same tables and keep the same, however they are cut into pages', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, cuts, options, async (before, all, sizes, given) => {
        const { kept } = await run([before], given);
        expect(sorted(await run(cut(all, sizes), { ...given, kept }))).toEqual(
          sorted(await run([all], { ...given, kept })),
        );
      }),
      { numRuns: 150 },
    );
  });
});
