import * as fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { DATA_TYPES } from '#operators/schema/data-types.js';
import { batch, type BatchConfig, evolve } from 'sluice/operators';
import { cut, flats } from '../support/flat.js';
import { land, type Landed } from '../support/land.js';

const scalars = [
  'null',
  '0',
  '1',
  '-7',
  '1.0',
  '0.5',
  '-0',
  '-0.0',
  '1e30',
  '1e15',
  '9007199254740992',
  '9007199254740993',
  '-9223372036854775808',
  '123456789012345678901',
  'true',
  'false',
  '"x"',
  '"yes"',
  '"12"',
  '"1.5"',
  '"2024-01-02"',
  '"2024-01-02T03:04:05.1234567+02:00"',
  '"2024-01-02 03:04"',
  '""',
];
const scalar = fc.constantFrom(...scalars);
const keys = ['a', 'b', 'a__v_text', 'a__v_double', 'a__v_bigint', 'a__v_bool', 'a__v_bool_2'];
const object = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 }).map(
    (members) =>
      `{${Object.entries(members)
        .map(([key, json]) => `"${key}":${json}`)
        .join(',')}}`,
  );
const list = fc
  .array(fc.oneof(scalar, object(scalar)), { maxLength: 3 })
  .map((values) => `[${values.join(',')}]`);
const row = object(
  fc.oneof(
    { weight: 8, arbitrary: scalar },
    { weight: 1, arbitrary: object(scalar) },
    { weight: 1, arbitrary: list },
  ),
);
const rows = fc.array(row, { minLength: 1, maxLength: 24 });

async function loaded(
  pages: readonly (readonly string[])[],
  config: BatchConfig,
  hints: Partial<FlattenConfig> = {},
): Promise<Record<string, Landed>> {
  const { compat = 'sluice' } = hints;
  return land(
    await lastValueFrom(
      from(flats(pages, hints)).pipe(evolve({ compat }), batch(config), toArray()),
    ),
  );
}

describe('the same rows', () => {
  const cuts = fc.array(fc.nat(5), { maxLength: 12 });

  it('give the same tables however they are cut into pages and batches', async () => {
    await fc.assert(
      fc.asyncProperty(rows, cuts, fc.integer({ min: 1, max: 20 }), async (all, sizes, limit) => {
        expect(await loaded(cut(all, sizes), { rows: limit })).toEqual(await loaded([all], {}));
      }),
      { numRuns: 250 },
    );
  });

  it('give the same tables with declared columns', async () => {
    const dataType = fc.constantFrom(...DATA_TYPES);
    await fc.assert(
      fc.asyncProperty(rows, cuts, dataType, dataType, async (all, sizes, b, variant) => {
        const columns = { b: { dataType: b }, a__v_text: { dataType: variant } } as const;
        expect(await loaded(cut(all, sizes), { rows: 5 }, { columns })).toEqual(
          await loaded([all], {}, { columns }),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('give the same tables or fail by dlt’s rules', async () => {
    const dataType = fc.constantFrom('text', 'bool', 'timestamp', 'bigint', 'decimal', 'json');
    await fc.assert(
      fc.asyncProperty(rows, cuts, dataType, async (all, sizes, b) => {
        const hints = { columns: { b: { dataType: b } }, compat: 'dlt' } as const;
        const outcome = async (pages: readonly (readonly string[])[]): Promise<unknown> =>
          loaded(pages, { rows: 5 }, hints).catch((error: unknown) => (error as Error).name);
        expect(await outcome(cut(all, sizes))).toEqual(await outcome([all]));
      }),
      { numRuns: 150 },
    );
  });

  it('have a variant for a key of their own that is named like one, as in dlt', async () => {
    const all = ['{"a":"2024-01-02T03:04:05Z"}', '{"a":true}', '{"a__v_bool":"2024-01-02"}'];
    for (const pages of [[all], [all.slice(0, 2), all.slice(2)]])
      expect((await loaded(pages, {}, { compat: 'dlt' }))['things']?.rows).toEqual([
        { a: 1_704_164_645_000_000n },
        { a__v_bool: true },
        { a__v_bool__v_text: '2024-01-02' },
      ]);
  });

  it('lose no value: each lands in its column or in one variant of it', async () => {
    const flat = fc.array(object(scalar), { minLength: 1, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(flat, cuts, async (all, sizes) => {
        const things = (await loaded(cut(all, sizes), {}))['things'];
        const counts = things?.rows.map((landed) => Object.keys(landed).length);
        expect(counts).toEqual(
          all.map(
            (json) =>
              Object.values(JSON.parse(json) as object).filter((value) => value !== null).length,
          ),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('widening', () => {
  const numbers = fc.array(
    fc.constantFrom('1', '-7', '0.5', '-2.25', '1e3', '9007199254740992', '1e15', 'null'),
    { minLength: 1, maxLength: 16 },
  );

  it('gives exact numbers the same type and values in any order', async () => {
    const sorted = async (values: readonly string[]): Promise<unknown> => {
      const things = (await loaded([values.map((value) => `{"n":${value}}`)], {}))[
        'things'
      ] as Landed;
      return {
        columns: [...things.columns].sort(),
        values: things.rows.map(({ n }) => Number(n ?? -1)).sort((a, b) => a - b),
      };
    };
    const shuffled = numbers.chain((values) =>
      fc.tuple(fc.constant(values), fc.shuffledSubarray(values, { minLength: values.length })),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([values, others]) => {
        fc.pre(values.some((value) => value.includes('.')));
        expect(await sorted(others)).toEqual(await sorted(values));
      }),
    );
  });
});
