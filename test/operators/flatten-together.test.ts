import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { flattener } from '#operators/columns/flattener.js';
import type { Flat, Page } from '#operators/types.js';
import { batch, evolve } from 'sluice/operators';
import { pageOf, rowsOf } from '../support/flat.js';
import { land } from '../support/land.js';

const encoder = new TextEncoder();

/** Pages flattened together, or one by one. */
function flatten(
  pages: readonly Page[],
  together: boolean,
  config: Partial<FlattenConfig> = {},
): Flat[] {
  const own = flattener({ table: 'things', ...config });
  try {
    const rows = pages.map(rowsOf);
    return together
      ? [...own.flattenTogether({ pages: rows, continues: false })]
      : rows.map((one) => own.flatten(one));
  } finally {
    own.close();
  }
}

/** The tables of the pages, and what is said of them. */
async function landed(
  pages: readonly Page[],
  together: boolean,
): Promise<{
  tables: ReturnType<typeof land>;
  positions: unknown;
  changes: unknown;
  error: unknown;
}> {
  const own = flattener({ table: 'things' });
  const rows = pages.map(rowsOf);
  const flat = together
    ? own.flattenTogether({ pages: rows, continues: false })
    : rows.map((one) => own.flatten(one));
  let error: unknown = null;
  const batches = await lastValueFrom(
    from(flat).pipe(evolve(), batch({ rows: 1_000 }), toArray()),
  ).catch((thrown: unknown) => {
    error = (thrown as Error).message;
    return [];
  });
  own.close();
  return {
    tables: land(batches),
    positions: batches.flatMap((one) => one.positions),
    changes: batches.flatMap((one) => one.changes),
    error,
  };
}

const page = (rows: readonly string[], index: number, about: Partial<Page> = {}): Page =>
  pageOf(rows, { index, next: { after: index }, ...about });

const value = fc.constantFrom(
  '1',
  '1.5',
  'null',
  '"x"',
  '"2024-01-02T03:04:05Z"',
  '"2024-01-02"',
  'true',
  '{"b":1}',
  '[1,2]',
  '[{"c":"2024-01-02T03:04:05.1234567Z"},{"c":"no"}]',
  '123456789012345678901',
);
const row = fc
  .dictionary(fc.constantFrom('a', 'b', 'a b', 'A'), value, { maxKeys: 3 })
  .map((members) => {
    const all = Object.entries(members).map(([key, json]) => `"${key}":${json}`);
    return `{${all.join(',')}}`;
  });
const stamp = fc.option(
  fc.constantFrom({ _p_id: 1 }, { _p_id: '2024-01-02T03:04:05Z' }, { a: 'over' }),
  { nil: null },
);

describe('pages that are flattened together', () => {
  it('give the tables, positions and changes of pages one by one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(row, { maxLength: 3 }), stamp), { minLength: 2, maxLength: 6 }),
        async (given) => {
          const pages = given.map(([rows, stamped], i) => page(rows, i, { stamp: stamped }));
          expect(await landed(pages, true)).toEqual(await landed(pages, false));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are one Flat, whose last page is the last of them', () => {
    const pages = [page(['{"a":1}'], 0), page([], 1), page(['{"a":"x"}', '{"a":2}'], 2)];
    const [only, ...more] = flatten(pages, true);
    expect(more).toEqual([]);
    expect(only?.joined?.pages).toEqual(pages);
    expect([only?.page.index, only?.tables[0]?.rows]).toEqual([2, 3]);
  });

  it('may be lists and single values, each with the fields of its own parent', () => {
    const single = encoder.encode(' {"n":123} ');
    const about = {
      body: single,
      rows: { kind: 'value', start: 1, end: 10, count: 1 },
    } as const;
    const pages = [
      page([], 0, { ...about, stamp: { _p: 'a' } }),
      page(['{"n":4}'], 1, { stamp: { _p: 'b' } }),
      page([], 2, { ...about, stamp: { _p: 'c' } }),
    ];
    const [only] = flatten(pages, true);
    const [root] = only?.tables ?? [];
    const stamps = root?.columns.find(({ name }) => name === '_p')?.lanes[0];
    expect(new TextDecoder().decode(stamps?.data)).toBe('abc');
    expect([...new BigInt64Array(root?.columns[0]?.lanes[0]?.data.slice().buffer ?? [])]).toEqual([
      123n,
      4n,
      123n,
    ]);
  });

  it.each<[string, Page]>([
    ['null among its rows', page(['null', '{"a":1}'], 1)],
    ['a value where a field of its parent goes', page(['{"a":1}'], 1, { stamp: { a: 2 } })],
  ])('are flattened one by one where one has %s', (_what, strange) => {
    const met: string[] = [];
    const pages = [page(['{"a":1}'], 0), strange, page(['{"a":1}'], 2)];
    const flat = flatten(pages, true, {
      observe: (event) => met.push(`${event.kind} on page ${event.page.index}`),
    });
    expect(flat.map(({ page: { index }, joined }) => [index, joined])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
    ]);
    expect(met).toEqual([expect.stringContaining('on page 1')]);
  });

  it('raise the error of the page that has it, behind the pages before it', () => {
    const own = flattener({ table: 'things' });
    const pages = [page(['{"a":1}'], 0), page(['{"a":tru}'], 1)].map(rowsOf);
    const flat = own.flattenTogether({ pages, continues: false })[Symbol.iterator]();
    expect(flat.next().value).toMatchObject({ page: { index: 0 } });
    expect(() => flat.next()).toThrow(/things, page 2: The body is not JSON/);
    own.close();
  });

  it('are not joined where a hash of each row is its id, or where a cursor is read', () => {
    const pages = [page(['{"a":1}'], 0), page(['{"a":2}'], 1)];
    const upsert = { disposition: 'merge', strategy: 'upsert' } as const;
    for (const config of [
      { writeDisposition: upsert, primaryKey: 'a' },
      { cursorPath: 'a' },
      { compat: 'dlt' as const },
    ])
      expect(flatten(pages, true, config)).toHaveLength(2);
  });
});
