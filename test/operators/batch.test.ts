import * as fc from 'fast-check';
import { lastValueFrom, map, of, Subject, toArray } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { batchColumns } from '#operators/arrow/batch-columns.js';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { buildBuffers } from '#operators/schema/build-buffers.js';
import {
  batch,
  type Batch,
  type BatchConfig,
  LimitError,
  SchemaError,
  type Shaped,
  type ShapedColumn,
  type TableHints,
  type TableSchema,
} from 'sluice/operators';
import { flats } from '../support/flat.js';
import { columnValues, land } from '../support/land.js';
import { marbles } from '../support/marbles.js';
import { shaper } from '../support/shaper.js';

function shapedPages(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig> = {},
): Shaped[] {
  return flats(pages, config).map(shaper());
}

function batched(pages: readonly Shaped[], config: BatchConfig = {}): Promise<Batch[]> {
  return lastValueFrom(of(...pages).pipe(batch(config), toArray()));
}

const pagesOf = map(({ positions }: Batch) => positions.map(({ page }) => page).join(''));

describe('batch as a stream', () => {
  const [a, b, c, d] = shapedPages([
    ['{"n":0}', '{"n":1}'],
    ['{"n":2}', '{"n":3}'],
    [],
    ['{"n":4}'],
  ]) as [Shaped, Shaped, Shaped, Shaped];
  const pages = { a, b, c, d };

  it('emits nothing while its source emits nothing', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold<Shaped>('-').pipe(batch(), pagesOf)).toBe('-'),
    );
  });

  it('emits nothing for an empty source', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold<Shaped>('--|').pipe(batch(), pagesOf)).toBe('--|'),
    );
  });

  it('emits the open batch when its source completes, and completes', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('ab-|', pages).pipe(batch(), pagesOf)).toBe('---(x|)', { x: '01' }),
    );
  });

  it('closes a batch with the page that brings enough rows', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('abcd|', pages).pipe(batch({ rows: 3 }), pagesOf)).toBe('-x--(y|)', {
        x: '01',
        y: '23',
      });
      expectObservable(cold('abcd|', pages).pipe(batch({ rows: 2 }), pagesOf)).toBe('xy--(z|)', {
        x: '0',
        y: '1',
        z: '23',
      });
    });
  });

  it('keeps a page with the next one that it belongs together with, however many rows they have', () => {
    const tied = { ...pages, a: { ...a, page: { ...a.page, continues: true } } };
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('abd|', tied).pipe(batch({ rows: 2 }), pagesOf)).toBe('-x-(y|)', {
        x: '01',
        y: '3',
      }),
    );
  });

  it('closes a batch with the page that brings enough bytes', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('abcd|', pages).pipe(batch({ bytes: 1 }), pagesOf)).toBe('xy-z|', {
        x: '0',
        y: '1',
        z: '23',
      }),
    );
  });

  it('closes a batch when its first page is old enough', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('-a 4ms b 9ms a 5ms |', pages).pipe(batch({ ms: 10 }), pagesOf)).toBe(
        '- 10ms x 10ms (y|)',
        { x: '01', y: '0' },
      ),
    );
  });

  it('counts the age of each batch from its own first page', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(
        cold('a 5ms b 30ms |', pages).pipe(batch({ ms: 10, rows: 2 }), pagesOf),
      ).toBe('x 5ms y 30ms |', { x: '0', y: '1' }),
    );
    marbles(({ cold, expectObservable }) =>
      expectObservable(
        cold('d 5ms ab 30ms |', pages).pipe(batch({ ms: 10, rows: 3 }), pagesOf),
      ).toBe('- 5ms x 10ms y 20ms |', { x: '30', y: '1' }),
    );
  });

  it('waits one second by default', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('a', pages).pipe(batch(), pagesOf)).toBe('1s x', { x: '0' }),
    );
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e12])(
    'closes no batch within a day when `ms` is %d',
    (ms) => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      onTestFinished(() => void vi.useRealTimers());
      const source = new Subject<Shaped>();
      const seen: string[] = [];
      source.pipe(batch({ ms }), pagesOf).subscribe((closed) => seen.push(closed));
      source.next(a);
      vi.advanceTimersByTime(86_400_000);
      expect(seen).toEqual([]);
      source.complete();
      expect(seen).toEqual(['0']);
    },
  );

  it.each([Number.NaN, 0, -1, Number.NEGATIVE_INFINITY])('refuses %d as a setting', (wrong) => {
    for (const setting of ['rows', 'bytes', 'ms', 'firstRows'])
      expect(() => batch({ [setting]: wrong })).toThrow(
        expect.objectContaining({
          code: 'ERR_SLUICE_CONFIG',
          message: `batch(): \`${setting}\`: found number ${wrong}; it must be a number above 0, or Infinity for no limit.`,
        }),
      );
  });

  it('drops the open batch when its source errors', () => {
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('ab#', pages).pipe(batch({ rows: 3 }), pagesOf)).toBe('-x#', {
        x: '01',
      }),
    );
    marbles(({ cold, expectObservable }) =>
      expectObservable(cold('a-#', pages).pipe(batch(), pagesOf)).toBe('--#'),
    );
  });

  it('unsubscribes from its source and stops its timer when unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a----', pages);
      expectObservable(source.pipe(batch({ ms: 10 }), pagesOf), '---!').toBe('----');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('closes the first batch with the first page that has rows, for each subscriber', async () => {
    const batches = of(c, a, b, d).pipe(batch({ firstRows: 1 }), pagesOf, toArray());
    const expected = ['20', '13'];
    expect([await lastValueFrom(batches), await lastValueFrom(batches)]).toEqual([
      expected,
      expected,
    ]);
  });

  it('closes the first batch with as many rows as `firstRows` says', async () => {
    const batches = of(a, b, d, a).pipe(batch({ firstRows: 4 }), pagesOf, toArray());
    expect(await lastValueFrom(batches)).toEqual(['01', '30']);
  });

  it('is cold: each subscription starts anew', async () => {
    const batches = of(a, b).pipe(batch({ rows: 4 }), pagesOf, toArray());
    expect([await lastValueFrom(batches), await lastValueFrom(batches)]).toEqual([['01'], ['01']]);
  });
});

describe('a batch', () => {
  it('has the position of every page, also of those without rows', async () => {
    const [one, two] = shapedPages([['{"n":1}'], []]) as [Shaped, Shaped];
    const last = {
      ...two,
      page: { ...two.page, parent: '{"id":1}', next: null, state: { since: 3 } },
    };
    expect((await batched([one, last]))[0]?.positions).toEqual([
      { resource: 'things', parent: null, page: 0, next: { after: 0 }, state: null },
      { resource: 'things', parent: '{"id":1}', page: 1, next: null, state: { since: 3 } },
    ]);
  });

  it('of empty pages has positions and no tables', async () => {
    const [only, ...others] = await batched(shapedPages([[], []]));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ tables: [], changes: [], bytes: 0 });
    expect(only?.positions).toHaveLength(2);
  });

  it('forwards changes once, in order', async () => {
    const batches = await batched(shapedPages([['{"n":1}'], ['{"n":0.5,"m":1}'], ['{"n":1}']]), {
      rows: 2,
    });
    expect(batches.map(({ changes }) => changes.map(({ kind }) => kind))).toEqual([
      ['new-table', 'new-column', 'widened'],
      [],
    ]);
  });

  it('has parents before their children', async () => {
    const [only] = await batched(shapedPages([['{"n":1}'], ['{"l":[{"m":[1]}]}']]));
    expect(only?.tables.map(({ schema }) => schema.name)).toEqual([
      'things',
      'things__l',
      'things__l__m',
    ]);
  });

  it('has its columns in the order of the schema, without those that no page brings', async () => {
    const [one, two] = await batched(shapedPages([['{"a":1,"b":2}'], ['{"b":2}', '{"c":3}']]), {
      rows: 1,
    });
    const names = (from: Batch | undefined): string[] =>
      from?.tables[0]?.batch.schema.fields.map(({ name }) => name) ?? [];
    expect(names(one)).toEqual(['a', 'b', '_dlt_id']);
    expect(names(two)).toEqual(['b', '_dlt_id', 'c']);
    expect(two?.tables[0]?.schema.columns.map(({ name }) => name)).toEqual([
      'a',
      'b',
      '_dlt_load_id',
      '_dlt_id',
      'c',
    ]);
  });

  it('has nulls for the pages that lack a column', async () => {
    const [only] = await batched(
      shapedPages([['{"a":1}', '{"a":2}'], ['{"b":"x"}'], ['{"a":3,"b":""}']]),
    );
    expect(only?.tables[0]?.batch.getChild('a')?.toArray()).toEqual(
      new BigInt64Array([1n, 2n, 0n, 3n]),
    );
    expect([...(only?.tables[0]?.batch.getChild('a') ?? [])]).toEqual([1n, 2n, null, 3n]);
    expect([...(only?.tables[0]?.batch.getChild('b') ?? [])]).toEqual([null, null, 'x', '']);
  });

  it('casts integers of earlier pages when the column has widened since', async () => {
    const [only] = await batched(
      shapedPages([
        ['{"n":-9007199254740992}', '{}', '{"n":4294967297}', '{"n":-1}'],
        ['{"n":0.5}'],
      ]),
    );
    expect([...(only?.tables[0]?.batch.getChild('n') ?? [])]).toEqual([
      -9007199254740992,
      null,
      4294967297,
      -1,
      0.5,
    ]);
    expect(String(only?.tables[0]?.batch.schema.fields[0]?.type)).toBe('Float64');
  });

  it('lies in one buffer of its own, each column at a multiple of 8 bytes', async () => {
    const pages = shapedPages([
      ['{"a":true,"b":"x","c":null,"l":[1,null]}'],
      ['{"a":null,"b":"yy","c":"2024-01-02T03:04:05Z"}'],
      ['{"a":false}'],
    ]);
    const batches = await batched(pages, { rows: 4 });
    const views = batches.map(({ tables }) =>
      tables.flatMap(({ batch: own }) =>
        batchColumns(own).flatMap(({ validity, offsets, data }) =>
          [validity, offsets, data].filter((view) => view !== null),
        ),
      ),
    );
    expect(batches).toHaveLength(2);
    const buffers = views.map((own) => [
      ...new Set(own.map(({ buffer }) => buffer as ArrayBuffer)),
    ]);
    expect(buffers.map((own) => own.length)).toEqual([1, 1]);
    const [first, second] = buffers.flat() as [ArrayBuffer, ArrayBuffer];
    expect(first).not.toBe(second);
    expect(views.flat().every(({ byteOffset }) => byteOffset % 8 === 0)).toBe(true);
    expect(batches.map(({ bytes }) => bytes)).toEqual([first.byteLength, second.byteLength]);
    structuredClone(null, { transfer: [first] });
    expect(Object.values(land(batches.slice(1)))[0]?.rows).toEqual([{ a: false }]);
  });

  it('keeps a table whose rows hold nothing', async () => {
    const [only] = await batched(shapedPages([['{}', '{}']]));
    expect(only?.tables[0]?.batch.numRows).toBe(2);
  });
});

const schema: TableSchema = {
  name: 't',
  parent: null,
  columns: [
    { name: 'b', dataType: 'bool', nullable: true, variant: false, exactAsDouble: true },
    { name: 't', dataType: 'text', nullable: true, variant: false, exactAsDouble: true },
    { name: 'd', dataType: 'double', nullable: true, variant: false, exactAsDouble: true },
  ],
};

function pageWith(rows: number, columns: readonly ShapedColumn[]): Shaped {
  const page = {
    resource: 'r',
    parent: null,
    index: 0,
    body: new Uint8Array(),
    rows: { kind: 'none', start: 0, end: 0, count: 0 },
    next: null,
    stamp: null,
    state: null,
  } as const;
  const hints: TableHints = { resource: 'r', writeDisposition: 'append', primaryKey: [] };
  return { page, tables: [{ schema, hints, rows, columns }], changes: [] };
}

describe('joining pages', () => {
  it('keeps every value and null in its row, at any offset of bits', async () => {
    const row = fc.record({
      b: fc.option(fc.boolean(), { nil: undefined }),
      t: fc.option(fc.string({ unit: 'binary', maxLength: 4 }), { nil: undefined }),
      d: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    });
    const page = fc.tuple(
      fc.array(row, { minLength: 1, maxLength: 40 }),
      fc.subarray(['b', 't', 'd'] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 6 }), async (pages) => {
        const shaped = pages.map(([rows, present]) =>
          pageWith(
            rows.length,
            present.map((name) => {
              const dataType = name === 'b' ? 'bool' : name === 't' ? 'text' : 'double';
              return {
                name,
                dataType,
                ...buildBuffers(
                  { dataType },
                  rows.map((values) => values[name]),
                ),
              };
            }),
          ),
        );
        const [only] = await batched(shaped);
        for (const column of batchColumns(
          (only as Batch).tables[0]?.batch as Batch['tables'][0]['batch'],
        )) {
          const dataType =
            schema.columns.find(({ name }) => name === column.name)?.dataType ?? 'text';
          const name = column.name as 'b' | 't' | 'd';
          const expected = pages.flatMap(([rows, present]) =>
            rows.map((values) => (present.includes(name) ? (values[name] ?? null) : null)),
          );
          expect(columnValues(column, { dataType })).toEqual(expected);
          expect(column.nulls).toBe(expected.filter((value) => value === null).length);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('keeps rows of any pages and limits whole and in order', async () => {
    const sizes = fc.array(fc.nat(9), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 30 }), async (counts, rows) => {
        let next = 0;
        const batches = await batched(
          shapedPages(
            counts.map((count) => Array.from({ length: count }, () => `{"n":${next++}}`)),
          ),
          { rows },
        );
        expect(land(batches)['things']?.rows.map(({ n }) => n) ?? []).toEqual(
          Array.from({ length: next }, (_, n) => BigInt(n)),
        );
        expect(batches.flatMap(({ positions }) => positions.map(({ page }) => page))).toEqual(
          counts.map((_, page) => page),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('refuses a column whose text offsets cannot reach', async () => {
    const large = (): Shaped =>
      pageWith(1, [
        {
          name: 't',
          dataType: 'text',
          rows: 1,
          nulls: 0,
          validity: null,
          offsets: new Int32Array([0, 2 ** 30]),
          data: new Uint8Array(),
        },
      ]);
    const failure = await batched([large(), large()]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LimitError);
    expect(String(failure)).toMatch(/Table t, column t: 2147483\d+ bytes in one batch/);
  });

  it('refuses values of another type than the schema has', async () => {
    const failure = await batched([
      pageWith(1, [
        { name: 'b', dataType: 'double', ...buildBuffers({ dataType: 'double' }, [1]) },
      ]),
    ]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SchemaError);
    expect(String(failure)).toContain(
      'Table t, column b: a page brings double where the schema of its batch has bool',
    );
  });
});
